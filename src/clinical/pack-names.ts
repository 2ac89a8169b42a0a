import type { PackPolicy, TableSchema } from '../model/clinical.js';
import type { CrossRule, RowChoice } from '../model/cross-rule.js';
import { nearMiss } from '../model/near-miss.js';
import type { DocumentDefect } from './document-rules.js';

/** What of pack.json names tables and columns. */
export interface PackNames {
  cross?: readonly CrossRule[];
  policy?: PackPolicy;
}

/**
 * The first name in pack.json that no table or column of the pack has, or null. A workspace may leave tables of a pack out:
 * what names one of these does not apply. A name that is nearly that of another one is misspelt.
 */
export function packNameDefect({ cross = [], policy = {} }: PackNames, tables: ReadonlyMap<string, TableSchema>): DocumentDefect | null {
  for (const [at, rule] of cross.entries()) {
    for (const [path, table, column] of namedColumns(rule)) {
      const defect = columnDefect(`/cross/${at}${path}`, tables, table, column);
      if (defect !== null) return defect;
    }
  }
  const known = [...tables.values()].flatMap(({ table, columns }) => columns.flatMap(({ name }) => [name, `${table}.${name}`]));
  const quasi = (policy.quasi_identifiers ?? []).map((entry) => (typeof entry === 'string' ? entry : entry.column));
  for (const [key, names] of [['quasi_identifiers', quasi], ['sensitive', policy.sensitive ?? []]] as const)
    for (const [at, name] of names.entries()) {
      const defect = known.includes(name) ? null : misspelt(`/policy/${key}/${at}`, `column ${JSON.stringify(name)}`, name, known);
      if (defect !== null) return defect;
    }
  return null;
}

type Named = [path: string, table: string, column: string];

function namedColumns(rule: CrossRule): Named[] {
  const own: Named = ['/column', rule.table, rule.column];
  switch (rule.kind) {
    case 'evidence':
      return [own, ...chosenColumns('/evidence', rule.evidence)];
    case 'offsets':
      return [own, ['/from', rule.table, rule.from], ['/to/column', rule.to.table, rule.to.column], ...chosenColumns('/to', rule.to)];
    case 'anchor':
      return [own, ...rule.anchors.flatMap(({ event }, at): Named[] => [[`/anchors/${at}/event/column`, event.table, event.column], ...chosenColumns(`/anchors/${at}/event`, event)])];
  }
}

function chosenColumns(path: string, { table, where = {}, filled = [] }: RowChoice): Named[] {
  return [
    [path, table, ''],
    ...Object.keys(where).map((name): Named => [`${path}/where`, table, name]),
    ...filled.map((name): Named => [`${path}/filled`, table, name]),
  ];
}

/** `column` may be empty: then only the table is asked for. */
function columnDefect(path: string, tables: ReadonlyMap<string, TableSchema>, table: string, column: string): DocumentDefect | null {
  const schema = tables.get(table);
  if (schema === undefined) return misspelt(path, `table ${JSON.stringify(table)}`, table, [...tables.keys()]);
  const columns = schema.columns.map(({ name }) => name);
  if (column === '' || columns.includes(column)) return null;
  const what = `column ${JSON.stringify(column)} in the table ${table}`;
  return misspelt(path, what, column, columns) ?? { path, message: `there is no ${what}`, suggestions: [] };
}

function misspelt(path: string, what: string, name: string, known: string[]): DocumentDefect | null {
  const meant = nearMiss(name, known);
  return meant === undefined ? null : { path, message: `there is no ${what}`, suggestions: [`Did you mean ${meant}?`] };
}
