import { Args, Flags } from '@oclif/core';
import { BaseCommand, workspaceFlag } from '../../cli/base-command.js';
import type { ProveReport } from '../../model/commitment.js';
import { renderProve } from '../../report/commitment-text.js';

export default class ProveSplit extends BaseCommand {
  static override summary = 'Open the row of one hidden case for an auditor, and no other.';
  static override description =
    'Writes part, values and random number of the case, with its way to the published root, into a file that its owner alone can read. ' +
    'Whoever gets it checks it with `split audit`, without the key and without a workspace. ' +
    'Exit status: 0 written, 2 no such case in the hidden part, 3 nothing committed, or not the key that it was committed with.';
  static override examples = ['<%= config.bin %> split prove benchmark 330562-000299 --key ~/keys/benchmark.key --output proof.json'];
  static override args = {
    name: Args.string({ description: 'A split of colophon.yaml.', required: true }),
    case: Args.string({ description: 'The case_id.', required: true }),
  };
  static override flags = {
    workspace: workspaceFlag,
    key: Flags.string({ helpValue: 'FILE', required: true, summary: 'File of the master key.' }),
    output: Flags.string({ char: 'o', helpValue: 'FILE', required: true, summary: 'The file to write; never replaced.' }),
    commitment: Flags.integer({ helpValue: 'N', min: 1, summary: 'Which commitment, by its number; the last by default.' }),
  };

  async run(): Promise<ProveReport> {
    const { args, flags } = await this.parse(ProveSplit);
    this.begin(flags);
    const { proveCase } = await import('../../workflow/split-opening.js');
    const { key, output, commitment } = flags;
    const report = await proveCase(this.workspace(flags), args.name, args.case, { key, output, ...(commitment === undefined ? {} : { commitment }) }, this.effects);
    return this.finish(report, () => renderProve(report, { color: this.color }));
  }
}
