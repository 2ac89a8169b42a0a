import { CurationError } from '../errors.js';
import { parseJsonStrict } from '../fixity/json.js';
import type { OverlapKey } from '../model/split-overlap.js';
import { parseList, type DelimitedList } from './delimited-list.js';

/** An id and the part that it is in, '' for none. */
export interface PlacedId {
  id: string;
  part: string;
}

/** Ids as a file has them. */
export interface FileIds {
  kind: 'manifest' | 'list';
  /** A row each, by what the column or member that they come from says they are; null: nothing. */
  rows: ReadonlyMap<OverlapKey | null, readonly PlacedId[]>;
}

/** Which columns hold what; by default those that usually do. */
export interface IdColumns {
  id?: string;
  part?: string;
}

/** Names of columns and members in lower case, those that are least in doubt first. */
const MEMBERS: readonly (readonly [string, OverlapKey])[] = [
  ['case_ids', 'case'],
  ['case_id', 'case'],
  ['patientid', 'case'],
  ['object_id', 'object'],
  ['guid', 'object'],
  ['did', 'object'],
  ['study_uid', 'study'],
  ['studyinstanceuid', 'study'],
  ['series_uid', 'series'],
  ['seriesinstanceuid', 'series'],
  ['sopinstanceuid', 'instance'],
  // of a case only where nothing says better what a row is
  ['submitter_id', 'case'],
];
const PARTS = ['dataset', 'part', 'split'];

/**
 * Reads the ids of a file: a Gen3 manifest (JSON), a list with columns (CSV, TSV), or one id a line.
 * @throws {CurationError} SPLIT_LIST_INVALID saying what the file holds instead
 */
export function readFileIds(bytes: Uint8Array, path: string, columns: IdColumns): FileIds {
  const start = Buffer.from(bytes.subarray(0, 64)).toString('latin1').replace(/^\xEF\xBB\xBF/, '').trimStart();
  if (start.startsWith('[') || start.startsWith('{')) return readManifest(bytes, path, columns);
  const list = parseList(bytes, path);
  const known = chooseColumns(list.columns, columns.id);
  if (known.length === 0 && columns.id === undefined && list.columns.length === 1) {
    // one id a line, without a line of column names
    const ids = [list.columns[0]!, ...list.rows.map(({ cells }) => cells[0]!)];
    return { kind: 'list', rows: new Map([[null, ids.map((id) => ({ id, part: '' }))]]) };
  }
  const partAt = columns.part === undefined ? list.columns.findIndex((name) => PARTS.includes(name.toLowerCase())) : list.columns.indexOf(columns.part);
  if (known.length === 0 || (columns.part !== undefined && partAt < 0)) throw noColumn(path, list.columns);
  return { kind: 'list', rows: new Map(known.map(({ name, key }) => [key, readRows(list, list.columns.indexOf(name), partAt)])) };
}

function readRows({ rows }: DelimitedList, idAt: number, partAt: number): PlacedId[] {
  return rows.flatMap(({ cells }) => (cells[idAt] === '' ? [] : [{ id: cells[idAt]!, part: partAt < 0 ? '' : cells[partAt]! }]));
}

/** The columns with cases and objects, else the best there is. */
function chooseColumns(names: readonly string[], named: string | undefined): { name: string; key: OverlapKey | null }[] {
  if (named !== undefined) return names.includes(named) ? [{ name: named, key: MEMBERS.find(([member]) => member === named.toLowerCase())?.[1] ?? null }] : [];
  const found = MEMBERS.flatMap(([member, key]) => names.filter((name) => name.toLowerCase() === member).slice(0, 1).map((name) => ({ name, key })));
  const strong = found.filter(({ name, key }, at) => ['case', 'object'].includes(key) && name.toLowerCase() !== 'submitter_id' && found.findIndex((each) => each.key === key) === at);
  return strong.length > 0 ? strong : found.slice(0, 1);
}

/** A Gen3 manifest: an array with an object a file, of which `object_id` may be all there is. */
function readManifest(bytes: Uint8Array, path: string, columns: IdColumns): FileIds {
  const reading = parseJsonStrict(bytes, { maxBytes: 512 << 20, maxDepth: 64 });
  if (!reading.ok) throw new CurationError('SPLIT_LIST_INVALID', `${path} is no JSON manifest: ${reading.reason}.`);
  if (!Array.isArray(reading.value) || !reading.value.every(isRecord)) throw new CurationError('SPLIT_LIST_INVALID', `${path} is no manifest.`, { expected: 'a JSON array of objects with an object_id each' });
  const files = reading.value as Record<string, unknown>[];
  const names = [...new Set(files.flatMap((file) => Object.keys(file)))];
  const known = chooseColumns(names, columns.id);
  const partName = columns.part ?? names.find((name) => PARTS.includes(name.toLowerCase()));
  if (files.length === 0) return { kind: 'manifest', rows: new Map([['object', []]]) };
  if (known.length === 0 || (columns.part !== undefined && !names.includes(columns.part))) throw noColumn(path, names);
  const readMember = (name: string): PlacedId[] =>
    files.flatMap((file) => {
      const part = partName === undefined ? '' : (textsOf(file, partName)[0] ?? '');
      return textsOf(file, name).map((id) => ({ id, part }));
    });
  return { kind: 'manifest', rows: new Map(known.map(({ name, key }) => [key, readMember(name)])) };
}

function isRecord(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A member may be a list: `case_ids` is. */
function textsOf(file: Record<string, unknown>, name: string): string[] {
  const value = Object.hasOwn(file, name) ? file[name] : undefined;
  const members: unknown[] = Array.isArray(value) ? value : [value];
  return members.flatMap((member) => (typeof member === 'string' && member.trim() !== '' ? [member.trim()] : []));
}

function noColumn(path: string, names: readonly string[]): CurationError {
  return new CurationError('SPLIT_LIST_INVALID', `It is not known which column of ${path} names the cases or objects, or its parts.`, {
    expected: 'case_id, case_ids, object_id, study_uid, series_uid or SOPInstanceUID',
    found: names.slice(0, 20).join(', '),
    suggestions: ['Name it: --case-column COLUMN, --part-column COLUMN'],
  });
}
