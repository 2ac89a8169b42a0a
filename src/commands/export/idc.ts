import { BaseCommand } from '../../cli/base-command.js';
import { exportFlags, releaseArgument } from '../../cli/export-flags.js';
import type { ExportReport } from '../../model/exchange.js';
import { renderExport } from '../../report/export-text.js';

export default class ExportIdc extends BaseCommand {
  static override summary = 'Write the series of a release as an index table like that of the Imaging Data Commons.';
  static override description =
    'One Parquet file with the columns of idc-index, one row a series. What a release does not publish, such as dates and ages, is empty. ' +
    'Exit status: 0 done, 2 a file is there already, 3 no such release, or it was changed, 5 it holds withdrawn cases.';
  static override examples = ['<%= config.bin %> export idc 2.1.0 --output idc-index.parquet --base-url s3://bucket/releases'];
  static override args = releaseArgument;
  static override flags = exportFlags;

  async run(): Promise<ExportReport> {
    const { args, flags } = await this.parse(ExportIdc);
    this.begin(flags);
    const { output, force, 'base-url': baseUrl, 'dry-run': dryRun } = flags;
    const { exportIdc } = await import('../../workflow/export-manifests.js');
    const request = { release: args.release, output, baseUrl: baseUrl ?? null, dryRun, force, signal: this.signal };
    const report = await exportIdc(request, this.findPaths(flags));
    return this.finish(report, () => renderExport(report, { color: this.color }));
  }
}
