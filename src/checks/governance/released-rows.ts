import type { CheckInput, ClinicalTable } from '../check.js';
import { identifier, judgedRows, literal } from '../sql.js';

/**
 * The rows of a table that a release holds: all of whose cases are accepted. `judgedRows` has more: it judges also rows of
 * several cases of which one is not released, and cut leaves those out.
 */
export function releasedRows(table: ClinicalTable): string {
  const other = `
    SELECT 1 FROM row_case AS x LEFT JOIN case_ AS c ON c.case_id = x.case_id
    WHERE x.table_name = ${literal(table.name)} AND coalesce(c.status, '') <> 'accepted' AND x.source = r.source AND x.source_row = r.source_row`;
  return `(SELECT r.* FROM ${judgedRows(table)} AS r WHERE NOT EXISTS (${other}))`;
}

/** Tables of which a release can hold rows: those that lead to cases, and those that a schema describes. */
export function publishedTables({ tables }: CheckInput): ClinicalTable[] {
  return tables.filter(({ role, schema }) => role !== 'other' || schema !== null);
}

/** The table with one row a case; null when there is none. */
export function caseTable({ tables }: CheckInput): ClinicalTable | null {
  return tables.find(({ role }) => role === 'case') ?? null;
}

/** SQL of the key of a row; null when the table has no key. */
export function keyColumn({ key, columns }: ClinicalTable): string {
  return key !== null && columns.includes(key) ? identifier(key) : 'NULL::VARCHAR';
}
