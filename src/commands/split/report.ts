import { Args } from '@oclif/core';
import { BaseCommand, workspaceFlag } from '../../cli/base-command.js';
import { EXIT } from '../../errors.js';
import { reportsOf, type SplitReportResult } from '../../model/split.js';
import { renderSplits } from '../../report/split-text.js';

export default class ReportSplit extends BaseCommand {
  static override summary = 'Report shares, balance of every variable and pair, and leakage of a split as it stands.';
  static override description =
    'Measured against the cases, links and values of the catalog now, not those of the draw. ' +
    'Exit status: 0 done, 1 leakage or frozen cases that belong together, 2 no such split, 3 not drawn yet.';
  static override examples = ['<%= config.bin %> split report open-sequestered', '<%= config.bin %> split report open-sequestered --json'];
  static override args = { name: Args.string({ description: 'A split of colophon.yaml (with `repeats`: all of them), or one repeat, NAME.2.', required: true }) };
  static override flags = { workspace: workspaceFlag };

  async run(): Promise<SplitReportResult> {
    const { args, flags } = await this.parse(ReportSplit);
    this.begin(flags);
    const { reportWorkspaceSplit } = await import('../../workflow/split.js');
    const result = await reportWorkspaceSplit(this.workspace(flags), args.name, this.effects);
    const reports = reportsOf(result);
    const defective = reports.some(({ leakage: { groups, patients, studies, instances }, conflicts }) => groups + patients + studies + instances + conflicts.length > 0);
    return this.finish(result, () => renderSplits(reports, { color: this.color }), defective ? EXIT.findings : EXIT.done);
  }
}
