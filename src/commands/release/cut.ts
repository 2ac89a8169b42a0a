import { Flags } from '@oclif/core';
import { BaseCommand, jobsFlag } from '../../cli/base-command.js';
import { releaseFlags } from '../../cli/release-flags.js';
import type { BumpLevel } from '../../model/release.js';
import type { CutReport } from '../../model/release-reports.js';
import { renderCut } from '../../report/plan-text.js';

export default class CutRelease extends BaseCommand {
  static override summary = 'Check, stage, verify and publish the next release.';
  static override description =
    'The release is staged aside, verified there with the code that researchers run, and only then renamed into releases/; it never changes ' +
    'again. Killed anywhere, nothing published is harmed and the next run finishes or sweeps. In a git repository the metadata is committed ' +
    'and tagged. Exit status: 0 published, 1 the gate found errors or nothing changed, 3 the disk is full or the input changed, 130 interrupted.';
  static override examples = [
    { description: 'Publish', command: '<%= config.bin %> release cut' },
    { description: 'With every table as an Arrow file beside its Parquet file', command: '<%= config.bin %> release cut --arrow' },
    { description: 'Everything but publishing', command: '<%= config.bin %> release cut --dry-run' },
  ];
  static override flags = {
    ...releaseFlags,
    arrow: Flags.boolean({ summary: 'Write every table as an Arrow IPC file too; default: release.arrow of colophon.yaml.', allowNo: true }),
    'dry-run': Flags.boolean({ summary: 'Compute everything, write nothing.' }),
    jobs: jobsFlag,
  };

  async run(): Promise<CutReport> {
    const { flags } = await this.parse(CutRelease);
    this.begin(flags);
    const { cutRelease } = await import('../../workflow/release.js');
    const { date, bump, jobs, arrow } = flags;
    const options = {
      dryRun: flags['dry-run'],
      signal: this.signal,
      ...(date === undefined ? {} : { date }),
      ...(bump === undefined ? {} : { bump: bump as BumpLevel }),
      ...(jobs === undefined ? {} : { jobs }),
      ...(arrow === undefined ? {} : { arrow }),
    };
    const report = await cutRelease(this.workspace(flags), options, this.effects);
    return this.finish(report, () => renderCut(report, { color: this.color }));
  }
}
