import type { ClinicalTable } from './check.js';
import { showLink } from './mask.js';
import { identifier, judgedRows, rowLocation, sqlCheck, type SqlQuery } from './sql.js';

interface KeyRow {
  source: string;
  source_row: number;
  key: string | null;
  n: number;
  first_source: string;
  first_row: number;
}

/**
 * SCH-010 over the whole table: keys occur once. Where no schema judges the rows one by one, keys are also there and
 * trimmed.
 */
export const keyCheck = sqlCheck<KeyRow>('SCH-010', (input) => {
  const keyed = input.tables.filter((table) => table.key !== null && table.columns.includes(table.key));
  if (keyed.length === 0) return 'no table has a key column';
  return keyed.flatMap((table) => [repeatedKeys(table), ...(table.schema === null ? [malformedKeys(table)] : [])]);
});

function repeatedKeys(table: ClinicalTable): SqlQuery<KeyRow> {
  const key = identifier(table.key ?? '');
  return {
    subjects: table.rows,
    sql: `
      SELECT source, source_row, k AS key, n, first.source AS first_source, first.source_row AS first_row FROM (
        SELECT source, source_row, ${key} AS k, repeated.n, repeated.first FROM ${judgedRows(table)} AS r
        JOIN (SELECT ${key} AS k, count(*) AS n, min({source: source, source_row: source_row}) AS first
              FROM ${judgedRows(table)} WHERE ${key} IS NOT NULL GROUP BY ${key} HAVING count(*) > 1) AS repeated ON repeated.k = r.${key})
      WHERE (source, source_row) <> (first.source, first.source_row)`,
    draft: (row) => ({
      message: 'The key of the row occurs more than once.',
      location: rowLocation(table, row, table.key ?? undefined),
      expected: 'a key of its own',
      found: `${row.n} rows with this key, the first in row ${row.first_row}`,
      content: String(row.n),
    }),
  };
}

function malformedKeys(table: ClinicalTable): SqlQuery<KeyRow> {
  const key = identifier(table.key ?? '');
  return {
    subjects: 0,
    sql: `SELECT source, source_row, ${key} AS key, 1 AS n, source AS first_source, source_row AS first_row FROM ${judgedRows(table)}
      WHERE ${key} IS NULL OR ${key} = '' OR NOT regexp_full_match(${key}, '[^\\s\\p{C}]([^\\p{C}]*[^\\s\\p{C}])?')`,
    draft: (row) => ({
      message: row.key === null || row.key === '' ? 'The row has no key.' : 'The key has blanks around it or invisible characters in it.',
      location: rowLocation(table, row, table.key ?? undefined),
      expected: 'a key without blanks around it',
      found: row.key === null || row.key === '' ? 'nothing' : showLink(row.key),
      content: row.key ?? '',
    }),
  };
}
