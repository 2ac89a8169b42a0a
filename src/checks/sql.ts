import type { ClinicalTable, Coverage, CheckInput, FindingDraft, Check } from './check.js';
import type { Code } from './codes.js';

/** Quotes an identifier that comes from data. */
export function identifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** Quotes text from data as a literal; NUL, which SQL text cannot hold, is dropped and so meets nothing. */
export function literal(text: string): string {
  return `'${text.replaceAll("'", "''").replaceAll('\0', '')}'`;
}

/** The rows of a table that would be released, as a subquery. */
export function judgedRows(table: ClinicalTable): string {
  return `(SELECT * FROM ${identifier(table.raw)} WHERE ${table.where})`;
}

/** Image files of accepted cases, as a subquery. */
export const RELEASED_IMAGES = `(SELECT i.* FROM instance AS i JOIN case_ AS c ON c.case_id = i.case_id AND c.status = 'accepted')`;

/**
 * SQL condition: the value of `column` is in several rows of `relation`, or a rare chance has it that its hash is. Nearly all
 * values of ten million are there once, and numbers are grouped in a tenth of the memory of texts; what is left is
 * to be grouped by itself.
 * @param relation a subquery
 */
export function recurs(column: string, relation: string): string {
  return `hash(${column}) IN (SELECT hash(${column}) FROM ${relation} GROUP BY ALL HAVING count(*) > 1)`;
}

/** One query of an SQL check: its rows are what is wrong. */
export interface SqlQuery<Row> {
  sql: string;
  /** How many subjects the query judges. */
  subjects: number | string;
  draft(row: Row): Omit<FindingDraft, 'code'>;
}

/**
 * A check that is a list of queries, one finding a row. `queries` gives a sentence instead when nothing in the catalog
 * is of its kind.
 */
export function sqlCheck<Row>(code: Code, queries: (input: CheckInput) => SqlQuery<Row>[] | string): Check {
  return {
    codes: [code],
    async *run(input: CheckInput, coverage: Coverage): AsyncGenerator<FindingDraft> {
      const list = queries(input);
      if (typeof list === 'string') return coverage.notApplicable(code, list);
      for (const { sql, subjects, draft } of list) {
        coverage.looked(code, await countSubjects(input, subjects));
        for await (const rows of input.catalog.stream<Row>(sql)) for (const row of rows) yield { code, ...draft(row) };
      }
    },
  };
}

async function countSubjects(input: CheckInput, subjects: number | string): Promise<number> {
  if (typeof subjects === 'number') return subjects;
  const [row] = await input.catalog.all<{ n: number }>(`SELECT count(*) AS n FROM ${subjects}`);
  return row?.n ?? 0;
}

/** Where a row is: `<source>/<path>` and its row number in the source; `key` may be absent. */
export function rowLocation(table: ClinicalTable, row: { source: string; source_row: number; key?: string | null }, column?: string) {
  const path = table.paths.get(row.source);
  return {
    kind: column === undefined ? ('row' as const) : ('cell' as const),
    ...(path === undefined ? {} : { path }),
    table: table.name,
    ...(row.key === undefined || row.key === null || row.key === '' ? {} : { key: row.key }),
    ...(column === undefined ? {} : { column }),
    line: row.source_row,
  };
}
