import { canonicalJson } from '../../fixity/canonical-json.js';
import type { DictionaryColumn, DictionaryTable } from '../../model/dictionary.js';
import type { Change } from '../../model/release-diff.js';
import { entry } from './entry.js';

/** Tables of a data dictionary: what a comparison needs of it. */
export interface DescribedTables {
  tables: DescribedTable[];
}

/** Releases of older versions say less of a table, and describe only what was delivered. */
type DescribedTable = Pick<DictionaryTable, 'table' | 'key'> & Partial<Pick<DictionaryTable, 'kind'>> & { columns: (Pick<DictionaryColumn, 'column'> & Partial<Pick<DictionaryColumn, 'link' | 'sql_type' | 'missing'>>)[] };

/** The clinical tables: our own ones are described by the version of the program, which says nothing of the data. */
export function deliveredTables({ tables }: DescribedTables): DescribedTable[] {
  return tables.filter(({ kind }) => kind !== 'release');
}

/** Members that other rules speak of: names, keys, and types as the tables really have them. */
const TOLD_ELSEWHERE = new Set(['table', 'kind', 'resource', 'columns', 'column', 'key', 'type', 'items', 'sql_type']);

/**
 * Compares what two dictionaries say of the tables and columns that both have, member by member. A member that only one of
 * them knows was written by another version of the program and says nothing.
 */
export function diffDictionaries(before: DescribedTables, after: DescribedTables): Change[] {
  return pairBy(deliveredTables(before), deliveredTables(after), ({ table }) => table).flatMap(([a, b]) => [
    ...diffMembers(a, b, { table_name: b.table }),
    ...pairBy(a.columns, b.columns.filter(isDelivered), ({ column }) => column).flatMap(([x, y]) => diffMembers(withoutMissing(x, y), y, { table_name: b.table, column_name: y.column })),
  ]);
}

/** What an empty cell means follows from the type: a retyped column is one change, not two. */
function withoutMissing<T extends { sql_type?: string; missing?: string }>(before: T, after: T): object {
  if (before.sql_type === after.sql_type) return before;
  const { missing: _said, ...others } = before;
  return others;
}

/** Not the column that we add in front of a clinical table to tell the case of a row. */
function isDelivered({ link }: DescribedTable['columns'][number]): boolean {
  return link?.resource !== 'cases';
}

function pairBy<T>(before: readonly T[], after: readonly T[], name: (each: T) => string): [T, T][] {
  const known = new Map(before.map((each) => [name(each), each]));
  return after.flatMap((each): [T, T][] => {
    const old = known.get(name(each));
    return old === undefined ? [] : [[old, each]];
  });
}

function diffMembers(before: object, after: object, at: { table_name: string; column_name?: string }): Change[] {
  const old = new Map<string, unknown>(Object.entries(before));
  return Object.entries(after).flatMap(([member, now]: [string, unknown]) => {
    if (TOLD_ELSEWHERE.has(member) || !old.has(member)) return [];
    const was = old.get(member);
    if (canonicalJson(was) === canonicalJson(now)) return [];
    return entry(member === 'unit' ? 'unit-changed' : 'dictionary-changed', member, ...describe(was, now), at);
  });
}

/** Of two lists what is in one alone, or a long list of values would say nothing. */
function describe(was: unknown, now: unknown): [string | null, string | null] {
  if (!Array.isArray(was) || !Array.isArray(now)) return [textOf(was), textOf(now)];
  const [old, next] = [was, now].map((list) => list.map((value) => canonicalJson(value))) as [string[], string[]];
  const [gone, come] = [new Set(next), new Set(old)];
  const [lost, added] = [old.filter((value) => !gone.has(value)), next.filter((value) => !come.has(value))];
  // the same values in another order
  if (lost.length === 0 && added.length === 0) return [canonicalJson(was), canonicalJson(now)];
  return [lost.length === 0 ? null : `[${lost.join(', ')}]`, added.length === 0 ? null : `[${added.join(', ')}]`];
}

function textOf(value: unknown): string | null {
  if (value === null) return null;
  return typeof value === 'string' ? value : canonicalJson(value);
}

/** Whether a value has the shape of data/dictionary.json, as far as a comparison reads it. */
export function isDictionary(value: unknown): value is DescribedTables {
  const { tables } = (value ?? {}) as { tables?: unknown };
  const named = (list: unknown, member: string): boolean => Array.isArray(list) && list.every((each) => typeof (each as Record<string, unknown> | null)?.[member] === 'string');
  return named(tables, 'table') && (tables as { columns?: unknown; key?: unknown }[]).every(({ columns, key }) => named(columns, 'column') && typeof key === 'string');
}
