import { Args, Flags } from '@oclif/core';
import { BaseCommand } from '../cli/base-command.js';
import { transferFlags, transferOptions } from '../cli/transfer-flags.js';
import { EXIT } from '../errors.js';
import type { RepairReport } from '../model/fetch.js';
import { renderRepair } from '../report/fetch-text.js';

export default class Repair extends BaseCommand {
  static override summary = 'Mend a damaged copy of a release: fetch just what is broken, and verify it again.';
  static override description =
    'The copy is verified; then files get their names back, what is missing, cut short or has other bytes is fetched, and what is no part of the release is moved ' +
    'to DIR.set-aside beside it. Nothing that is whole is fetched again, nothing is written through a link, and nothing is deleted without --delete-extra. Files come from ' +
    'where the receipt says that the release came from, or from --from. When release.json or the lists are damaged themselves, they are fetched too, but only by a digest that ' +
    'the receipt, or --expect, names. Images of cases that were withdrawn do not come back. Interrupted, it is run again. ' +
    'Exit status: 0 all is well now (--dry-run: was), 1 problems are left, 2 usage, 3 nothing can be trusted, or the source failed, 4 a newer format, 5 withdrawn content, 130 interrupted.';
  static override examples = [
    { description: 'What would be done', command: '<%= config.bin %> repair chest/2.1.0 --dry-run' },
    { description: 'From where it was fetched', command: '<%= config.bin %> repair chest/2.1.0' },
    { description: 'From another copy', command: '<%= config.bin %> repair chest/2.1.0 --from /mnt/archive/chest/2.1.0' },
    { description: 'Its lists are damaged too: with the digest that a paper printed', command: '<%= config.bin %> repair chest-2.1.0 --from https://data.example.org/chest/2.1.0/ --expect sha256:HEX' },
  ];
  static override args = { dir: Args.string({ description: 'The folder of a release, or one with a receipt into which one release was fetched.', required: true }) };
  static override flags = {
    from: Flags.string({ helpValue: 'URL|DIR', summary: 'A release, or the releases of its dataset: https://..., s3://bucket/prefix, or a folder.' }),
    'delete-extra': Flags.boolean({ summary: 'Delete files that are no part of the release, instead of moving them aside.' }),
    amendments: Flags.string({ multiple: true, multipleNonGreedy: true, helpValue: 'FILE|DIR', summary: 'An amendment, a folder of them, or a newer release of the dataset. May be given again.' }),
    ...transferFlags,
  };

  async run(): Promise<RepairReport> {
    const { args, flags } = await this.parse(Repair);
    this.begin(flags);
    const { repairRelease } = await import('../workflow/repair.js');
    const { readTrust } = await import('../workflow/trust.js');
    const { from, amendments } = flags;
    const options = {
      ...transferOptions(flags),
      trust: { ...readTrust(flags), ...(amendments === undefined ? {} : { amendments }) },
      deleteExtra: flags['delete-extra'] === true,
      signal: this.signal,
      ...(from === undefined ? {} : { from }),
    };
    const report = await repairRelease(args.dir, options, this.effects);
    const { withdrawn, problems } = report.verified;
    const exitCode = withdrawn.length > 0 ? EXIT.withdrawn : problems.length > 0 ? EXIT.findings : EXIT.done;
    return this.finish(report, () => renderRepair(report, { color: this.color }), exitCode);
  }
}
