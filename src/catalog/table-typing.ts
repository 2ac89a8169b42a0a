import type { ColumnSchema, ColumnSqlType } from '../model/clinical.js';
import { type Catalog, quoteIdentifier } from './catalog.js';

/** How a column of `clinical_<table>` is made from its text. */
export interface TypedColumn {
  name: string;
  sqlType: ColumnSqlType;
  /** Takes the text of a list cell apart; undefined when it does not fit. Only for list types. */
  parseList?: (text: string) => readonly unknown[] | undefined;
}

/** The one form of an integer and of a number in text; the same as src/clinical/cell.ts, which a test holds against it. */
const INTEGER = '0|-?[1-9][0-9]{0,15}';
const NUMBER = '-?(0|[1-9][0-9]*)(\\.[0-9]+)?([eE][+-]?[0-9]+)?';
const NUMBER_CHARS_MAX = 64;
const SAFE_INTEGER = Number.MAX_SAFE_INTEGER;

/** Digits that a double always gives back as they were written. */
const EXACT_DIGITS = 15;

/** Values of a list column that are taken apart between two appends. */
const LIST_TABLE = 'list_cell';

/**
 * Makes `clinical_<table>` anew from a table of texts: the same rows, each column in its type, NULL where a cell does not
 * fit (the gate names those).
 * @param texts `raw_<table>`, or `mended_<table>` where rules changed cells
 */
export async function typeTable(catalog: Catalog, table: string, texts: string, columns: readonly TypedColumn[], key: string | null): Promise<void> {
  const raw = quoteIdentifier(texts);
  await splitLists(catalog, raw, columns);
  const cells = columns.map((column, index) => `${typedCell(column, index)} AS ${quoteIdentifier(column.name)}`);
  const joins = columns.flatMap(({ sqlType, name }, index) =>
    isList(sqlType) ? [`LEFT JOIN ${LIST_TABLE} AS list${index} ON list${index}.column_index = ${index} AND list${index}.text = rows.${quoteIdentifier(name)}`] : [],
  );
  await catalog.transaction(async () => {
    await catalog.run(`CREATE OR REPLACE TABLE ${quoteIdentifier(`clinical_${table}`)} AS
      SELECT rows.source, rows.source_row, ${cells.join(', ')} FROM ${raw} AS rows ${joins.join(' ')} ORDER BY rows.source, rows.source_row`);
    await catalog.run('DELETE FROM clinical_table WHERE table_name = ?', [table]);
    await catalog.run('INSERT INTO clinical_table VALUES (?, ?, ?)', [table, columns.map(({ name }) => name), key]);
    await catalog.run(`DROP TABLE IF EXISTS ${LIST_TABLE}`);
  });
}

/** Every distinct list cell is taken apart once, by the same function that the gate uses. */
async function splitLists(catalog: Catalog, raw: string, columns: readonly TypedColumn[]): Promise<void> {
  await catalog.run(`CREATE OR REPLACE TABLE ${LIST_TABLE} (column_index INTEGER, text VARCHAR, members JSON)`);
  for (const [index, { name, sqlType, parseList }] of columns.entries()) {
    if (!isList(sqlType)) continue;
    const column = quoteIdentifier(name);
    for await (const rows of catalog.stream<{ text: string }>(`SELECT DISTINCT ${column} AS text FROM ${raw} WHERE ${column} IS NOT NULL`)) {
      const appender = await catalog.appender(LIST_TABLE);
      for (const { text } of rows) {
        const members = parseList?.(text);
        if (members !== undefined) appender.appendRow([index, text, JSON.stringify(members.map(memberText))]);
      }
      appender.close();
    }
  }
}

/** The text of a list member, which DuckDB casts back to the same value. */
function memberText(member: unknown): string {
  return Object.is(member, -0) ? '-0' : String(member);
}

function typedCell({ name, sqlType }: TypedColumn, index: number): string {
  const cell = `rows.${quoteIdentifier(name)}`;
  switch (sqlType) {
    case 'VARCHAR':
      return cell;
    case 'BIGINT':
      return `CASE WHEN regexp_full_match(${cell}, '${INTEGER}') AND abs(TRY_CAST(${cell} AS BIGINT)) <= ${SAFE_INTEGER} THEN TRY_CAST(${cell} AS BIGINT) END`;
    case 'DOUBLE':
      return `CASE WHEN ${isNumber(cell)} THEN TRY_CAST(${cell} AS DOUBLE) END`;
    case 'BOOLEAN':
      return `CASE ${cell} WHEN 'true' THEN true WHEN 'True' THEN true WHEN 'TRUE' THEN true WHEN 'false' THEN false WHEN 'False' THEN false WHEN 'FALSE' THEN false END`;
    default:
      return `CAST(from_json(list${index}.members, '["VARCHAR"]') AS ${sqlType})`;
  }
}

function isNumber(cell: string): string {
  return `length(${cell}) <= ${NUMBER_CHARS_MAX} AND regexp_full_match(${cell}, '${NUMBER}') AND isfinite(TRY_CAST(${cell} AS DOUBLE))`;
}

function isList(type: ColumnSqlType): boolean {
  return type.endsWith('[]');
}

/**
 * The narrowest type that every cell of each column fits, for tables without schema; the same rule as
 * src/clinical/infer.ts, in SQL because a guess from a sample would be silently wrong for the rest.
 */
export async function inferColumns(catalog: Catalog, texts: string, columns: readonly string[]): Promise<Pick<ColumnSchema, 'name' | 'sqlType'>[]> {
  const inferred: Pick<ColumnSchema, 'name' | 'sqlType'>[] = [];
  for (const name of columns) {
    const cells = `(SELECT ${quoteIdentifier(name)} AS text FROM ${quoteIdentifier(texts)} WHERE text IS NOT NULL)`;
    // Each question ends at the first cell that says no: a column of text is told by its first value.
    const has = async (condition: string): Promise<boolean> => (await catalog.all(`SELECT 1 FROM ${cells} WHERE ${condition} LIMIT 1`)).length > 0;
    const number = `coalesce(${isNumber('text')}, false) AND length(regexp_replace(text, '[eE].*|[^0-9]', '', 'g')) <= ${EXACT_DIGITS}`;
    const isText = (await has(`NOT (${number})`)) || !(await has('true'));
    inferred.push({ name, sqlType: isText ? 'VARCHAR' : (await has(`NOT regexp_full_match(text, '${INTEGER}')`)) ? 'DOUBLE' : 'BIGINT' });
  }
  return inferred;
}
