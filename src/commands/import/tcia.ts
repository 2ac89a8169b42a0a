import { Args } from '@oclif/core';
import { BaseCommand } from '../../cli/base-command.js';
import { catalogFlag, importFlags } from '../../cli/import-flags.js';
import { EXIT } from '../../errors.js';
import type { ImportedManifest } from '../../model/exchange.js';
import { renderImportedManifest } from '../../report/import-text.js';

export default class ImportTcia extends BaseCommand {
  static override summary = 'Read a manifest of The Cancer Imaging Archive: which series it lists, and which of them are here.';
  static override description =
    'A .tcia file, or a table with a column SeriesInstanceUID. In a folder, a series is looked for as a folder or file with its UID as name. ' +
    'Exit status: 0 all is well, 1 defects or differences, 2 a flag is wrong, 3 it cannot be read, or there is nothing to compare with.';
  static override examples = [
    '<%= config.bin %> import tcia manifest.tcia --catalog',
    '<%= config.bin %> import tcia retry-manifest.tcia --compare downloads',
  ];
  static override args = { path: Args.string({ description: 'The manifest.', required: true }) };
  static override flags = { ...importFlags, catalog: catalogFlag };

  async run(): Promise<ImportedManifest> {
    const { args, flags } = await this.parse(ImportTcia);
    this.begin(flags);
    const { importManifest } = await import('../../workflow/import-manifest.js');
    const { compare, release, output, force, 'dry-run': dryRun, catalog } = flags;
    const request = { format: 'tcia' as const, path: args.path, compare: compare ?? null, release: release ?? null, catalog, output: output ?? null, dryRun, force, signal: this.signal };
    const report = await importManifest(request, this.findPaths(flags), this.effects);
    return this.finish(report, () => renderImportedManifest(report, { color: this.color }), report.total_problems > 0 ? EXIT.findings : EXIT.done);
  }
}
