import { PLACELESS_ZIPS, RESTRICTED_ZIPS } from '../facts/restricted-zips.js';
import type { ClinicalTable } from './check.js';
import { identifier, judgedRows, literal, rowLocation, sqlCheck, type SqlQuery } from './sql.js';

/** Labels of columns that hold postal codes of the United States. */
const ZIP_COLUMN = /^(?:[a-z0-9]{1,32}_)?(?:zip3?|zip_?code3?|zip_?prefix|postal_?code|postcode)$/;

interface ZipRow {
  source: string;
  source_row: number;
  key: string | null;
  kind: 'long' | 'restricted' | 'placeless';
}

/** DID-097: postal codes have three digits, and none of an area of few people. */
export const zipCheck = sqlCheck<ZipRow>('DID-097', ({ tables }) => {
  const columns = tables.flatMap((table) => table.columns.filter((name) => ZIP_COLUMN.test(name.toLowerCase())).map((column) => zips(table, column)));
  return columns.length === 0 ? 'no table has a column of postal codes' : columns;
});

const list = (values: readonly string[]): string => `(${values.map(literal).join(', ')})`;

function zips(table: ClinicalTable, column: string): SqlQuery<ZipRow> {
  const key = table.key !== null && table.columns.includes(table.key) ? identifier(table.key) : 'NULL::VARCHAR';
  const value = `trim(${identifier(column)})`;
  return {
    subjects: `(SELECT 1 FROM ${judgedRows(table)} WHERE ${value} <> '')`,
    sql: `SELECT source, source_row, key, kind FROM (SELECT source, source_row, ${key} AS key,
        CASE WHEN NOT regexp_full_match(${value}, '[0-9]{3}') THEN 'long' WHEN ${value} IN ${list(RESTRICTED_ZIPS)} THEN 'restricted' WHEN ${value} IN ${list(PLACELESS_ZIPS)} THEN 'placeless' END AS kind
      FROM ${judgedRows(table)} WHERE ${value} <> '') WHERE kind IS NOT NULL`,
    draft: (row) => ({ ...ZIP_WORDS[row.kind], location: rowLocation(table, row, column), content: row.kind }),
  };
}

const ZIP_WORDS = {
  long: { message: 'A postal code is not cut to three digits.', expected: 'three digits', found: 'another form' },
  restricted: { message: 'A postal code is of an area with 20,000 people or fewer.', expected: '000', found: 'a restricted prefix' },
  placeless: { level: 'warning' as const, message: 'A postal code is of no place: no civilian area has the prefix.', expected: 'a prefix in use', found: 'an unused prefix' },
};
