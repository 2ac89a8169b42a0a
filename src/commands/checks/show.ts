import { Args } from '@oclif/core';
import { BaseCommand } from '../../cli/base-command.js';
import type { CheckEntry } from '../../model/check.js';
import { renderCheckEntry } from '../../report/checks-text.js';

export default class ShowCheck extends BaseCommand {
  static override summary = 'Explain one rule of the gate: what it demands, why, and how to mend a finding.';
  static override description = 'Exit status: 0 done, 2 there is no such rule.';
  static override examples = ['<%= config.bin %> checks show SCH-009'];
  static override args = { code: Args.string({ description: 'The rule, e.g. SCH-009.', required: true }) };

  async run(): Promise<CheckEntry> {
    const { args, flags } = await this.parse(ShowCheck);
    this.begin(flags);
    const { showCheck } = await import('../../checks/selection.js');
    const entry = showCheck(args.code);
    return this.finish(entry, () => renderCheckEntry(entry, { color: this.color }));
  }
}
