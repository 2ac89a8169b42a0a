import { quoteIdentifier, quoteLiteral } from '../catalog/quoting.js';
import type { Catalog } from '../catalog/catalog.js';
import type { Tombstone } from '../model/release.js';
import type { CaseHolding, TableReader } from '../verify/table-reader.js';

/** Memory for reading the tables of a copy; what goes beyond is spilled to disk. */
const MEMORY = '1GB';

/** Tables that tell of a case without holding anything of it. */
const ABOUT = new Set(['tombstones', 'changes']);

/** Reads tables of releases for `verify` by DuckDB, which reaches no file but those tables. */
export const releaseTableReader: TableReader = {
  readTombstones: (path) =>
    withTables([path], (catalog) =>
      catalog.all<Tombstone>(`SELECT case_id::VARCHAR AS case_id, reason::VARCHAR AS reason, since_version::VARCHAR AS since_version, date::VARCHAR AS date, replacement::VARCHAR AS replacement
        FROM read_parquet(${quoteLiteral(path)}) WHERE case_id IS NOT NULL ORDER BY case_id`),
    ),
  readHoldings: (tables, wanted) => withTables([...tables.values()], (catalog) => readHoldings(catalog, tables, wanted)),
};

/** The catalog is loaded when there is a table to open: most verifications open none. */
async function withTables<T>(files: readonly string[], work: (catalog: Catalog) => Promise<T>): Promise<T> {
  const { Catalog } = await import('../catalog/catalog.js');
  const catalog = await Catalog.open(':memory:', { bare: true, files, memoryLimit: MEMORY });
  try {
    return await work(catalog);
  } finally {
    catalog.close();
  }
}

async function readHoldings(catalog: Catalog, tables: ReadonlyMap<string, string>, { cases, digests }: Parameters<TableReader['readHoldings']>[1]): Promise<CaseHolding[]> {
  const relation = (name: string): string => `read_parquet(${quoteLiteral(tables.get(name) ?? '')})`;
  const found = await catalog.all<{ case_id: string; digest: string }>(
    `SELECT case_id, digest FROM ${relation('cases')} WHERE case_id IN (SELECT unnest(?::VARCHAR[])) OR digest IN (SELECT unnest(?::VARCHAR[])) ORDER BY case_id`,
    [cases, digests],
  );
  const holdings = new Map(found.map((each) => [each.case_id, { ...each, paths: [], tables: [] } as CaseHolding]));
  const ids = [...holdings.keys()];
  if (ids.length === 0) return [];
  for await (const rows of catalog.stream<{ case_id: string; path: string }>(`SELECT case_id, path FROM ${relation('instances')} WHERE case_id IN (SELECT unnest(?::VARCHAR[])) ORDER BY path`, [ids]))
    for (const { case_id, path } of rows) holdings.get(case_id)?.paths.push(path);
  for (const name of [...tables.keys()].filter((each) => !ABOUT.has(each)).sort())
    for (const { case_id, rows } of await countRows(catalog, relation(name), relation('instances'), ids)) holdings.get(case_id)?.tables.push({ table: name, rows });
  return [...holdings.values()];
}

/** Rows of each case in one table: by its column of cases, whatever its letters, or by the images that its rows are about. */
async function countRows(catalog: Catalog, relation: string, instances: string, ids: readonly string[]): Promise<{ case_id: string; rows: number }[]> {
  const columns = (await catalog.all<{ column_name: string }>(`DESCRIBE SELECT * FROM ${relation}`)).map(({ column_name }) => column_name);
  const own = columns.find((name) => name.toLowerCase() === 'case_id');
  const cases = own !== undefined ? `SELECT ${quoteIdentifier(own)}::VARCHAR AS case_id FROM ${relation}` : columns.includes('path') ? `SELECT i.case_id FROM ${relation} AS t JOIN ${instances} AS i USING (path)` : null;
  if (cases === null) return [];
  return catalog.all(`SELECT case_id, count(*) AS rows FROM (${cases}) WHERE case_id IN (SELECT unnest(?::VARCHAR[])) GROUP BY case_id ORDER BY case_id`, [ids]);
}
