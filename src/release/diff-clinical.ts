import { quoteIdentifier, quoteLiteral, type Catalog } from '../catalog/catalog.js';
import { change } from './change-row.js';
import type { ClinicalSide } from './side.js';

type Insert = (select: string) => Promise<number>;

/** Compares the clinical tables of two sides: tables, columns, rows by their key, cells. */
export async function diffClinical(catalog: Catalog, before: ReadonlyMap<string, ClinicalSide>, after: ReadonlyMap<string, ClinicalSide>, insert: Insert): Promise<void> {
  const names = [...new Set([...before.keys(), ...after.keys()])].sort();
  for (const table of names) {
    const [a, b] = [before.get(table), after.get(table)];
    const table_name = quoteLiteral(table);
    if (a === undefined) await insert(change('table-added', { table_name }));
    else if (b === undefined) await insert(change('table-removed', { table_name }));
    else await diffTable(catalog, table, a, b, insert);
  }
}

async function diffTable(catalog: Catalog, table: string, a: ClinicalSide, b: ClinicalSide, insert: Insert): Promise<void> {
  const table_name = quoteLiteral(table);
  if (a.key !== b.key) await insert(change('table-rekeyed', { table_name, before: textOrNull(a.key), after: textOrNull(b.key) }));
  for (const [name, type] of a.columns) {
    const now = b.columns.get(name);
    const column_name = quoteLiteral(name);
    if (now === undefined) await insert(change('column-removed', { table_name, column_name, before: quoteLiteral(type) }));
    else if (now !== type) await insert(change('column-retyped', { table_name, column_name, before: quoteLiteral(type), after: quoteLiteral(now) }));
  }
  for (const [name, type] of b.columns)
    if (!a.columns.has(name)) await insert(change('column-added', { table_name, column_name: quoteLiteral(name), after: quoteLiteral(type) }));
  await diffRows(catalog, table, a, b, insert);
}

/**
 * Rows are matched by their key, and rows that share one (or have none) in the order of their cells. In a table without key a
 * row is its cells. Rows of cases that were added or removed are told by the case alone.
 */
async function diffRows(catalog: Catalog, table: string, a: ClinicalSide, b: ClinicalSide, insert: Insert): Promise<void> {
  const shared = [...a.columns].filter(([name, type]) => b.columns.get(name) === type).map(([name]) => name);
  const key = b.key !== null && shared.includes(b.key) ? b.key : null;
  const cells = shared.map((name, at) => `${quoteIdentifier(name)} AS c${at}`);
  const whole = `struct_pack(${['true', ...shared.map(quoteIdentifier)].map((value, at) => `v${at} := ${value}`).join(', ')})`;
  const identity = key === null ? whole : quoteIdentifier(key);
  const text = key === null ? 'NULL::VARCHAR' : `${quoteIdentifier(key)}::VARCHAR`;
  const caseId = shared.includes('case_id') ? '"case_id"::VARCHAR' : 'NULL::VARCHAR';
  for (const [side, name] of [[a, 'candidate_before'], [b, 'candidate_after']] as const) {
    const nth = (await hasUniqueKey(catalog, side.relation, key)) ? '1' : `row_number() OVER (PARTITION BY ${identity} ORDER BY ${whole})`;
    const selected = [`${identity} AS identity`, `${nth}::BIGINT AS nth`, `${text} AS key_text`, `${caseId} AS row_case`, ...cells].join(', ');
    await catalog.run(`CREATE OR REPLACE TABLE ${name} AS SELECT ${selected} FROM ${side.relation}`);
  }
  const table_name = quoteLiteral(table);
  const match = 'x.identity IS NOT DISTINCT FROM y.identity AND x.nth = y.nth';
  const known = '(x.row_case IS NULL OR x.row_case IN (SELECT case_id FROM candidate_common))';
  const at = { case_id: 'x.row_case', table_name, key: 'x.key_text' };
  await insert(change('row-removed', at, `FROM candidate_before AS x WHERE ${known} AND NOT EXISTS (SELECT 1 FROM candidate_after AS y WHERE ${match})`));
  await insert(change('row-added', at, `FROM candidate_after AS x WHERE ${known} AND NOT EXISTS (SELECT 1 FROM candidate_before AS y WHERE ${match})`));
  if (key === null) return;
  await diffCells(catalog, table, shared, match, insert);
}

async function diffCells(catalog: Catalog, table: string, shared: readonly string[], match: string, insert: Insert): Promise<void> {
  const differs = (at: number): string => `b${at} IS DISTINCT FROM a${at}`;
  const cells = shared.map((_, at) => `x.c${at} AS b${at}, y.c${at} AS a${at}`).join(', ');
  await catalog.run(`CREATE OR REPLACE TABLE candidate_pair AS SELECT * FROM (
    SELECT y.row_case, y.key_text, ${cells} FROM candidate_before AS x JOIN candidate_after AS y ON ${match})
    WHERE ${shared.map((_, at) => differs(at)).join(' OR ')}`);
  const [pairs] = await catalog.all<{ n: number }>('SELECT count(*) AS n FROM candidate_pair');
  if (pairs?.n === 0) return;
  for (const [at, name] of shared.entries()) {
    const where = { case_id: 'row_case', table_name: quoteLiteral(table), key: 'key_text', column_name: quoteLiteral(name) };
    await insert(change('cell-changed', { ...where, before: `b${at}::VARCHAR`, after: `a${at}::VARCHAR` }, `FROM candidate_pair WHERE ${differs(at)}`));
  }
}

async function hasUniqueKey(catalog: Catalog, relation: string, key: string | null): Promise<boolean> {
  if (key === null) return false;
  const column = quoteIdentifier(key);
  const [row] = await catalog.all<{ unique: boolean }>(`SELECT count(*) = count(DISTINCT ${column}) AS "unique" FROM ${relation}`);
  return row?.unique === true;
}

function textOrNull(text: string | null): string {
  return text === null ? 'NULL' : quoteLiteral(text);
}
