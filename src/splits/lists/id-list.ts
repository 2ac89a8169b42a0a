import type { OverlapKey } from '../../model/split-overlap.js';
import { chooseColumn, parseList } from './delimited-list.js';
import { listDefect } from './list-defect.js';
import { isDataGuid, normalizeObjectId, PartedIds } from './overlap-ids.js';

/** How a list of ids is read. */
export interface IdListOptions {
  /** Columns that may hold the ids, the first that a file has; the usual names by default. */
  columns: readonly string[];
  /** Columns that may hold the parts. */
  partColumns: readonly string[];
  /** What the ids are ids of; null: of objects when the column or the ids say so, else of cases. */
  key: OverlapKey | null;
}

/** Names of columns with ids, as master lists and manifests use them. */
const ID_COLUMNS = ['case_ids', 'case_id', 'submitter_id', 'object_id', 'object_ids', 'guid', 'did'];
const OBJECT_COLUMNS = new Set(['object_id', 'object_ids', 'guid', 'did']);
const PART_COLUMNS = ['part', 'split', 'dataset'];

/** Defects of one list that are told. */
const MAX_TOLD = 20;

/**
 * Reads a list of ids, one a row: CSV or TSV with a line of column names (parseList tells the forms), or `.txt` with an id
 * a line.
 * @param name of the file; its ending tells the form
 * @throws {CurationError} SPLIT_LIST_INVALID naming the lines that cannot be read
 */
export function parseIdList(bytes: Uint8Array, name: string, options: IdListOptions): ReadonlyMap<OverlapKey, PartedIds> {
  const [column, rows] = /\.txt$/i.test(name) ? ['', readLines(bytes, name)] : readColumns(bytes, name, options);
  const key = options.key ?? (OBJECT_COLUMNS.has(column) || (rows.length > 0 && rows.every(({ id }) => isDataGuid(id))) ? 'object' : 'case');
  const ids = new PartedIds();
  for (const { id, part } of rows) ids.add(key === 'object' ? normalizeObjectId(id) : id, part);
  if (ids.partsOf.size === 0) throw listDefect(name, 'it names no id');
  return new Map([[key, ids]]);
}

interface IdRow {
  id: string;
  part: string | null;
}

function readLines(bytes: Uint8Array, name: string): IdRow[] {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (error) {
    throw listDefect(name, 'it is not UTF-8 text', 'UTF-8', error);
  }
  return text.split(/\r\n?|\n/).map((line) => ({ id: line.trim(), part: null })).filter(({ id }) => id !== '');
}

function readColumns(bytes: Uint8Array, name: string, options: IdListOptions): [column: string, rows: IdRow[]] {
  const list = parseList(bytes, name);
  const idAt = pickColumn(list, options.columns, ID_COLUMNS, '--column', name);
  const usual = PART_COLUMNS.filter((each) => each !== list.columns[idAt]);
  const hasParts = options.partColumns.length > 0 || usual.some((each) => list.columns.some((column) => column.toLowerCase() === each));
  const partAt = hasParts ? pickColumn(list, options.partColumns, usual, '--part-column', name) : -1;
  const rows: IdRow[] = [];
  const defects: string[] = [];
  for (const { cells, line } of list.rows) {
    const [id, part] = [cells[idAt] ?? '', cells[partAt] ?? ''];
    if (id === '') defects.push(`line ${line}: it names no id`);
    // mostly a quote that is never closed, which would hide all rows up to the next one
    else if (/[\r\n]/.test(id + part)) defects.push(`line ${line}: a cell goes over several lines; a quote may not be closed`);
    else rows.push({ id, part: part === '' ? null : part });
  }
  if (defects.length === 0) return [list.columns[idAt]!.toLowerCase(), rows];
  const more = defects.length > MAX_TOLD ? [`and ${defects.length - MAX_TOLD} more lines`] : [];
  throw listDefect(name, ['some lines cannot be read', ...defects.slice(0, MAX_TOLD), ...more].join('\n  '));
}

/** The first of the columns that may be meant. */
function pickColumn(list: ReturnType<typeof parseList>, named: readonly string[], usual: readonly string[], flag: string, name: string): number {
  const there = named.find((each) => list.columns.includes(each)) ?? named[0];
  return chooseColumn(list, there, usual, flag, name);
}
