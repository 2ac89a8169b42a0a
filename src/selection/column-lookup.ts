import { nearMiss } from '../model/near-miss.js';
import type { ColumnName } from './expression.js';
import { faultAt } from './fault.js';
import type { ColumnShape, TableShapes } from './table-shapes.js';

/** Our own tables, the closest to an image first: a name that several of them have is that of the first. */
const LEVELS = ['instances', 'series', 'studies', 'cases'];
const CLINICAL = 'clinical_';
/** Columns that are named when a name is unknown. */
const MAX_NAMED = 30;

/** A column of a table of the release. */
export interface FoundColumn {
  table: string;
  column: ColumnShape;
}

/**
 * Which column a name means. Case does not count unless two names differ in nothing else. `splits` is looked up elsewhere.
 * @throws {CurationError} USAGE: none, or more than one
 */
export function findColumn(text: string, wanted: ColumnName, shapes: TableShapes): FoundColumn {
  const tables = wanted.table === null ? null : [findTable(text, wanted, shapes)];
  const found = candidates(wanted.name, tables ?? searched(shapes), shapes);
  if (found.length === 0) throw unknownColumn(text, wanted, tables ?? searched(shapes), shapes);
  const closest = found.find(({ table }) => LEVELS.includes(table));
  const best = tables === null && closest !== undefined ? found.filter(({ table }) => table === closest.table) : found;
  const [first, second] = best;
  if (second !== undefined) {
    throw faultAt(text, wanted, 'this name is that of several columns.', { suggestions: [`Say which: ${best.map(({ table, column }) => `${quoteName(table)}.${quoteName(column.name)}`).join(', ')}`] });
  }
  return first!;
}

/** Tables whose rows are about images, ours first, then all others in the order of their names. */
function searched(shapes: TableShapes): string[] {
  const others = [...shapes.tables].filter(([name, { link }]) => link !== null && name !== 'splits' && !LEVELS.includes(name)).map(([name]) => name);
  return [...LEVELS.filter((name) => shapes.tables.has(name)), ...others.sort()];
}

function candidates(name: string, tables: readonly string[], { tables: shapes }: TableShapes): FoundColumn[] {
  const all = tables.flatMap((table) => shapes.get(table)!.columns.map((column) => ({ table, column })));
  return tables.flatMap((table) => {
    const own = all.filter((each) => each.table === table && each.column.name.toLowerCase() === name.toLowerCase());
    const exact = own.filter(({ column }) => column.name === name);
    return exact.length > 0 ? exact : own;
  });
}

function findTable(text: string, wanted: ColumnName, shapes: TableShapes): string {
  const name = wanted.table!.toLowerCase();
  const found = [...shapes.tables.keys()].find((table) => table.toLowerCase() === name) ?? [...shapes.tables.keys()].find((table) => table.toLowerCase() === CLINICAL + name);
  const place = { at: wanted.at, length: wanted.length };
  if (found === undefined) {
    const near = nearMiss(wanted.table!, [...shapes.tables.keys()].flatMap((table) => (table.startsWith(CLINICAL) ? [table, table.slice(CLINICAL.length)] : [table])));
    throw faultAt(text, place, `the release has no table of the name ${wanted.table}.`, { suggestions: [...(near === undefined ? [] : [`Is it ${near}?`]), `Tables: ${['split', ...searched(shapes)].join(', ')}`] });
  }
  if (shapes.tables.get(found)!.link === null) throw faultAt(text, place, `the rows of ${found} are not about images of this release, or their cases.`, { suggestions: [`Tables: ${['split', ...searched(shapes)].join(', ')}`] });
  return found;
}

function unknownColumn(text: string, wanted: ColumnName, tables: readonly string[], { tables: shapes }: TableShapes): Error {
  const names = [...new Set(tables.flatMap((table) => shapes.get(table)!.columns.map(({ name }) => name)))];
  const near = nearMiss(wanted.name, ['split', 'part', ...names]);
  const listed = names.slice(0, MAX_NAMED).map(quoteName).join(', ');
  return faultAt(text, wanted, `${wanted.table === null ? 'the release' : wanted.table} has no column of the name ${wanted.name}.`, {
    suggestions: [...(near === undefined ? [] : [`Is it ${quoteName(near)}?`]), `Columns: ${listed}${names.length > MAX_NAMED ? ` and ${names.length - MAX_NAMED} more` : ''}`],
  });
}

/** A name as it has to be written in an expression. */
export function quoteName(name: string): string {
  return /^[\p{L}_][\p{L}\p{M}\p{N}_]*$/u.test(name) ? name : `"${name.replaceAll('"', '""')}"`;
}
