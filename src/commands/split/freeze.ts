import { Args } from '@oclif/core';
import { BaseCommand, dateFlag, workspaceFlag } from '../../cli/base-command.js';
import { reportsOf, type FreezeReportResult } from '../../model/split.js';
import { renderFreeze } from '../../report/split-text.js';

export default class FreezeSplit extends BaseCommand {
  static override summary = 'Freeze the last draw of a split for ever.';
  static override description =
    'Appends every assignment that is not frozen yet to splits/NAME.csv, whose rows are chained by digest: nothing in it ever moves, and any ' +
    'edit is found. Keep that file safe. Freezing twice adds nothing. ' +
    'Exit status: 0 done, 2 no such split, 3 not drawn yet, or cases have changed since the draw.';
  static override examples = ['<%= config.bin %> split freeze open-sequestered', '<%= config.bin %> split freeze open-sequestered --date 2026-03-01'];
  static override args = { name: Args.string({ description: 'A split of colophon.yaml (with `repeats`: all of them), or one repeat, NAME.2.', required: true }) };
  static override flags = {
    workspace: workspaceFlag,
    date: dateFlag({ summary: 'Date of freezing for the record; today by default.' }),
  };

  async run(): Promise<FreezeReportResult> {
    const { args, flags } = await this.parse(FreezeSplit);
    this.begin(flags);
    const { freezeWorkspaceSplit } = await import('../../workflow/split.js');
    const result = await freezeWorkspaceSplit(this.workspace(flags), args.name, flags.date, this.effects);
    return this.finish(result, () => reportsOf(result).map((report) => renderFreeze(report, { color: this.color })).join('\n\n'));
  }
}
