import type { Check, CheckInput, ClinicalTable, Coverage, FindingDraft } from '../check.js';
import { tableLocation } from '../columns.js';
import { showName } from '../mask.js';
import { literal } from '../sql.js';
import { counted } from './counted.js';
import { LINKAGE_COLUMNS } from './linkage.js';
import { numericColumns } from './numeric-columns.js';
import { publicView } from './public-view.js';
import { readQuasiIdentifiers } from './quasi-identifiers.js';
import { schemaOf, SET_SEPARATOR, type ViewColumn } from './view-column.js';

/** Closed lists of the data dictionary that are so fine that single entries single out people. */
const FINE_LISTS = new Set(['race_ethnicity_detail']);

/** Share of the values that are unique above which a column is no category at all. */
const UNIQUE_SHARE = 0.5;

interface RareRow {
  /** Distinct values, and those that too few cases hold. */
  distinct_values: number;
  rare_values: number;
  rare_cases: number;
  cases: number;
}

/**
 * DSC-009: each value of an open text column of the case table, and of fine closed lists, is held by at least k cases.
 * Members of lists are values of their own. Quasi-identifiers are judged together by DSC-001; keys, links and codes of a
 * terminology are none of it.
 */
export const rareValuesCheck: Check = {
  codes: ['DSC-009'],
  async *run(input: CheckInput, coverage: Coverage): AsyncGenerator<FindingDraft> {
    const k = input.policy.k_anonymity;
    const table = input.tables.find(({ role }) => role === 'case');
    if (k <= 1 || table === undefined) return coverage.notApplicable('DSC-009', k <= 1 ? 'the policy asks for no k-anonymity (k_anonymity is 1)' : 'there is no case table');
    const columns = await openColumns(input, table);
    if (columns.length === 0) return coverage.notApplicable('DSC-009', 'the case table has no column of open text');
    for (const column of columns) {
      const row = await countRare(input, { name: column, table, column, schema: schemaOf(table, column), width: null, prefix: null }, k);
      coverage.looked('DSC-009', row.cases);
      if (row.rare_values > 0) yield rareColumn(table, column, row, k);
    }
  },
};

async function openColumns(input: CheckInput, table: ClinicalTable): Promise<string[]> {
  const passed = new Set([table.key, 'type', 'case_ids', ...LINKAGE_COLUMNS, ...readQuasiIdentifiers(input).columns.filter((column) => column.table === table).map(({ column }) => column)]);
  for (const { column } of table.schema?.links ?? []) passed.add(column);
  const numbers = new Set(await numericColumns(input, table));
  return table.columns.filter((name) => {
    const schema = schemaOf(table, name);
    if (passed.has(name) || numbers.has(name) || schema?.system === true || schema?.type === 'boolean' || /(?:^|_)codes?$/i.test(name)) return false;
    return schema?.enum === undefined || FINE_LISTS.has(name);
  });
}

async function countRare(input: CheckInput, column: ViewColumn, k: number): Promise<RareRow> {
  const view = publicView(input, { v: [column] });
  const value = column.schema?.type === 'array' ? `unnest(string_split(v0, ${literal(SET_SEPARATOR)}))` : 'v0';
  const [row] = await input.catalog.all<RareRow>(`
    WITH held AS (SELECT case_id, ${value} AS value FROM ${view} WHERE v0 IS NOT NULL),
    counted AS (SELECT value, count(*) AS n FROM held GROUP BY value)
    SELECT count(*) AS distinct_values, count(*) FILTER (n < ${k}) AS rare_values,
      (SELECT count(DISTINCT case_id) FROM held JOIN counted USING (value) WHERE n < ${k}) AS rare_cases,
      (SELECT count(DISTINCT case_id) FROM held) AS cases FROM counted`);
  return row ?? { distinct_values: 0, rare_values: 0, rare_cases: 0, cases: 0 };
}

function rareColumn(table: ClinicalTable, column: string, { distinct_values, rare_values, rare_cases, cases }: RareRow, k: number): FindingDraft {
  const unique = distinct_values > cases * UNIQUE_SHARE;
  return {
    code: 'DSC-009',
    message: unique ? 'The column holds values that hardly two cases share: an identifier or free text.' : 'The column holds values that too few cases share.',
    location: { ...tableLocation(table), column: showName(column) },
    hint: unique ? 'Leave the column out.' : 'Merge the rare values into one, or leave the column out.',
    expected: `each value held by at least ${k} cases`,
    found: `${counted(rare_values, 'rare value')} of ${distinct_values}, in ${rare_cases} of ${counted(cases, 'case')}`,
    content: `${rare_values} ${rare_cases}`,
  };
}
