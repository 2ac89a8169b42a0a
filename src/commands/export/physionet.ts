import { BaseCommand } from '../../cli/base-command.js';
import { payloadFlags, releaseArgument } from '../../cli/export-flags.js';
import type { ExportReport } from '../../model/exchange.js';
import { renderExport } from '../../report/export-text.js';

export default class ExportPhysionet extends BaseCommand {
  static override summary = 'Write a release as a project of PhysioNet.';
  static override description =
    'The payload without the folder data/, with LICENSE.txt, RECORDS (the path of every image) and SHA256SUMS.txt, which has one space between ' +
    'digest and path, as theirs, and which `sha256sum -c` reads. Paths in the tables still begin with data/. A killed run is gone on with by the same command. ' +
    'Exit status: 0 done, 2 the folder is there already, 3 no such release, it was changed, or it does not hold its images, 5 it holds withdrawn cases.';
  static override examples = ['<%= config.bin %> export physionet 2.1.0 --output chest-2.1.0'];
  static override args = releaseArgument;
  static override flags = payloadFlags;

  async run(): Promise<ExportReport> {
    const { args, flags } = await this.parse(ExportPhysionet);
    this.begin(flags);
    const { output, hardlink, 'dry-run': dryRun } = flags;
    const { exportPhysionetProject } = await import('../../workflow/export-archives.js');
    const request = { release: args.release, output, hardlink, dryRun, signal: this.signal };
    const report = await exportPhysionetProject(request, this.findPaths(flags), this.effects);
    return this.finish(report, () => renderExport(report, { color: this.color }));
  }
}
