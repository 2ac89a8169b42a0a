import { Args, Flags } from '@oclif/core';
import { BaseCommand, workspaceFlag } from '../../cli/base-command.js';
import type { SignReport } from '../../model/release-reports.js';
import { renderSign } from '../../report/release-text.js';

export default class SignRelease extends BaseCommand {
  static override summary = 'Add a signature, of an SSH key or of minisign, to a published release.';
  static override description =
    'Signs release.json with ssh-keygen, which knows agents, hardware tokens and passphrases, into release.json.sig; several people may sign one ' +
    'release. With --minisign it writes release.json.minisig as well, or alone. `release cut` signs by itself when colophon.yaml names release.signer. Readers check it with: verify --signers, or --minisign-key. ' +
    'Exit status: 0 done, 2 no key named, 3 no such release, or the key cannot sign.';
  static override examples = ['<%= config.bin %> release sign 2.1.0', '<%= config.bin %> release sign 2.1.0 --key ~/.ssh/id_ed25519.pub', '<%= config.bin %> release sign 2.1.0 --minisign ~/.minisign/minisign.key'];
  static override args = { version: Args.string({ description: 'The release, e.g. 2.1.0.', required: true }) };
  static override flags = {
    workspace: workspaceFlag,
    key: Flags.string({ helpValue: 'FILE', summary: 'A private key of OpenSSH, or a public one that an agent or token can sign for; default: release.signer.' }),
    minisign: Flags.string({ helpValue: 'FILE', summary: 'A secret key file of minisign; the program minisign asks for its password where it has one.' }),
  };

  async run(): Promise<SignReport> {
    const { args, flags } = await this.parse(SignRelease);
    this.begin(flags);
    const { signWorkspaceRelease } = await import('../../workflow/sign.js');
    const { key, minisign } = flags;
    const options = { ...(key === undefined ? {} : { key }), ...(minisign === undefined ? {} : { minisign }) };
    const report = await signWorkspaceRelease(this.workspace(flags), args.version, options);
    return this.finish(report, () => renderSign(report, { color: this.color }));
  }
}
