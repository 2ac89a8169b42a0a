import { Args, Flags } from '@oclif/core';
import { BaseCommand, dateFlag, workspaceFlag } from '../../cli/base-command.js';
import type { CommitReport } from '../../model/commitment.js';
import { renderCommit } from '../../report/commitment-text.js';

export default class CommitSplit extends BaseCommand {
  static override summary = 'Commit to the hidden part of a split, so that it can be proven later.';
  static override description =
    'Needs a frozen split with `hidden: {part: PART}`. Each hidden case gets a commitment under a random number that follows from the key; ' +
    'dummy rows hide how many there are, sorting hides their order, a Merkle root (RFC 6962) binds them all. What may be published goes into ' +
    'splits/NAME.commitment.json and the next release; what was committed stays in private/. The key file lies outside the workspace, readable ' +
    'by its owner alone, and is made when it is not there. ' +
    'Exit status: 0 committed, 2 no such split or a reason is missing, 3 not frozen, or the key file is not safe.';
  static override examples = [
    '<%= config.bin %> split commit benchmark --key ~/keys/benchmark.key',
    { description: 'After the hidden part changed', command: '<%= config.bin %> split commit benchmark --key ~/keys/benchmark.key --reason "12 cases of 2026"' },
  ];
  static override args = { name: Args.string({ description: 'A split of colophon.yaml.', required: true }) };
  static override flags = {
    workspace: workspaceFlag,
    key: Flags.string({ helpValue: 'FILE', required: true, summary: 'File of the master key, outside the workspace; made when it is not there.' }),
    'new-key': Flags.boolean({ summary: 'Make a new key in a new file, though it cannot prove what was committed before.' }),
    reason: Flags.string({ helpValue: 'TEXT', summary: 'Why there is another commitment; it stays with it.' }),
    size: Flags.integer({ helpValue: 'ROWS', min: 1, summary: 'Row commitments with dummy rows; by default a power of two from 256 and twice the visible cases on.' }),
    date: dateFlag({ summary: 'Date of the commitment; today by default.' }),
  };

  async run(): Promise<CommitReport> {
    const { args, flags } = await this.parse(CommitSplit);
    this.begin(flags);
    const { commitHiddenPart } = await import('../../workflow/split-commitment.js');
    const { key, reason, size, date } = flags;
    const options = {
      key,
      newKey: flags['new-key'],
      ...(reason === undefined ? {} : { reason }),
      ...(size === undefined ? {} : { size }),
      ...(date === undefined ? {} : { date }),
    };
    const report = await commitHiddenPart(this.workspace(flags), args.name, options, this.effects);
    return this.finish(report, () => renderCommit(report, { color: this.color }));
  }
}
