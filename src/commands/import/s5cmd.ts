import { Args } from '@oclif/core';
import { BaseCommand } from '../../cli/base-command.js';
import { catalogFlag, importFlags } from '../../cli/import-flags.js';
import { EXIT } from '../../errors.js';
import type { ImportedManifest } from '../../model/exchange.js';
import { renderImportedManifest } from '../../report/import-text.js';

export default class ImportS5cmd extends BaseCommand {
  static override summary = 'Read the copy commands of an s5cmd manifest, as the Imaging Data Commons gives them, without running any.';
  static override description =
    'Each `cp s3://BUCKET/FOLDER/* .` stands for a series. In a folder, it is looked for as a folder of that name. ' +
    'Exit status: 0 all is well, 1 defects or differences, 2 a flag is wrong, 3 it cannot be read, or there is nothing to compare with.';
  static override examples = [
    '<%= config.bin %> import s5cmd manifest.s5cmd',
    '<%= config.bin %> import s5cmd manifest.s5cmd --compare downloads',
  ];
  static override args = { path: Args.string({ description: 'The manifest.', required: true }) };
  static override flags = { ...importFlags, catalog: catalogFlag };

  async run(): Promise<ImportedManifest> {
    const { args, flags } = await this.parse(ImportS5cmd);
    this.begin(flags);
    const { importManifest } = await import('../../workflow/import-manifest.js');
    const { compare, release, output, force, 'dry-run': dryRun, catalog } = flags;
    const request = { format: 's5cmd' as const, path: args.path, compare: compare ?? null, release: release ?? null, catalog, output: output ?? null, dryRun, force, signal: this.signal };
    const report = await importManifest(request, this.findPaths(flags), this.effects);
    return this.finish(report, () => renderImportedManifest(report, { color: this.color }), report.total_problems > 0 ? EXIT.findings : EXIT.done);
  }
}
