import { Args } from '@oclif/core';
import { BaseCommand } from '../../cli/base-command.js';
import { importFlags } from '../../cli/import-flags.js';
import { EXIT } from '../../errors.js';
import type { ImportedManifest } from '../../model/exchange.js';
import { renderImportedManifest } from '../../report/import-text.js';

export default class ImportGen3 extends BaseCommand {
  static override summary = 'Read a Gen3 file manifest, a table for its index, DRS objects or a manifest of the GDC: what it holds and what is wrong with it.';
  static override description =
    'JSON or delimited text, told apart by the file itself: file manifests, records and tables of an index, DRS objects, tables of bundles, manifests and maps of superseded files of the GDC. ' +
    'Exit status: 0 all is well, 1 defects or differences, 2 a flag is wrong, 3 it cannot be read, or there is nothing to compare with.';
  static override examples = [
    '<%= config.bin %> import gen3 manifest.json',
    { description: 'Is the download whole, and nothing else in it?', command: '<%= config.bin %> import gen3 manifest.json --compare downloads' },
    { description: 'A list for md5sum -c', command: '<%= config.bin %> import gen3 manifest.json --output manifest.md5' },
  ];
  static override args = { path: Args.string({ description: 'The manifest.', required: true }) };
  static override flags = importFlags;

  async run(): Promise<ImportedManifest> {
    const { args, flags } = await this.parse(ImportGen3);
    this.begin(flags);
    const { importManifest } = await import('../../workflow/import-manifest.js');
    const { compare, release, output, force, 'dry-run': dryRun } = flags;
    const request = { format: 'gen3' as const, path: args.path, compare: compare ?? null, release: release ?? null, catalog: false, output: output ?? null, dryRun, force, signal: this.signal };
    const report = await importManifest(request, this.findPaths(flags), this.effects);
    return this.finish(report, () => renderImportedManifest(report, { color: this.color }), report.total_problems > 0 ? EXIT.findings : EXIT.done);
  }
}
