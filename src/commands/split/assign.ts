import { Args } from '@oclif/core';
import { BaseCommand, workspaceFlag } from '../../cli/base-command.js';
import { EXIT } from '../../errors.js';
import { reportsOf, type SplitReportResult } from '../../model/split.js';
import { renderSplits } from '../../report/split-text.js';

export default class AssignSplit extends BaseCommand {
  static override summary = 'Draw a balanced split over all accepted cases, or extend it around what is frozen.';
  static override description =
    'Linked cases move together; frozen cases stay; newcomers are placed so that the whole stays balanced. The same input gives the same ' +
    'draw, in any order, on any machine. Drawing again replaces what is not frozen. ' +
    'Exit status: 0 done, 1 frozen cases turn out to belong together, 2 no such split, 3 the wishes contradict each other.';
  static override examples = ['<%= config.bin %> split assign open-sequestered', '<%= config.bin %> split assign crossvalidation.2'];
  static override args = { name: Args.string({ description: 'A split of colophon.yaml (with `repeats`: all of them), or one repeat, NAME.2.', required: true }) };
  static override flags = { workspace: workspaceFlag };

  async run(): Promise<SplitReportResult> {
    const { args, flags } = await this.parse(AssignSplit);
    this.begin(flags);
    const { assignWorkspaceSplit } = await import('../../workflow/split.js');
    const result = await assignWorkspaceSplit(this.workspace(flags), args.name, this.effects);
    const reports = reportsOf(result);
    const inConflict = reports.some(({ conflicts }) => conflicts.length > 0);
    return this.finish(result, () => renderSplits(reports, { color: this.color }), inConflict ? EXIT.findings : EXIT.done);
  }
}
