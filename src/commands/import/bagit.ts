import { Args } from '@oclif/core';
import { BaseCommand } from '../../cli/base-command.js';
import { importFlags } from '../../cli/import-flags.js';
import { EXIT } from '../../errors.js';
import type { ImportedManifest } from '../../model/exchange.js';
import { renderImportedManifest } from '../../report/import-text.js';

export default class ImportBagit extends BaseCommand {
  static override summary = 'Read what a BagIt bag of anybody says of its payload: files, sizes, checksums, and where they can be fetched.';
  static override description =
    'BagIt 0.93 to 1.0, manifests by md5, sha1, sha256 and sha512. To check all of a bag, tag files included: verify. ' +
    'Exit status: 0 all is well, 1 defects or differences, 2 a flag is wrong, 3 it cannot be read, or there is nothing to compare with, 4 a later version of BagIt.';
  static override examples = [
    '<%= config.bin %> import bagit bag --output bag.csv',
    { description: 'Its own payload', command: '<%= config.bin %> import bagit bag --compare bag' },
  ];
  static override args = { path: Args.string({ description: 'The folder of the bag.', required: true }) };
  static override flags = importFlags;

  async run(): Promise<ImportedManifest> {
    const { args, flags } = await this.parse(ImportBagit);
    this.begin(flags);
    const { importManifest } = await import('../../workflow/import-manifest.js');
    const { compare, release, output, force, 'dry-run': dryRun } = flags;
    const request = { format: 'bagit' as const, path: args.path, compare: compare ?? null, release: release ?? null, catalog: false, output: output ?? null, dryRun, force, signal: this.signal };
    const report = await importManifest(request, this.findPaths(flags), this.effects);
    return this.finish(report, () => renderImportedManifest(report, { color: this.color }), report.total_problems > 0 ? EXIT.findings : EXIT.done);
  }
}
