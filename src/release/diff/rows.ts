import { quoteLiteral, type Catalog } from '../../catalog/catalog.js';
import { change, type InsertChanges } from './change-row.js';
import type { MatchedColumn, MatchedTable } from './clinical.js';

/**
 * Compares the rows of one table. What both sides have as often is taken away first, whatever order it came in; the rest is
 * matched by key, rows that share one in the order of their cells. Without a key a row is its cells, so one that changed is
 * one that went and one that came. Rows of cases that were added or removed are told by the case alone, and rows of
 * withdrawn cases are not looked at.
 */
export async function diffRows(catalog: Catalog, table: string, matched: MatchedTable, insert: InsertChanges): Promise<void> {
  const { columns, key } = matched;
  await gatherRest(catalog, matched);
  const [rest] = await catalog.all<{ n: number }>('SELECT count(*) AS n FROM candidate_rest');
  if (rest?.n === 0) return;
  await pairRows(catalog, key === null ? null : columns.indexOf(key), columns);
  await catalog.run('INSERT INTO candidate_told SELECT DISTINCT before_case FROM candidate_row_pair WHERE is_before AND is_after AND before_case <> after_case');
  const at = { table_name: quoteLiteral(table), key: 'key_text' };
  await insert(change('row-removed', { ...at, case_id: 'before_case' }, 'FROM candidate_row_pair WHERE NOT is_after AND (before_case IS NULL OR before_case IN (SELECT after_case FROM candidate_case_map))'));
  await insert(change('row-added', { ...at, case_id: 'after_case' }, 'FROM candidate_row_pair WHERE NOT is_before AND (after_case IS NULL OR after_case IN (SELECT after_case FROM candidate_case_map))'));
  if (key === null) return;
  for (const [index, { name }] of columns.entries()) {
    const cells = { ...at, case_id: 'after_case', column_name: quoteLiteral(name), before: `b${index}::VARCHAR`, after: `a${index}::VARCHAR` };
    await insert(change('cell-changed', cells, `FROM candidate_row_pair WHERE is_before AND is_after AND b${index} IS DISTINCT FROM a${index}`));
  }
}

/**
 * `candidate_rest`: the rows that one side has more often than the other, as often as that (`is_after`: which side). The case
 * and, in the table that cases are named by, the key of a case that has another id now are read under the new one.
 */
async function gatherRest(catalog: Catalog, { before, after, key, linked, columns }: MatchedTable): Promise<void> {
  const cells = columns.map((_, at) => `c${at}`);
  const rowCase = linked ? '"case_id"::VARCHAR' : 'NULL::VARCHAR';
  const selected = (side: 'before' | 'after'): string =>
    [`${rowCase} AS row_case`, ...columns.map((column, at) => `${column[side]} AS c${at}`)].join(', ');
  const translated = columns.map((column, at) => translate(column, at, column === key, linked));
  const old = `(SELECT ${[...(linked ? ['coalesce(m.after_case, row_case) AS row_case'] : ['row_case']), ...translated].join(', ')}
    FROM (SELECT ${selected('before')} FROM ${before}) AS r${linked ? ' LEFT JOIN candidate_case_map AS m ON m.before_case = r.row_case AND m.before_case <> m.after_case' : ''}
    WHERE row_case IS NULL OR row_case NOT IN (SELECT case_id FROM candidate_withdrawn))`;
  const now = `(SELECT * FROM (SELECT ${selected('after')} FROM ${after}) WHERE row_case IS NULL OR row_case NOT IN (SELECT case_id FROM candidate_withdrawn))`;
  const surplus = `SELECT row_case, ${cells.join(', ')}, sum(side) AS surplus
    FROM (SELECT *, -1 AS side FROM ${old} UNION ALL SELECT *, 1 AS side FROM ${now}) GROUP BY ALL HAVING sum(side) <> 0`;
  await catalog.run(`CREATE OR REPLACE TABLE candidate_rest AS
    SELECT row_case, ${cells.join(', ')}, surplus > 0 AS is_after FROM (${surplus}) AS s, range(abs(surplus)::BIGINT)`);
}

function translate({ name, isText }: MatchedColumn, at: number, isKey: boolean, linked: boolean): string {
  if (!linked || !isText || (name !== 'case_id' && !isKey)) return `c${at}`;
  return `CASE WHEN m.after_case IS NOT NULL AND c${at} = row_case AND ${name === 'case_id' ? 'true' : RENAMED} THEN m.after_case ELSE c${at} END AS c${at}`;
}

/** A case that was merged into another one keeps its row: the other one has its own. */
const RENAMED = "r.row_case IN (SELECT case_id FROM candidate_fate WHERE rule = 'case-renamed')";

/** `candidate_row_pair`: each row of the rest with its partner on the other side, if any. */
async function pairRows(catalog: Catalog, key: number | null, columns: readonly MatchedColumn[]): Promise<void> {
  if (key === null) {
    await catalog.run(`CREATE OR REPLACE TABLE candidate_row_pair AS
      SELECT NULL::VARCHAR AS key_text, row_case AS before_case, row_case AS after_case, NOT is_after AS is_before, is_after FROM candidate_rest`);
    return;
  }
  const order = [...columns.map((_, at) => `c${at}`), 'row_case'].map((cell) => `${cell} NULLS FIRST`).join(', ');
  const side = (after: boolean): string => `(SELECT *, row_number() OVER (PARTITION BY c${key} ORDER BY ${order}) AS nth FROM candidate_rest WHERE is_after = ${after})`;
  const pairs = columns.map((_, at) => `x.c${at} AS b${at}, y.c${at} AS a${at}`).join(', ');
  await catalog.run(`CREATE OR REPLACE TABLE candidate_row_pair AS
    SELECT coalesce(y.c${key}, x.c${key})::VARCHAR AS key_text, x.row_case AS before_case, y.row_case AS after_case,
      x.nth IS NOT NULL AS is_before, y.nth IS NOT NULL AS is_after, ${pairs}
    FROM ${side(false)} AS x FULL JOIN ${side(true)} AS y ON x.c${key} IS NOT DISTINCT FROM y.c${key} AND x.nth = y.nth`);
}
