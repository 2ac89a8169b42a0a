import { BaseCommand } from '../../cli/base-command.js';
import { releaseFlags } from '../../cli/release-flags.js';
import type { BumpLevel } from '../../model/release.js';
import type { ReleasePlan } from '../../model/release-reports.js';
import { renderPlan } from '../../report/plan-text.js';
import { planStatus } from '../../workflow/exit-status.js';

export default class PlanRelease extends BaseCommand {
  static override summary = 'Tell what the next release would hold, under which number, and why.';
  static override description =
    'Runs the gate and compares with the release before; writes nothing. The number is computed: a withdrawal, a changed label or a moved ' +
    'split is major, pure additions are minor, the rest is a patch. ' +
    'Exit status: 0 it could be cut, 1 something stands in the way or nothing changed, 3 nothing was pulled yet.';
  static override examples = ['<%= config.bin %> release plan', '<%= config.bin %> release plan --date 2026-03-02 --json'];
  static override flags = releaseFlags;

  async run(): Promise<ReleasePlan> {
    const { flags } = await this.parse(PlanRelease);
    this.begin(flags);
    const { planRelease } = await import('../../workflow/release.js');
    const { date, bump } = flags;
    const options = { signal: this.signal, ...(date === undefined ? {} : { date }), ...(bump === undefined ? {} : { bump: bump as BumpLevel }) };
    const plan = await planRelease(this.workspace(flags), options, this.effects);
    return this.finish(plan, () => renderPlan(plan, { color: this.color }), planStatus(plan));
  }
}
