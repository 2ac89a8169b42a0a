import { Args, Flags } from '@oclif/core';
import { BaseCommand, dateFlag, workspaceFlag } from '../../cli/base-command.js';
import type { WithdrawReport } from '../../model/release-reports.js';
import type { WithdrawalReason } from '../../model/workspace-files.js';
import { renderWithdraw } from '../../report/release-text.js';

export default class WithdrawCases extends BaseCommand {
  static override summary = 'Withdraw cases: readers of published releases are told now, the next release leaves them out.';
  static override description =
    'Appends to withdrawals.yaml, and writes an amendment beside the releases that hold one of the cases, with a NOTICE in each: published releases never ' +
    'change. The next release holds nothing of the cases but a tombstone each: case, class of the reason, date, replacement. For the reason phi neither ' +
    'names the case: only its content digest, which tells it to whoever has a copy. Run again, it completes what was interrupted. ' +
    'Exit status: 0 done, 2 there is no such case, or it is withdrawn otherwise already, 3 nothing was pulled yet, or the amendment could not be signed.';
  static override examples = [
    { description: 'Consent was taken back', command: '<%= config.bin %> release withdraw 100003-000012 --reason consent' },
    { description: 'Which releases and how many files does it concern?', command: '<%= config.bin %> release withdraw 100003-000012 --reason consent --dry-run' },
    { description: 'A duplicate, replaced by another case', command: '<%= config.bin %> release withdraw 100003-000013 --reason duplicate --replacement 100003-000007' },
  ];
  static override strict = false;
  static override args = { case: Args.string({ description: 'Cases to withdraw.', required: true }) };
  static override flags = {
    workspace: workspaceFlag,
    reason: Flags.string({ required: true, options: ['consent', 'phi', 'quality', 'duplicate', 'legal'] as const, summary: 'Class of the reason; all that a tombstone says.' }),
    replacement: Flags.string({ helpValue: 'CASE', summary: 'The case that takes its place.' }),
    note: Flags.string({ summary: 'For yourselves; never published.' }),
    date: dateFlag({ summary: 'Day of the withdrawal; today by default.' }),
    'dry-run': Flags.boolean({ summary: 'Tell which releases and how many files it concerns, write nothing.' }),
  };

  async run(): Promise<WithdrawReport> {
    const { argv, flags } = await this.parse(WithdrawCases);
    this.begin(flags);
    const { withdrawCases } = await import('../../workflow/withdraw.js');
    const { replacement, note, date } = flags;
    const options = {
      reason: flags.reason as WithdrawalReason,
      dryRun: flags['dry-run'],
      ...(replacement === undefined ? {} : { replacement }),
      ...(note === undefined ? {} : { note }),
      ...(date === undefined ? {} : { date }),
    };
    const report = await withdrawCases(this.workspace(flags), argv.map(String), options, this.effects);
    return this.finish(report, () => renderWithdraw(report, { color: this.color }));
  }
}
