import { CurationError } from '../../errors.js';
import { nearMiss } from '../../model/near-miss.js';
import { chooseColumn, type DelimitedList } from './delimited-list.js';

/** Which columns of a master list say what; MIDRC's own names by default. */
export interface MasterListOptions {
  caseColumn?: string;
  partColumn?: string;
  /** Part by name in the list; '' leaves its rows out. */
  map: ReadonlyMap<string, string>;
  /** Parts of the split. */
  parts: readonly string[];
}

/** A case of a master list. */
export interface ListedCase {
  case_id: string;
  part: string;
  line: number;
}

/** A master list without contradictions. */
export interface MasterList {
  /** Each case once, in the order of the list. */
  cases: ListedCase[];
  /** Rows with data. */
  rows: number;
  /** Rows that say again what an earlier one said. */
  repeated: number;
  /** Rows that name no part, or one that is mapped to none. */
  without_part: number;
}

/** Defects that a message lists, with their lines. */
const MAX_LISTED = 20;

const CASE_COLUMNS = ['case_ids', 'case_id', 'submitter_id'];
const PART_COLUMNS = ['dataset', 'part', 'split'];

/**
 * Reads who is where from a list.
 * @throws {CurationError} SPLIT_LIST_INVALID naming every line that contradicts another, names an unknown part, or no case
 */
export function readMasterList(list: DelimitedList, options: MasterListOptions, path: string): MasterList {
  const caseAt = chooseColumn(list, options.caseColumn, CASE_COLUMNS, '--case-column', path);
  const partAt = chooseColumn(list, options.partColumn, PART_COLUMNS, '--part-column', path);
  const found = new Map<string, ListedCase>();
  const defects: string[] = [];
  const strange = new Set<string>();
  const counts = { rows: list.rows.length, repeated: 0, without_part: 0 };
  for (const { cells, line } of list.rows) {
    const [case_id, name] = [cells[caseAt] ?? '', cells[partAt] ?? ''];
    const part = partOf(name, options);
    if (part === '') counts.without_part++;
    else if (case_id === '') defects.push(`${path}:${line}: the row names no case`);
    else if (part === null) {
      strange.add(name);
      defects.push(`${path}:${line}: no part is called ${name}`);
    } else {
      const before = found.get(case_id);
      if (before === undefined) found.set(case_id, { case_id, part, line });
      else if (before.part === part) counts.repeated++;
      else defects.push(`${path}:${line}: ${case_id} is in ${part} here, and in ${before.part} in line ${before.line}`);
    }
  }
  if (defects.length > 0) throw refuse(path, defects, [...strange], options.parts);
  return { cases: [...found.values()], ...counts };
}

/** The part that a name of the list stands for; null when it is none, '' when it says that there is none. */
function partOf(name: string, { map, parts }: MasterListOptions): string | null {
  const mapped = map.get(name);
  if (mapped !== undefined) return mapped;
  if (name === '' || parts.includes(name)) return name;
  const folded = parts.filter((part) => part.toLowerCase() === name.toLowerCase());
  return folded.length === 1 ? folded[0]! : null;
}

function refuse(path: string, defects: readonly string[], strange: readonly string[], parts: readonly string[]): CurationError {
  const listed = defects.slice(0, MAX_LISTED).map((defect) => `  ${defect}`);
  const more = defects.length > MAX_LISTED ? [`  and ${defects.length - MAX_LISTED} more`] : [];
  const maps = strange.slice(0, 5).map((name) => `Say what ${name} is: --map ${name}=${nearMiss(name, parts) ?? 'PART'}, or --map ${name}= to leave its rows out.`);
  return new CurationError('SPLIT_LIST_INVALID', [`${path} cannot become history; nothing was written:`, ...listed, ...more].join('\n'), {
    expected: `each case in one of ${parts.join(', ')}`,
    suggestions: [...maps, ...(defects.length > strange.length ? ['Correct the lines named above: history cannot say two things of one case.'] : [])],
  });
}
