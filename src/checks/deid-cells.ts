import { maskSecret } from '../text/mask.js';
import type { GatePolicy } from '../model/policy.js';
import type { Level } from '../model/finding.js';
import type { Check, CheckInput, ClinicalTable, Coverage, FindingDraft } from './check.js';
import { bannedColumns, foldLabel } from './deid-columns.js';
import { identifier, judgedRows, rowLocation } from './sql.js';

/** What a scanner of texts found: see room text. */
interface Hit {
  code: string;
  level: Level;
  what: string;
  start: number;
  end: number;
}

/** Makes a scanner of texts for a policy. */
export type ScannerFactory = (policy: GatePolicy) => (text: string, context: { keyword: string | null; vr: string | null }) => readonly Hit[];

/** How the cells of a column are read. `text`: anything in them counts. `id`: that it holds numbers is no surprise. */
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

/** DID-096: no column of direct identifiers, and no cell whose text identifies somebody. @param createScanner the scanner of room text */
export function tableIdentifierCheck(createScanner: ScannerFactory): Check {
  return {
    codes: ['DID-096'],
    async *run(input: CheckInput, coverage: Coverage): AsyncGenerator<FindingDraft> {
      if (input.tables.length === 0) return coverage.notApplicable('DID-096', 'no clinical table was loaded');
      yield* bannedColumns(input);
      const scan = createScanner(input.policy);
      const limit = input.policy.limits.text_chars;
      for (const table of input.tables)
        for (const column of table.columns) {
          const kind = kindOf(table, column);
          coverage.looked('DID-096', kind === null ? 1 : table.rows);
          if (kind === null) continue;
          for await (const rows of input.catalog.stream<CellRow>(distinctCells(table, column)))
            for (const row of rows) {
              if (row.value.length > limit) yield cellFinding(table, column, row, { code: 'DID-040', level: 'warning', what: 'more characters than the limit, so only its first part was scanned', start: 0, end: 0 });
              for (const hit of scan(row.value.slice(0, limit), { keyword: column, vr: null })) if (kind === 'text' || (IN_IDS.has(hit.code) && hit.level === 'error')) yield cellFinding(table, column, row, hit);
            }
        }
    },
  };
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

function cellFinding(table: ClinicalTable, column: string, row: CellRow, { level, what, start, end }: Hit): FindingDraft {
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
