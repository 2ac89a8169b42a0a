import { Args, Flags } from '@oclif/core';
import { BaseCommand, dateFlag, workspaceFlag } from '../../cli/base-command.js';
import type { ImportReport } from '../../model/split-import.js';
import { renderImport } from '../../report/split-import-text.js';
import { importStatus } from '../../workflow/exit-status.js';

export default class ImportSplit extends BaseCommand {
  static override summary = 'Make a former master list the frozen history of a split.';
  static override description =
    'Reads a list of cases and their parts (CSV or TSV with a line of column names) and appends it to splits/NAME.csv, whose rows never move; ' +
    'later draws are balanced around it. Cases that are not in the catalog are kept: history must not be lost, and their ' +
    'relatives may still come. All of the list is taken, or nothing. ' +
    'Exit status: 0 done, 1 linked cases are in two parts, 2 no such split, 3 the list contradicts itself or the record.';
  static override examples = [
    '<%= config.bin %> split import open-sequestered master.csv --map Seq=sequestered --map Unassigned= --date 2024-03-04',
    '<%= config.bin %> split import open-sequestered master.tsv --case-column case_ids --part-column dataset --dry-run',
  ];
  static override args = {
    name: Args.string({ description: 'A split of colophon.yaml.', required: true }),
    file: Args.string({ description: 'The list.', required: true }),
  };
  static override flags = {
    workspace: workspaceFlag,
    'case-column': Flags.string({ helpValue: 'COLUMN', summary: 'Column with the case ids; case_ids, case_id or submitter_id by default.' }),
    'part-column': Flags.string({ helpValue: 'COLUMN', summary: 'Column with the parts; dataset, part or split by default.' }),
    map: Flags.string({ multiple: true, multipleNonGreedy: true, helpValue: 'NAME=PART', summary: 'What a name in the list stands for; NAME= leaves its rows out.' }),
    date: dateFlag({ summary: 'Date of freezing for the record; today by default.' }),
    'keep-torn': Flags.boolean({ default: false, summary: 'Take linked cases in two parts as they are: history that cannot be changed.' }),
    'dry-run': Flags.boolean({ default: false, summary: 'Tell what would be imported, and write nothing.' }),
  };

  async run(): Promise<ImportReport> {
    const { args, flags } = await this.parse(ImportSplit);
    this.begin(flags);
    const { 'case-column': caseColumn, 'part-column': partColumn, date } = flags;
    const { importWorkspaceSplit } = await import('../../workflow/split-import.js');
    const options = {
      file: args.file,
      ...(caseColumn === undefined ? {} : { caseColumn }),
      ...(partColumn === undefined ? {} : { partColumn }),
      ...(date === undefined ? {} : { date }),
      map: new Map((flags.map ?? []).map((pair) => this.readPair(pair))),
      keepTorn: flags['keep-torn'],
      dryRun: flags['dry-run'],
    };
    const report = await importWorkspaceSplit(this.workspace(flags), args.name, options, this.effects);
    return this.finish(report, () => renderImport(report, { color: this.color }), importStatus(report));
  }

  private readPair(pair: string): [string, string] {
    const at = pair.lastIndexOf('=');
    if (at <= 0) this.usage(`--map ${pair} is no pair.`, 'Write it as NAME=PART, e.g. --map Seq=sequestered');
    return [pair.slice(0, at), pair.slice(at + 1)];
  }
}
