import type { Check, CheckInput, Coverage, FindingDraft } from './check.js';
import { isCode, type Code } from './codes.js';

interface DefectRow {
  source: string;
  path: string;
  table_name: string | null;
  code: string;
  line: number | null;
  column_name: string | null;
  message: string;
  expected: string | null;
  found: string | null;
  sha256: string | null;
  status: string | null;
}

const STRUCTURE_CODES = ['SCH-001', 'SCH-002', 'SCH-003'] as const satisfies readonly Code[];

/** SCH-001 to SCH-003: what the strict reading of table files noted; and any other defect that pull left behind. */
export const structureCheck: Check = {
  codes: [...STRUCTURE_CODES, 'REF-002'],
  async *run(input: CheckInput, coverage: Coverage): AsyncGenerator<FindingDraft> {
    const [files] = await input.catalog.all<{ n: number }>('SELECT count(*) AS n FROM table_file');
    for (const code of STRUCTURE_CODES)
      if ((files?.n ?? 0) > 0) coverage.looked(code, files?.n ?? 0);
      else coverage.notApplicable(code, 'no table file was read');
    const sql = `
      SELECT d.*, f.sha256, f.status FROM source_defect AS d
      LEFT JOIN table_file AS f ON f.source = d.source AND f.path = d.path`;
    for await (const rows of input.catalog.stream<DefectRow>(sql)) for (const row of rows) yield sourceDefect(row);
  },
};

function sourceDefect(row: DefectRow): FindingDraft {
  const path = row.path === '' ? row.source : `${row.source}/${row.path}`;
  return {
    code: isCode(row.code) ? row.code : 'GATE-INCOMPLETE',
    message: row.message,
    location: {
      kind: 'file',
      path,
      ...(row.table_name === null ? {} : { table: row.table_name }),
      ...(row.column_name === null ? {} : { column: row.column_name }),
      ...(row.line === null ? {} : { line: row.line }),
    },
    expected: row.expected ?? undefined,
    found: row.found ?? undefined,
    content: [row.sha256 ?? '', row.line ?? '', row.column_name ?? '', row.found ?? ''].join(' '),
  };
}
