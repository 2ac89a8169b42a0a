import { Args, Flags } from '@oclif/core';
import { BaseCommand, dateFlag, workspaceFlag } from '../../cli/base-command.js';
import type { SeedReport } from '../../model/commitment.js';
import { renderSeed } from '../../report/commitment-text.js';

export default class SeedSplit extends BaseCommand {
  static override summary = 'Draw a secret seed for a split, and print the commitment to publish before anybody draws.';
  static override description =
    'Needs `seed: {file: private/NAME.seed}` in colophon.yaml. The commitment binds seed, configuration of the split and program, and goes ' +
    'into splits/NAME.seed.json and every release. Later public randomness, named by --beacon beforehand and written as seed.public once it ' +
    'is known, is mixed in: so nobody can have picked the seed. A changed configuration needs another commitment, with a reason. ' +
    'Exit status: 0 committed, 2 no such split or a reason is missing, 3 the file is there already, or can be read by others.';
  static override examples = [
    '<%= config.bin %> split seed benchmark --beacon "drand round 5000000"',
    { description: 'After a change of the configuration', command: '<%= config.bin %> split seed benchmark --reason "site C joined"' },
  ];
  static override args = { name: Args.string({ description: 'A split of colophon.yaml.', required: true }) };
  static override flags = {
    workspace: workspaceFlag,
    beacon: Flags.string({ helpValue: 'TEXT', summary: 'Which public randomness will be mixed in; bound by the commitment.' }),
    reason: Flags.string({ helpValue: 'TEXT', summary: 'Commit to the same seed once more; every release tells the reason.' }),
    date: dateFlag({ summary: 'Date of the commitment; today by default.' }),
  };

  async run(): Promise<SeedReport> {
    const { args, flags } = await this.parse(SeedSplit);
    this.begin(flags);
    const { commitSplitSeed } = await import('../../workflow/split-seed.js');
    const { beacon, reason, date } = flags;
    const options = { ...(beacon === undefined ? {} : { beacon }), ...(reason === undefined ? {} : { reason }), ...(date === undefined ? {} : { date }) };
    const report = await commitSplitSeed(this.workspace(flags), args.name, options, this.effects);
    return this.finish(report, () => renderSeed(report, { color: this.color }));
  }
}
