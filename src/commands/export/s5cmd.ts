import { Flags } from '@oclif/core';
import { BaseCommand } from '../../cli/base-command.js';
import { exportFlags, releaseArgument } from '../../cli/export-flags.js';
import type { ExportReport } from '../../model/exchange.js';
import { renderExport } from '../../report/export-text.js';

export default class ExportS5cmd extends BaseCommand {
  static override summary = 'Write the commands with which s5cmd copies a release out of a bucket, one a series.';
  static override description =
    'The form of the manifests of the Imaging Data Commons. Exit status: 0 done, 2 a file is there already, or the files lie in no bucket, ' +
    '3 no such release, or it was changed, 5 it holds withdrawn cases.';
  static override examples = [
    '<%= config.bin %> export s5cmd 2.1.0 --output chest.s5cmd --base-url s3://bucket/releases',
    { description: 'So that the copy has the tree of the release, and verify can check it', command: '<%= config.bin %> export s5cmd 2.1.0 --tree --output chest.s5cmd --base-url s3://bucket/releases' },
  ];
  static override args = releaseArgument;
  static override flags = {
    ...exportFlags,
    tree: Flags.boolean({ default: false, summary: 'Copy every series into its folder of the release, not all into the current folder.' }),
  };

  async run(): Promise<ExportReport> {
    const { args, flags } = await this.parse(ExportS5cmd);
    this.begin(flags);
    const { output, tree, force, 'base-url': baseUrl, 'dry-run': dryRun } = flags;
    const { exportS5cmd } = await import('../../workflow/export-manifests.js');
    const request = { release: args.release, output, tree, baseUrl: baseUrl ?? null, dryRun, force, signal: this.signal };
    const report = await exportS5cmd(request, this.findPaths(flags));
    return this.finish(report, () => renderExport(report, { color: this.color }));
  }
}
