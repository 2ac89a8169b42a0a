import { quoteIdentifier, quoteLiteral, type Catalog } from '../catalog/catalog.js';
import { KEPT_ATTRIBUTES } from '../model/header.js';
import type { Side } from './diff/side.js';

/** A case of a draw as the release has it. */
export interface ReleasedPlace {
  case_id: string;
  /** Null: in no part. */
  part: string | null;
  /** Least case of its group. */
  group_id: string;
  /** Null: placed before batches were counted, or in no part. */
  batch: number | null;
  forced: boolean;
}

/**
 * Lays the tables of a release out in an empty catalog as a pull would have, so that what reads the input of a draw reads it
 * from there. What a release does not publish (some attributes, rows of several cases) is missing.
 * @param cases the cases to draw from
 */
export async function layOutRelease(catalog: Catalog, side: Side, cases: readonly string[]): Promise<void> {
  await catalog.run(`
    CREATE TABLE case_ (case_id VARCHAR, status VARCHAR, reason VARCHAR);
    CREATE TABLE clinical_table (table_name VARCHAR, columns VARCHAR[], key_column VARCHAR);
    CREATE TABLE row_case (table_name VARCHAR, source VARCHAR, source_row BIGINT, case_id VARCHAR);
    CREATE TABLE mended_table (table_name VARCHAR, changed BOOLEAN);
    CREATE TABLE case_link (case_a VARCHAR, case_b VARCHAR, why VARCHAR);
    CREATE TABLE configured_model (model VARCHAR);
    CREATE TABLE assignments (split VARCHAR, case_id VARCHAR, part VARCHAR)`);
  const appender = await catalog.appender('case_');
  for (const case_id of cases) appender.appendRow([case_id, 'accepted', '']);
  appender.close();
  await layOutImages(catalog, side);
  for (const [table, { relation, columns, key }] of side.clinical) await layOutTable(catalog, table, relation, [...columns.keys()], key);
}

async function layOutImages(catalog: Catalog, side: Side): Promise<void> {
  const published = await columnsOf(catalog, side.own('instances'));
  const texts = KEPT_ATTRIBUTES.map(({ keyword }) => `${textOf(keyword, published.get(keyword))} AS ${quoteIdentifier(keyword)}`);
  const others = [...published.keys()].filter((name) => !KEPT_ATTRIBUTES.some(({ keyword }) => keyword === name)).map(quoteIdentifier);
  await catalog.run(`CREATE TABLE instance AS SELECT 'release' AS source, 'ok' AS status, ${[...others, ...texts].join(', ')} FROM ${side.own('instances')}`);
  const tags = side.tags ?? "(SELECT NULL::VARCHAR AS path, NULL::VARCHAR AS model, NULL::VARCHAR AS label WHERE false)";
  await catalog.run(`
    CREATE TABLE current_tag AS SELECT i.case_id, t.model, t.label FROM ${tags} AS t JOIN instance AS i ON i.path = t.path;
    INSERT INTO configured_model SELECT DISTINCT model FROM current_tag`);
}

async function layOutTable(catalog: Catalog, table: string, relation: string, columns: string[], key: string | null): Promise<void> {
  const name = quoteIdentifier(`clinical_${table}`);
  await catalog.run(`CREATE TABLE ${name} AS SELECT 'release' AS source, row_number() OVER () AS source_row, * FROM ${relation}`);
  await catalog.run('INSERT INTO clinical_table VALUES (?, ?, ?)', [table, columns, key]);
  if (!columns.includes('case_id')) return;
  await catalog.run(`INSERT INTO row_case SELECT ${quoteLiteral(table)}, source, source_row, case_id::VARCHAR FROM ${name} WHERE case_id IS NOT NULL`);
}

/** The cases that took part in the draws of a split, by case id; none when the release does not say. */
export async function readPlaces(catalog: Catalog, side: Side, split: string): Promise<ReleasedPlace[]> {
  if (side.draws === null) return [];
  const places: ReleasedPlace[] = [];
  const sql = `SELECT d.case_id, s.part, d.group_id, d.batch, d.forced FROM ${side.draws} AS d
    LEFT JOIN ${side.own('splits')} AS s ON s.split = d.split AND s.case_id = d.case_id WHERE d.split = ? ORDER BY d.case_id`;
  for await (const rows of catalog.stream<ReleasedPlace>(sql, [split])) places.push(...rows);
  return places;
}

/** An attribute as the header had it: text, several values joined. Releases of older versions have it so already. */
function textOf(keyword: string, type: string | undefined): string {
  if (type === undefined) return 'NULL::VARCHAR';
  const column = quoteIdentifier(keyword);
  return type.endsWith('[]') ? `array_to_string(list_transform(${column}, member -> member::VARCHAR), '\\')` : `${column}::VARCHAR`;
}

/** The columns of a relation with their types. */
async function columnsOf(catalog: Catalog, relation: string): Promise<Map<string, string>> {
  const rows = await catalog.all<{ column_name: string; column_type: string }>(`DESCRIBE SELECT * FROM ${relation}`);
  return new Map(rows.map(({ column_name, column_type }) => [column_name, column_type]));
}
