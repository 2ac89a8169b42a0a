import type { ColumnSchema } from '../../model/clinical.js';
import type { Check, CheckInput, ClinicalTable, Coverage, FindingDraft } from '../check.js';
import { identifier, literal } from '../sql.js';
import { counted, percent } from './counted.js';
import { isOffset } from './numeric-columns.js';
import { cellsByCase } from './public-view.js';
import { schemaOf } from './view-column.js';

/** Coarser offsets whose effect is told, in days. */
const COARSER = { weeks: 7, months: 30 };

interface TrajectoryRow {
  cases: number;
  exact: number;
  weeks: number;
  months: number;
}

/**
 * DSC-010: the share of cases that all their day offsets together make unique. A case's vector is the bag of its offsets
 * over all tables, each with its column; the order of rows is no part of it. Cases without offsets are not unique by them.
 */
export const trajectoriesCheck: Check = {
  codes: ['DSC-010'],
  async *run(input: CheckInput, coverage: Coverage): AsyncGenerator<FindingDraft> {
    const bound = input.policy.unique_trajectories;
    const tables = input.tables
      .filter(({ role }) => role !== 'other')
      .map((table) => ({ table, columns: table.columns.filter((column) => isOffset(table, column)) }))
      .filter(({ columns }) => columns.length > 0);
    if (bound >= 1 || tables.length === 0) return coverage.notApplicable('DSC-010', bound >= 1 ? 'the policy allows any (unique_trajectories is 1)' : 'no table has day offsets');
    const [row] = await input.catalog.all<TrajectoryRow>(trajectorySql(tables));
    if (row === undefined || row.cases === 0) return coverage.notApplicable('DSC-010', 'no case has a day offset');
    coverage.looked('DSC-010', row.cases);
    const share = (unique: number): number => unique / input.acceptedCases;
    if (share(row.exact) <= bound) return;
    yield {
      code: 'DSC-010',
      message: 'Cases are unique by their day offsets.',
      location: { kind: 'dataset', column: tables.flatMap(({ table, columns }) => columns.map((column) => `${table.name}.${column}`)).join(', ') },
      hint: `Unique if offsets were in weeks: ${percent(share(row.weeks))}; in months of 30 days: ${percent(share(row.months))}.`,
      expected: `at most ${percent(bound)} of the cases`,
      found: `${percent(share(row.exact))} (${row.exact} of ${counted(input.acceptedCases, 'case')})`,
      content: `${row.exact} ${input.acceptedCases}`,
    };
  },
};

/**
 * Vectors are compared by sums of 64-bit hashes, which do not depend on the order of rows and need no lists: the chance
 * that two of a million cases meet by accident is one in ten million.
 */
function trajectorySql(tables: readonly { table: ClinicalTable; columns: string[] }[]): string {
  const widths = { exact: null, ...COARSER };
  const parts = tables.map(({ table, columns }) => {
    const values = [...Object.values(widths).map((width) => columns.map((column) => hashSql(table, column, width))), columns.map((column) => hashSql(table, column, null, '1'))];
    const sums = [...Object.keys(widths), 'n'].map((name, at) => `sum(v${at}) AS ${name}`);
    return `SELECT case_id, ${sums.join(', ')} FROM ${cellsByCase(table, values.map((cells) => cells.join(' + ')))} GROUP BY case_id`;
  });
  const unique = Object.keys(widths).map((name) => `(SELECT count(*) FROM (SELECT ${name} FROM vector GROUP BY ${name}, n HAVING count(*) = 1)) AS ${name}`);
  return `
    WITH part AS (${parts.join(' UNION ALL ')}),
    vector AS (SELECT case_id, sum(exact) AS exact, sum(weeks) AS weeks, sum(months) AS months, sum(n) AS n FROM part GROUP BY case_id HAVING sum(n) > 0)
    SELECT (SELECT count(*) FROM vector) AS cases, ${unique.join(', ')}`;
}

/** What a cell adds to the sum of its case; 0 when it holds no number. */
function hashSql(table: ClinicalTable, column: string, width: number | null, value?: string): string {
  const schema: ColumnSchema | null = schemaOf(table, column);
  const days = (cell: string): string => (width === null ? `TRY_CAST(${cell} AS DOUBLE)` : `floor(TRY_CAST(${cell} AS DOUBLE) / ${width})`);
  const hashed = (cell: string): string => `CASE WHEN TRY_CAST(${cell} AS DOUBLE) IS NULL THEN 0 ELSE ${value ?? `hash(${literal(`${table.name}.${column}`)}, ${days(cell)})`} END::HUGEINT`;
  const cell = `row.${identifier(column)}`;
  if (schema?.type !== 'array') return hashed(cell);
  const members = `string_split(${cell}, ${literal(table.schema?.listSeparator ?? ',')})`;
  return `coalesce(list_sum(list_transform(${members}, lambda member: ${hashed('member')})), 0)::HUGEINT`;
}
