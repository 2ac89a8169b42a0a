import type { CurationError } from '../errors.js';
import type { OverlapKey } from '../model/split-overlap.js';
import { parseCsvRows } from './csv-row.js';
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
 * Reads a list of ids, one a row: CSV or TSV with a line of column names (UTF-8, with or without byte order mark, LF or
 * CRLF), or `.txt` with an id a line. Rows without any cell are passed over.
 * @param name of the file; its ending tells the form
 * @throws {CurationError} SOURCE_UNREADABLE naming the lines that cannot be read, all at once
 */
export function parseIdList(bytes: Uint8Array, name: string, options: IdListOptions): ReadonlyMap<OverlapKey, PartedIds> {
  const text = decode(bytes, name);
  const [column, rows] = /\.txt$/i.test(name) ? ['', readLines(text)] : readColumns(text, name, options);
  const key = options.key ?? (OBJECT_COLUMNS.has(column) || (rows.length > 0 && rows.every(({ id }) => isDataGuid(id))) ? 'object' : 'case');
  const ids = new PartedIds();
  for (const { id, part } of rows) ids.add(key === 'object' ? normalizeObjectId(id) : id, part);
  if (ids.partsOf.size === 0) throw listDefect(name, 'it names no id');
  return new Map([[key, ids]]);
}

function decode(bytes: Uint8Array, name: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes).replace(/\r\n?/g, '\n');
  } catch (error) {
    throw listDefect(name, 'it is not UTF-8 text', 'UTF-8', error);
  }
}

interface IdRow {
  id: string;
  part: string | null;
}

function readLines(text: string): IdRow[] {
  return text.split('\n').map((line) => ({ id: line.trim(), part: null })).filter(({ id }) => id !== '');
}

function readColumns(text: string, name: string, options: IdListOptions): [column: string, rows: IdRow[]] {
  const rows = parseCsvRows(text, /\.tsv$/i.test(name) ? '\t' : ',');
  const header = rows.next();
  if (header.done === true) throw listDefect(name, 'it is empty');
  const columns = header.value.cells.map((cell) => cell.trim());
  const column = pickColumn(columns, options.columns, ID_COLUMNS);
  if (column === undefined) throw missingColumn(name, options.columns, columns);
  const partColumn = pickColumn(columns, options.partColumns, PART_COLUMNS.filter((each) => each !== column));
  if (partColumn === undefined && options.partColumns.length > 0) throw missingColumn(name, options.partColumns, columns);
  const [idAt, partAt] = [columns.indexOf(column), partColumn === undefined ? -1 : columns.indexOf(partColumn)];
  const defects: string[] = [];
  const found: IdRow[] = [];
  for (const { cells, line } of rows) {
    if (cells.every((cell) => cell.trim() === '')) continue;
    const [id, part] = [cells[idAt]?.trim() ?? '', cells[partAt]?.trim() ?? ''];
    const defect = defectOf(cells, columns, id, part);
    if (defect !== null) defects.push(`line ${line}: ${defect}`);
    else found.push({ id, part: part === '' ? null : part });
  }
  if (defects.length > 0) throw listDefects(name, defects);
  return [column, found];
}

/** A cell with a line break is mostly a quote that is never closed: it would hide all rows behind it. */
function defectOf(cells: readonly string[], columns: readonly string[], id: string, part: string): string | null {
  if (cells.length !== columns.length) return `it has ${cells.length} cells, and there are ${columns.length} columns`;
  if (id === '') return 'it names no id';
  return id.includes('\n') || part.includes('\n') ? 'a cell goes over several lines; a quote may not be closed' : null;
}

function pickColumn(columns: readonly string[], wanted: readonly string[], usual: readonly string[]): string | undefined {
  return (wanted.length > 0 ? wanted : usual).find((each) => columns.includes(each));
}

function missingColumn(name: string, wanted: readonly string[], columns: readonly string[]): CurationError {
  return listDefect(name, `it has no column ${(wanted.length > 0 ? wanted : ID_COLUMNS).join(' or ')}; it has ${columns.join(', ')}`);
}

function listDefects(name: string, defects: readonly string[]): CurationError {
  const more = defects.length > MAX_TOLD ? [`and ${defects.length - MAX_TOLD} more lines`] : [];
  return listDefect(name, ['some lines cannot be read', ...defects.slice(0, MAX_TOLD), ...more].join('\n  '));
}
