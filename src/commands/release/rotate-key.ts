import { Flags } from '@oclif/core';
import { BaseCommand, dateFlag, workspaceFlag } from '../../cli/base-command.js';
import type { KeyStatementReport } from '../../model/key-statement.js';
import { renderKeyStatement } from '../../report/key-text.js';

export default class RotateKey extends BaseCommand {
  static override summary = 'Hand the signing of releases over from one key to another, signed by the old one.';
  static override description =
    'Writes releases/keys/<number>.json, a statement that the new key signs from the next release on, and its signature by the old key. It ' +
    'travels with every release that is signed later, so that readers whose allowed signers name only the old key accept the new one. The ' +
    'old key ends with it: it signs no later release. Exit status: 0 done, 2 readers would refuse it, 3 the old key cannot sign, or a log is broken.';
  static override examples = [
    { description: 'See what would be signed', command: '<%= config.bin %> release rotate-key --from ~/.ssh/old --to ~/.ssh/new.pub --dry-run' },
    { description: 'The old key is on an agent or token', command: '<%= config.bin %> release rotate-key --from ~/.ssh/old.pub --to ~/.ssh/new.pub' },
  ];
  static override flags = {
    workspace: workspaceFlag,
    from: Flags.string({ required: true, helpValue: 'FILE', summary: 'The key that signs now: private, or public when an agent or token holds the private half.' }),
    to: Flags.string({ required: true, helpValue: 'FILE', summary: 'The public file of the new key.' }),
    date: dateFlag({ summary: 'Day of the statement; today by default.' }),
    'dry-run': Flags.boolean({ summary: 'Tell what would be signed, sign and write nothing.' }),
  };

  async run(): Promise<KeyStatementReport> {
    const { flags } = await this.parse(RotateKey);
    this.begin(flags);
    const { rotateKey } = await import('../../workflow/key-change.js');
    const { from, to, date } = flags;
    const options = { from, to, dryRun: flags['dry-run'], ...(date === undefined ? {} : { date }) };
    const report = await rotateKey(this.workspace(flags), options, this.effects);
    return this.finish(report, () => renderKeyStatement(report, { color: this.color }));
  }
}
