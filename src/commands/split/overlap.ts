import { Args, Flags } from '@oclif/core';
import { BaseCommand, workspaceFlag } from '../../cli/base-command.js';
import { EXIT } from '../../errors.js';
import type { OverlapReport } from '../../model/split-overlap.js';
import { renderOverlap } from '../../report/split-overlap-text.js';

export default class OverlapSplits extends BaseCommand {
  static override summary = 'Tell who is in which: splits, releases, manifests and lists of earlier challenges.';
  static override description =
    'Compares every two sources by case, or by object where that is all a manifest names; the catalog leads from objects (object_id), ' +
    'studies, series and instances to their cases. A source is a split of colophon.yaml, a version of this workspace, a folder of a release, ' +
    'a Gen3 manifest (JSON), or a list (CSV, TSV, one id a line); SOURCE#PART takes one part alone, or says which part a list without parts is. ' +
    'What is trained or tuned on in one source and tested on in another is contamination. ' +
    'Exit status: 0 done, 1 contamination, 2 no such source, 3 a source cannot be read.';
  static override examples = [
    '<%= config.bin %> split overlap',
    '<%= config.bin %> split overlap benchmark covidx_2022.json#train',
    '<%= config.bin %> split overlap covidx_2022_manifest.json mrale_2023_manifest.json --json',
    '<%= config.bin %> split overlap benchmark former.csv --case-column patient --part-column set --train learn',
  ];
  static override strict = false;
  static override args = { source: Args.string({ description: 'Splits, versions, folders, files; all splits and releases of the workspace by default.' }) };
  static override flags = {
    workspace: workspaceFlag,
    'case-column': Flags.string({ helpValue: 'COLUMN', summary: 'Column of lists with the ids; by default one that is called as usual.' }),
    'part-column': Flags.string({ helpValue: 'COLUMN', summary: 'Column of lists with the parts; dataset, part or split by default.' }),
    train: Flags.string({ multiple: true, multipleNonGreedy: true, helpValue: 'PART', summary: 'A part that is trained on, beside train, training, validation and the like.' }),
    test: Flags.string({ multiple: true, multipleNonGreedy: true, helpValue: 'PART', summary: 'A part that is tested on, beside test, sequestered, hidden and the like.' }),
  };

  async run(): Promise<OverlapReport> {
    const { argv, flags } = await this.parse(OverlapSplits);
    this.begin(flags);
    const { 'case-column': id, 'part-column': part, train = [], test = [] } = flags;
    const { overlapSources } = await import('../../workflow/split-overlap.js');
    const columns = { ...(id === undefined ? {} : { id }), ...(part === undefined ? {} : { part }) };
    const workspace = this.findPaths(flags) === null ? null : this.workspace(flags);
    const report = await overlapSources(workspace, argv as string[], { columns, train, test }, this.effects);
    return this.finish(report, () => renderOverlap(report, { color: this.color }), report.contamination.length > 0 ? EXIT.findings : EXIT.done);
  }
}
