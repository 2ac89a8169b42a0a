import { BaseCommand } from '../../cli/base-command.js';
import type { ChecksList } from '../../model/check.js';
import { renderChecksList } from '../../report/checks-text.js';

export default class ListChecks extends BaseCommand {
  static override summary = 'List the catalogue of checks.';
  static override description = 'Every rule of the gate, in order, and whether this version runs it. Exit status: 0 done.';
  static override examples = ['<%= config.bin %> checks list', '<%= config.bin %> checks list --json'];

  async run(): Promise<ChecksList> {
    const { flags } = await this.parse(ListChecks);
    this.begin(flags);
    const { listChecks } = await import('../../checks/programme.js');
    const report = { checks: listChecks() };
    return this.finish(report, () => renderChecksList(report.checks, { color: this.color }));
  }
}
