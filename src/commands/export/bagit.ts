import { Flags } from '@oclif/core';
import { BaseCommand } from '../../cli/base-command.js';
import { payloadFlags, releaseArgument } from '../../cli/export-flags.js';
import type { ExportReport } from '../../model/exchange.js';
import { renderExport } from '../../report/export-text.js';

export default class ExportBagit extends BaseCommand {
  static override summary = 'Write the payload of a release as a plain BagIt bag, for archives that want nothing else in it.';
  static override description =
    'BagIt 1.0 (RFC 8493). A release is a bag already; this one has none of the files beside data/ that are ours alone, and may have sha512 ' +
    'manifests as well. Every byte is held against the manifest while it is copied. A killed run is gone on with by the same command. ' +
    'Exit status: 0 done, 2 the folder is there already, 3 no such release, it was changed, or it does not hold its images, 5 it holds withdrawn cases.';
  static override examples = ['<%= config.bin %> export bagit 2.1.0 --output /archive/chest-2.1.0 --sha512'];
  static override args = releaseArgument;
  static override flags = {
    ...payloadFlags,
    sha512: Flags.boolean({ default: false, summary: 'Add manifests with sha512, as RFC 8493 recommends for new bags.' }),
  };

  async run(): Promise<ExportReport> {
    const { args, flags } = await this.parse(ExportBagit);
    this.begin(flags);
    const { output, hardlink, sha512, 'dry-run': dryRun } = flags;
    const { exportBagit } = await import('../../workflow/export-archives.js');
    const request = { release: args.release, output, hardlink, sha512, dryRun, signal: this.signal };
    const report = await exportBagit(request, this.findPaths(flags), this.effects);
    return this.finish(report, () => renderExport(report, { color: this.color }));
  }
}
