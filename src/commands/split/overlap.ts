import { Args, Flags } from '@oclif/core';
import { BaseCommand, workspaceFlag } from '../../cli/base-command.js';
import { EXIT } from '../../errors.js';
import type { OverlapReport } from '../../model/split-overlap.js';
import { renderOverlap } from '../../report/overlap-text.js';

export default class OverlapSplits extends BaseCommand {
  static override strict = false;
  static override summary = 'Tell who is in which split, release or list of an earlier challenge, and what that spoils.';
  static override description =
    'A source is a split or a release version of the workspace (1.0.0, or 1.0.0:SPLIT), a release folder, a Gen3 manifest (.json), or a list of ' +
    'ids (.csv, .tsv, .txt); no workspace is needed when all are files. Ids are compared as cases, or as objects where a manifest names no ' +
    'cases. An id that one source keeps back for measuring and another has in a part that is not kept back is contamination. ' +
    'Exit status: 0 done, 1 contamination with --fail-on-contamination, 2 no such split, 3 a source cannot be read.';
  static override examples = [
    '<%= config.bin %> split overlap covidx_2022_manifest.json mrale_2023_manifest.json',
    '<%= config.bin %> split overlap challenge2026 1.0.0 earlier.csv --column case_ids --part-column dataset --fail-on-contamination',
    '<%= config.bin %> split overlap challenge2026 mrale_2023_manifest.json --part mrale_2023_manifest=train',
  ];
  static override args = { source: Args.string({ description: 'Two sources or more.', required: true }) };
  static override flags = {
    workspace: workspaceFlag,
    column: Flags.string({ multiple: true, multipleNonGreedy: true, helpValue: 'COLUMN', summary: 'Column of lists with the ids; several: the first that a list has.' }),
    'part-column': Flags.string({ multiple: true, multipleNonGreedy: true, helpValue: 'COLUMN', summary: 'Column of lists with the parts; part, split or dataset by default.' }),
    key: Flags.option({ options: ['case', 'object'] as const })({ summary: 'What the ids of lists are; told by the column or the ids by default.' }),
    part: Flags.string({ multiple: true, multipleNonGreedy: true, helpValue: 'SOURCE=PART', summary: 'Part of all ids of a source that are in none, e.g. covidx=train.' }),
    reserved: Flags.string({ multiple: true, multipleNonGreedy: true, helpValue: 'PART', summary: 'Name of a part that is kept back, instead of test, sequestered, hidden and the like.' }),
    limit: Flags.integer({ min: 0, default: 10, summary: 'How many ids are named of each kind of contamination; all are counted.' }),
    'fail-on-contamination': Flags.boolean({ summary: 'Exit with 1 when anything is contaminated, with 2 when nothing could be judged.' }),
  };

  async run(): Promise<OverlapReport> {
    const { argv, flags } = await this.parse(OverlapSplits);
    this.begin(flags);
    const { compareSources } = await import('../../workflow/split-overlap.js');
    const request = {
      sources: argv.map(String),
      list: { columns: flags.column ?? [], partColumns: flags['part-column'] ?? [], key: flags.key ?? null },
      parts: new Map((flags.part ?? []).map((pair) => this.readPair(pair))),
      reserved: flags.reserved ?? [],
      limit: flags.limit,
    };
    const report = await compareSources(request, () => this.workspace(flags), this.effects);
    const fails = flags['fail-on-contamination'];
    if (fails && report.contaminated === 0 && report.not_judged === report.pairs.length)
      this.usage('Nothing could be judged: no two sources have parts of which one is kept back.', 'Name the kept parts with --reserved PART, or the part of a whole list with --part SOURCE=PART.');
    return this.finish(report, () => renderOverlap(report, { color: this.color }), fails && report.contaminated > 0 ? EXIT.findings : EXIT.done);
  }

  private readPair(pair: string): [string, string] {
    const at = pair.lastIndexOf('=');
    if (at <= 0 || at === pair.length - 1) this.usage(`--part ${pair} is no pair.`, 'Write it as SOURCE=PART, e.g. --part covidx_2022=train');
    return [pair.slice(0, at), pair.slice(at + 1)];
  }
}
