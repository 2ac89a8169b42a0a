import { maskSecret } from '../text/mask.js';
import { gravestHits } from '../text/gravest-hits.js';
import type { TextHit } from '../text/hits.js';
import { createTextScanner } from '../text/scan.js';
import type { Check, CheckInput, ClinicalTable, Coverage, FindingDraft } from './check.js';
import { bannedColumns, foldLabel } from './deid-columns.js';
import { identifier, judgedRows, rowLocation } from './sql.js';

/** How the cells of a column are read; null: they hold no text. */
type ColumnKind = 'text' | 'id' | null;

/** Labels of codes, digests and UIDs, which say nothing in words. */
const CODE_COLUMN = /(?:^|_)(?:uid|uids|md5|md5sum|sha256|digest|checksum|version|type|unit|units)$/;
const ID_COLUMN = /(?:^|_)(?:id|ids|code|codes|identifier|number|file|filename|file_name|object|zip)$/;
const IN_IDS = new Set(['DID-040', 'DID-042', 'DID-043']);

interface CellRow {
  value: string;
  source: string;
  source_row: number;
  key: string | null;
  n: number;
}

/** DID-096: no column of direct identifiers, and no cell whose text identifies somebody. */
export const tableIdentifierCheck: Check = {
  codes: ['DID-096'],
  async *run(input: CheckInput, coverage: Coverage): AsyncGenerator<FindingDraft> {
    if (input.tables.length === 0) return coverage.notApplicable('DID-096', 'no clinical table was loaded');
    yield* bannedColumns(input);
    const scan = createTextScanner(input.policy);
    for (const table of input.tables)
      for (const column of table.columns) {
        const kind = kindOf(table, column);
        coverage.looked('DID-096', kind === null ? 1 : table.rows);
        if (kind === null) continue;
        for await (const rows of input.catalog.stream<CellRow>(distinctCells(table, column)))
          for (const row of rows)
            for (const hit of gravestHits(scan(row.value, { kind: 'cell', keyword: column }).filter((found) => isBelieved(kind, found)))) yield cellFinding(table, column, row, hit);
      }
  },
};

/** Of an identifier, that it holds numbers is no surprise; a name or a date in it is. */
function isBelieved(kind: ColumnKind, { code, level }: TextHit): boolean {
  return kind === 'text' || (level === 'error' && IN_IDS.has(code));
}

/** Numbers, closed lists and UIDs hold no text; where no schema knows a column, its cells decide. */
function kindOf({ schema, key }: ClinicalTable, name: string): ColumnKind {
  const column = schema?.columns.find((known) => known.name === name);
  const type = column?.type === 'array' ? column.items : column?.type;
  if (column !== undefined && (column.enum !== undefined || (type !== undefined && type !== 'string'))) return null;
  const label = foldLabel(name);
  if (CODE_COLUMN.test(label)) return null;
  return name === key || schema?.links.some((link) => link.column === name) === true || ID_COLUMN.test(label) ? 'id' : 'text';
}

/** Distinct cells with the first row that has each; numbers and UIDs are left out. */
function distinctCells(table: ClinicalTable, column: string): string {
  const key = table.key !== null && table.columns.includes(table.key) ? identifier(table.key) : 'NULL::VARCHAR';
  const value = identifier(column);
  return `
    SELECT value, first.source AS source, first.source_row AS source_row, first.key AS key, n FROM (
      SELECT ${value} AS value, min({source: source, source_row: source_row, key: ${key}}) AS first, count(*) AS n
      FROM ${judgedRows(table)} WHERE ${value} IS NOT NULL AND NOT regexp_full_match(${value}, '[-+]?[0-9.]{0,6}|[0-2](\\.[0-9]+){4,}|[A-Za-z]{1,2}') GROUP BY ${value})
    ORDER BY source, source_row, value`;
}

function cellFinding(table: ClinicalTable, column: string, row: CellRow, { level, what, start, end }: TextHit): FindingDraft {
  return {
    code: 'DID-096',
    level,
    message: `A cell holds ${what}.`,
    location: rowLocation(table, row, column),
    expected: 'a text that identifies nobody',
    found: `${maskSecret(row.value.slice(start, end))}${row.n > 1 ? ` in ${row.n} rows` : ''}`,
    content: row.value,
  };
}
