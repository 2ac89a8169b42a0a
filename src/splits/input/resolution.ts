import { CurationError } from '../../errors.js';
import { KEPT_ATTRIBUTES } from '../../model/header.js';
import { nearMiss } from '../../model/near-miss.js';

/** The clinical tables of the catalog as names are looked up in them: table to columns. */
export type TableColumns = ReadonlyMap<string, readonly string[]>;

/** What a name in `balance` or `group_by` stands for. */
export type Resolved = { kind: 'column'; table: string; column: string } | { kind: 'attribute'; keyword: string } | { kind: 'tag'; model: string } | { kind: 'case' };

/** Names that need no column: the case itself, the modalities of a case's images, and their other attributes by keyword. */
const BUILT_IN: ReadonlyMap<string, Resolved> = new Map<string, Resolved>([
  ['case_id', { kind: 'case' }],
  ['modality', { kind: 'attribute', keyword: 'Modality' }],
  ...KEPT_ATTRIBUTES.map(({ keyword }): [string, Resolved] => [keyword, { kind: 'attribute', keyword }]),
]);

/** Before the name of a model: the labels that it gave the images of a case. */
const TAG_PREFIX = 'tag:';

/**
 * Finds what a name stands for, in this order: a column of the case table; `table.column` (both may hold dots); `case_id`,
 * `modality` and the keywords of kept attributes; `tag:<model>`, of a model that is configured.
 * @param caseTable Null when there are no tables.
 * @param models Names of the configured models.
 * @throws {CurationError} CONFIG_INVALID when there is no such column or model, or when there are two columns
 */
export function resolveColumn(name: string, where: string, tables: TableColumns, caseTable: string | null, models: readonly string[] = []): Resolved {
  if (caseTable !== null && tables.get(caseTable)?.includes(name)) return { kind: 'column', table: caseTable, column: name };
  const found = splitsOf(name).filter(({ table, column }) => tables.get(table)?.includes(column));
  if (found.length > 1)
    throw new CurationError('CONFIG_INVALID', `${where} names ${name}, which two tables have.`, {
      found: found.map(({ table, column }) => `the column ${column} of ${table}`).join(' and '),
      suggestions: ['Rename one of the columns at its source.'],
    });
  if (found[0] !== undefined) return { kind: 'column', ...found[0] };
  const builtIn = BUILT_IN.get(name);
  if (builtIn !== undefined) return builtIn;
  if (name.startsWith(TAG_PREFIX)) return resolveTag(name, where, models);
  throw unknownColumn(name, where, tables, caseTable);
}

function resolveTag(name: string, where: string, models: readonly string[]): Resolved {
  const model = name.slice(TAG_PREFIX.length);
  if (models.includes(model)) return { kind: 'tag', model };
  const near = nearMiss(model, models);
  throw new CurationError('CONFIG_INVALID', `${where} names ${name}, and no such model is configured.`, {
    expected: models.length === 0 ? 'a model under `models:`' : models.map((each) => TAG_PREFIX + each).join(', '),
    found: name,
    suggestions: [near === undefined ? 'Describe the model under `models:` in colophon.yaml.' : `Did you mean ${TAG_PREFIX}${near}?`],
  });
}

function splitsOf(name: string): { table: string; column: string }[] {
  return [...name.matchAll(/\./g)].map(({ index }) => ({ table: name.slice(0, index), column: name.slice(index + 1) }));
}

function unknownColumn(name: string, where: string, tables: TableColumns, caseTable: string | null): CurationError {
  const own = caseTable === null ? [] : (tables.get(caseTable) ?? []);
  const all = [...own, ...[...tables].flatMap(([table, columns]) => columns.map((column) => `${table}.${column}`)), ...BUILT_IN.keys()];
  const elsewhere = [...tables].find(([, columns]) => columns.includes(name));
  const near = elsewhere === undefined ? nearMiss(name, all) : `${elsewhere[0]}.${name}`;
  return new CurationError('CONFIG_INVALID', `${where} names ${name}, which is no column of the case table, no table.column, not modality and no attribute of the images.`, {
    expected: own.length === 0 ? 'table.column, or modality' : `one of ${own.join(', ')}, table.column, or modality`,
    found: name,
    suggestions: [near === undefined ? 'See the columns: colophon query "SHOW ALL TABLES"' : `Did you mean ${near}?`],
  });
}
