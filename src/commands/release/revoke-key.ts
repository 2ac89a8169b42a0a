import { Args, Flags } from '@oclif/core';
import { BaseCommand, dateFlag, workspaceFlag } from '../../cli/base-command.js';
import type { KeyStatementReport } from '../../model/key-statement.js';
import { renderKeyStatement } from '../../report/key-text.js';

export default class RevokeKey extends BaseCommand {
  static override summary = 'Say that a signing key must not be trusted any more, signed by itself or by others.';
  static override description =
    'Writes releases/keys/<number>.json and its signatures. A reader refuses what the key signed from the named release on. The key itself ' +
    'can always say so; when it is lost or stolen, as many other signers have to as the reader asks for (verify --threshold): run the ' +
    'command once more to add a signature. Exit status: 0 done, 2 readers would refuse it, 3 a key cannot sign, or there is no such release.';
  static override examples = [
    { description: 'From the next release on, by the key itself', command: '<%= config.bin %> release revoke-key ~/.ssh/id_ed25519' },
    { description: 'Stolen before 2.1.0 was cut; two others say so', command: '<%= config.bin %> release revoke-key stolen.pub --since 2.1.0 --by ~/.ssh/a --by ~/.ssh/b' },
  ];
  static override args = { key: Args.string({ description: 'The key, or its public file.', required: true }) };
  static override flags = {
    workspace: workspaceFlag,
    by: Flags.string({ multiple: true, multipleNonGreedy: true, helpValue: 'FILE', summary: 'A key that signs the revocation; the key itself by default. May be given again.' }),
    since: Flags.string({ helpValue: 'VERSION', summary: 'The first release that it must not have signed; from the next one on by default.' }),
    date: dateFlag({ summary: 'Day of the statement; today by default.' }),
    'dry-run': Flags.boolean({ summary: 'Tell what would be signed, sign and write nothing.' }),
  };

  async run(): Promise<KeyStatementReport> {
    const { args, flags } = await this.parse(RevokeKey);
    this.begin(flags);
    const { revokeKey } = await import('../../workflow/key-change.js');
    const { by, since, date } = flags;
    const options = {
      key: args.key,
      dryRun: flags['dry-run'],
      ...(by === undefined ? {} : { by }),
      ...(since === undefined ? {} : { since }),
      ...(date === undefined ? {} : { date }),
    };
    const report = await revokeKey(this.workspace(flags), options, this.effects);
    return this.finish(report, () => renderKeyStatement(report, { color: this.color }));
  }
}
