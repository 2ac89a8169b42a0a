import type { ColumnSchema } from '../model/clinical.js';
import type { Check, CheckInput, ClinicalTable, Coverage, FindingDraft, PublishedRelease } from './check.js';
import { tableLocation } from './columns.js';
import { largestDrift, type Shares } from './drift.js';
import { showName } from './mask.js';
import { identifier, judgedRows } from './sql.js';

/** Rows from which a column without any variety is suspicious. */
const VARIED_ROWS = 100;

/** Between these lies the median of whatever is measured in a unit; beyond them the unit is another one. */
const USUAL_MEDIAN = new Map<string, [least: number, most: number]>([
  ['bytes', [132, 1e11]],
  ['mm', [0.01, 1000]],
  ['ms', [0.01, 1e6]],
  ['T', [0.01, 25]],
]);

/** Counts are often the same in every row: a radiograph is one image. */
const OFTEN_CONSTANT = new Set(['instances']);

/** SCH-019: numbers that vary and have the size that their unit says; shares of categories as in the release before. */
export const plausibilityCheck: Check = {
  codes: ['SCH-019'],
  async *run(input: CheckInput, coverage: Coverage): AsyncGenerator<FindingDraft> {
    const previous = input.releases.at(-1) ?? null;
    coverage.notApplicable('SCH-019', input.pack === null ? 'no schema is configured' : 'no table has rows enough to say what is usual');
    for (const table of input.tables) {
      yield* judgeNumbers(input, coverage, table);
      if (previous !== null) yield* judgeShares(input, coverage, table, previous);
    }
  },
};

function columnsOf({ schema, columns }: ClinicalTable, wanted: (column: ColumnSchema) => boolean): ColumnSchema[] {
  return (schema?.columns ?? []).filter((column) => columns.includes(column.name) && column.system !== true && wanted(column));
}

async function* judgeNumbers({ catalog }: CheckInput, coverage: Coverage, table: ClinicalTable): AsyncGenerator<FindingDraft> {
  const columns = columnsOf(table, ({ type, enum: values }) => (type === 'integer' || type === 'number') && values === undefined);
  if (table.rows < VARIED_ROWS || columns.length === 0) return;
  coverage.looked('SCH-019', columns.length * table.rows);
  const figures = columns.flatMap(({ name }, at) => {
    const value = `TRY_CAST(${identifier(name)} AS DOUBLE)`;
    return [`count(${value}) AS n${at}`, `min(${value}) AS least${at}`, `max(${value}) AS most${at}`, `median(${value}) AS median${at}`];
  });
  const [row] = await catalog.all<Record<string, number | null>>(`SELECT ${figures.join(', ')} FROM ${judgedRows(table)}`);
  for (const [at, column] of columns.entries()) {
    const defect = numberDefect(column, table.rows, row?.[`n${at}`] ?? 0, row?.[`least${at}`] ?? null, row?.[`most${at}`] ?? null, row?.[`median${at}`] ?? null);
    if (defect !== null) yield { code: 'SCH-019', location: { ...tableLocation(table), column: column.name }, ...defect };
  }
}

type Defect = Pick<FindingDraft, 'message' | 'expected' | 'found' | 'content'>;

function numberDefect({ unit }: ColumnSchema, rows: number, n: number, least: number | null, most: number | null, median: number | null): Defect | null {
  if (n === 0) return { message: 'The column of numbers is empty in every row.', expected: 'a number in some row', found: `${rows} rows without`, content: 'empty' };
  if (n < VARIED_ROWS || median === null) return null;
  if (least === most && !OFTEN_CONSTANT.has(unit ?? '')) return { message: 'Every row has the same number.', expected: 'numbers that vary', found: `${least} in ${n} rows`, content: `constant ${least}` };
  const usual = USUAL_MEDIAN.get(unit ?? '');
  if (usual === undefined || (median >= usual[0] && median <= usual[1])) return null;
  return { message: `Half of the numbers are of a size that nothing has in ${unit}.`, expected: `a median from ${usual[0]} to ${usual[1]} ${unit}`, found: `${median}`, content: `median ${median}` };
}

async function* judgeShares(input: CheckInput, coverage: Coverage, table: ClinicalTable, { version, tables }: PublishedRelease): AsyncGenerator<FindingDraft> {
  const relation = tables.get(`clinical_${table.name}`) ?? tables.get(table.name);
  const columns = columnsOf(table, ({ type, enum: values }) => type === 'boolean' || (type === 'string' && values !== undefined && values.length > 1));
  if (relation === undefined || columns.length === 0) return;
  const described = await input.catalog.all<{ column_name: string }>(`DESCRIBE SELECT * FROM ${relation}`);
  const known = new Set(described.map(({ column_name }) => column_name));
  for (const { name, type } of columns.filter((column) => known.has(column.name))) {
    const shares = await countShares(input, judgedRows(table), relation, type === 'boolean' ? `lower(${identifier(name)}::VARCHAR)` : `${identifier(name)}::VARCHAR`);
    coverage.looked('SCH-019', shares.reduce((sum, each) => sum + each.now, 0));
    const drift = largestDrift(shares);
    if (drift === null) continue;
    yield {
      code: 'SCH-019',
      message: 'The shares of the values are others than in the release before.',
      location: { ...tableLocation(table), column: name },
      expected: `about the shares of release ${version}`,
      found: `${showName(drift.value)}: ${percent(drift.before)} before, ${percent(drift.now)} now`,
      content: shares.map(({ value, before, now }) => `${value}\t${before}\t${now}`).join('\n'),
    };
  }
}

function countShares({ catalog }: CheckInput, now: string, before: string, value: string): Promise<Shares[]> {
  const counts = (relation: string): string => `SELECT ${value} AS v, count(*) AS n FROM ${relation} WHERE ${value} <> '' GROUP BY ALL`;
  return catalog.all<Shares>(`SELECT coalesce(a.v, b.v) AS value, coalesce(b.n, 0) AS before, coalesce(a.n, 0) AS now FROM (${counts(now)}) AS a FULL JOIN (${counts(before)}) AS b ON a.v = b.v ORDER BY 1`);
}

function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}
