import { Args, Flags } from '@oclif/core';
import { BaseCommand, workspaceFlag } from '../../cli/base-command.js';
import type { RevealReport } from '../../model/commitment.js';
import { renderReveal } from '../../report/commitment-text.js';

export default class RevealSplit extends BaseCommand {
  static override summary = 'Open all rows of a hidden part, so that anybody can check them against an old release.';
  static override description =
    'Writes every row with its random number, and what the dummy rows follow from, into a file that its owner alone can read; publishing it ' +
    'is up to you. --seed opens the secret seed too, and releases give it from then on: leave it out while the split still grows, for whoever ' +
    'has the seed and the data can tell where new cases will go. ' +
    'Exit status: 0 written, 2 no such split, 3 nothing committed, or not the key that it was committed with.';
  static override examples = [
    '<%= config.bin %> split reveal benchmark --key ~/keys/benchmark.key --output revealed.json',
    { description: 'The seed of a split that hides nothing', command: '<%= config.bin %> split reveal folds --seed --output seed.json' },
  ];
  static override args = { name: Args.string({ description: 'A split of colophon.yaml.', required: true }) };
  static override flags = {
    workspace: workspaceFlag,
    key: Flags.string({ helpValue: 'FILE', summary: 'File of the master key; not needed for a seed alone.' }),
    output: Flags.string({ char: 'o', helpValue: 'FILE', required: true, summary: 'The file to write; never replaced.' }),
    commitment: Flags.integer({ helpValue: 'N', min: 1, summary: 'Which commitment, by its number; the last by default.' }),
    seed: Flags.boolean({ summary: 'Open the secret seed too.' }),
  };

  async run(): Promise<RevealReport> {
    const { args, flags } = await this.parse(RevealSplit);
    this.begin(flags);
    const { revealSplit } = await import('../../workflow/split-opening.js');
    const { key, output, commitment, seed } = flags;
    const options = { output, seed, ...(key === undefined ? {} : { key }), ...(commitment === undefined ? {} : { commitment }) };
    const report = await revealSplit(this.workspace(flags), args.name, options, this.effects);
    return this.finish(report, () => renderReveal(report, { color: this.color }));
  }
}
