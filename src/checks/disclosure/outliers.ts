import type { Check, CheckInput, ClinicalTable, Coverage, FindingDraft } from '../check.js';
import { tableLocation } from '../columns.js';
import { showName } from '../mask.js';
import { identifier } from '../sql.js';
import { counted } from './counted.js';
import { isOffset, numericColumns } from './numeric-columns.js';
import { cellsByCase } from './public-view.js';
import { readQuasiIdentifiers } from './quasi-identifiers.js';

/** A value this many interquartile ranges outside of the quartiles is an extreme (Tukey's outer fence). */
const FENCE = 3;

interface TailRow {
  cases: number;
  /** Cases beyond the fence, cases that hold the extreme itself, and a bound that k cases reach; null where k do not. */
  top_cases: number;
  top_ties: number;
  top_bound: number | null;
  bottom_cases: number;
  bottom_ties: number;
  bottom_bound: number | null;
}

/**
 * DSC-011: no number of a case stands far outside of all others unless at least k cases hold it. Judged are the numbers of
 * the case table and of tables of facts; not those of image files, day offsets (DSC-010) and quasi-identifiers (DSC-001).
 */
export const outliersCheck: Check = {
  codes: ['DSC-011'],
  async *run(input: CheckInput, coverage: Coverage): AsyncGenerator<FindingDraft> {
    const k = input.policy.k_anonymity;
    if (k <= 1) return coverage.notApplicable('DSC-011', 'the policy asks for no k-anonymity (k_anonymity is 1)');
    const columns = await personalNumbers(input);
    let judged = 0;
    for (const { table, column } of columns) {
      const [row] = await input.catalog.all<TailRow>(tailSql(table, column, k));
      if (row === undefined || row.cases === 0) continue;
      judged += row.cases;
      if (row.top_cases > 0 && row.top_ties < k) yield tailDraft(table, column, 'top', [row.top_cases, row.top_bound], k);
      if (row.bottom_cases > 0 && row.bottom_ties < k) yield tailDraft(table, column, 'bottom', [row.bottom_cases, row.bottom_bound], k);
    }
    if (judged > 0) coverage.looked('DSC-011', judged);
    else coverage.notApplicable('DSC-011', 'no table holds numbers that describe a person');
  },
};

async function personalNumbers(input: CheckInput): Promise<{ table: ClinicalTable; column: string }[]> {
  const quasi = readQuasiIdentifiers(input).columns;
  const tables = input.tables.filter(({ role, columns }) => role !== 'other' && !columns.includes('file_size') && !columns.includes('file_name'));
  const found: { table: ClinicalTable; column: string }[] = [];
  for (const table of tables) {
    const passed = new Set([table.key, ...(table.schema?.links ?? []).map(({ column }) => column), ...quasi.filter((each) => each.table === table).map(({ column }) => column)]);
    for (const column of await numericColumns(input, table))
      if (!passed.has(column) && !isOffset(table, column) && !/(?:^|_)(?:id|uid|year|code)$/i.test(column)) found.push({ table, column });
  }
  return found;
}

/** A case counts with its greatest and its least value. */
function tailSql(table: ClinicalTable, column: string, k: number): string {
  const kth = (value: string, order: string): string => `(SELECT ${value} FROM extreme ORDER BY ${value} ${order} LIMIT 1 OFFSET ${k - 1})`;
  return `
    WITH cell AS (SELECT case_id, v0 AS x FROM ${cellsByCase(table, [`TRY_CAST(row.${identifier(column)} AS DOUBLE)`])} WHERE isfinite(v0)),
    extreme AS (SELECT case_id, min(x) AS least, max(x) AS most FROM cell GROUP BY case_id),
    quartile AS (SELECT quantile_cont(x, 0.25) AS q1, quantile_cont(x, 0.75) AS q3 FROM cell)
    SELECT count(*) AS cases,
      count(*) FILTER (most > q3 + ${FENCE} * (q3 - q1)) AS top_cases, count(*) FILTER (most = (SELECT max(most) FROM extreme)) AS top_ties, ${kth('most', 'DESC')} AS top_bound,
      count(*) FILTER (least < q1 - ${FENCE} * (q3 - q1)) AS bottom_cases, count(*) FILTER (least = (SELECT min(least) FROM extreme)) AS bottom_ties, ${kth('least', 'ASC')} AS bottom_bound
    FROM extreme, quartile GROUP BY ALL HAVING count(*) > 0`;
}

function tailDraft(table: ClinicalTable, column: string, tail: 'top' | 'bottom', [cases, bound]: [number, number | null], k: number): FindingDraft {
  const beyond = tail === 'top' ? 'or more' : 'or less';
  return {
    code: 'DSC-011',
    message: `Few cases hold an extreme number at the ${tail} of the column.`,
    location: { ...tableLocation(table), column: showName(column) },
    hint: bound === null ? 'Leave the column out: too few cases have it.' : `Publish the values beyond as "${bound} ${beyond}": ${k} cases reach it.`,
    expected: `an extreme that at least ${k} cases hold`,
    found: `${counted(cases, 'case')} far outside of the others`,
    content: `${tail} ${cases}`,
  };
}
