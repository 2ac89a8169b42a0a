import type { Check, CheckInput, Coverage, FindingDraft } from '../check.js';
import type { Code } from '../codes.js';

/** One query of a cross check: its rows are what is wrong, or what has to be looked at more closely. */
export interface CrossQuery<Row> {
  code: Code;
  sql: string;
  /** A relation with a row for each subject that both sides say something about. */
  subjects: string;
  /** Null when a closer look finds nothing wrong. */
  draft(row: Row): Omit<FindingDraft, 'code'> | null;
}

/** Nothing was compared because one of the sides is not there. */
export const NO_IMAGES = 'there are no image files';
const ONE_SIDED = 'no row says what its images or the rows of other tables say too';

/**
 * A check that holds two sides against each other. Where only one side was delivered there is nothing to compare: a rule
 * without a subject is not applicable, and the report says so.
 */
export function crossCheck<Row>(codes: readonly Code[], queries: (input: CheckInput) => CrossQuery<Row>[] | string): Check {
  return {
    codes,
    async *run(input: CheckInput, coverage: Coverage): AsyncGenerator<FindingDraft> {
      const list = queries(input);
      for (const code of codes) coverage.notApplicable(code, typeof list === 'string' ? list : ONE_SIDED);
      if (typeof list === 'string') return;
      for (const { code, sql, subjects, draft } of list) {
        const [count] = await input.catalog.all<{ n: number }>(`SELECT count(*) AS n FROM ${subjects}`);
        if ((count?.n ?? 0) > 0) coverage.looked(code, count?.n ?? 0);
        for await (const rows of input.catalog.stream<Row>(sql)) {
          for (const row of rows) {
            const found = draft(row);
            if (found !== null) yield { code, ...found };
          }
        }
      }
    },
  };
}

/** SQL that is true for the spellings of a yes: booleans and Yes. */
export function isYes(sql: string): string {
  return `lower(trim(coalesce(${sql}, ''))) IN ('yes', 'true')`;
}

/** Place of a row in the results of a cross query. */
export interface PlacedRow {
  source: string;
  source_row: number;
  key: string | null;
}
