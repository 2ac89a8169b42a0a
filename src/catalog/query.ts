import { lstatSync, readdirSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { CurationError, wrapSystemError } from '../errors.js';
import type { QueryReport } from '../model/query.js';
import { Catalog, quoteIdentifier, quoteLiteral } from './catalog.js';
import { wrapQueryError } from './failure.js';
import type { CatalogOptions } from './instance.js';

/** Memory of a user's query unless more is allowed; what goes beyond is spilled to disk. */
const QUERY_MEMORY = '1GB';

/** Where a query may spill, and how much memory the process may take: a small part of the machine's by default. */
export interface QueryLimits {
  /** In bytes. */
  memory?: number | undefined;
  /** Folder for what does not fit, of a release's tables; beside the catalog otherwise. */
  scratch?: string | undefined;
}

function limitsOf({ memory, scratch }: QueryLimits): Pick<CatalogOptions, 'memory' | 'memoryLimit' | 'scratch'> {
  return { scratch, ...(memory === undefined ? { memoryLimit: QUERY_MEMORY } : { memory }) };
}

/**
 * Opens a catalog for SQL from a user: read-only, no file in reach, limited memory.
 * @throws {CurationError} CATALOG_EMPTY, CATALOG_LOCKED, CATALOG_TOO_NEW
 */
export function openForQuery(path: string, limits: QueryLimits = {}): Promise<Catalog> {
  return Catalog.open(path, { readOnly: true, ...limitsOf(limits) });
}

/**
 * Opens the tables of a release: a view for each data/tables/*.parquet, no other file in reach. Verify a release from
 * elsewhere first: a Parquet reader is no place for hostile bytes.
 * @throws {CurationError} NOT_A_RELEASE when there are no tables; QUERY_FAILED when one is no Parquet file
 */
export async function openReleaseTables(folder: string, limits: QueryLimits = {}): Promise<Catalog> {
  const files = listParquetFiles(join(folder, 'data', 'tables'));
  const catalog = await Catalog.open(':memory:', { bare: true, files, ...limitsOf(limits) });
  try {
    for (const file of files) {
      const view = quoteIdentifier(file.slice(file.lastIndexOf('/') + 1, -'.parquet'.length));
      await catalog.run(`CREATE VIEW ${view} AS SELECT * FROM read_parquet(${quoteLiteral(file)})`);
    }
    return catalog;
  } catch (error) {
    catalog.close();
    throw queryError(error);
  }
}

/**
 * Runs one SELECT of a user.
 * @throws {CurationError} QUERY_FAILED: not one SELECT, an error in it, or a file it reaches for
 */
export async function runQuery(catalog: Catalog, sql: string): Promise<QueryReport> {
  const columns = await catalog.describeSelect(sql);
  const rows: Record<string, unknown>[] = [];
  try {
    for await (const chunk of catalog.stream(sql)) rows.push(...chunk);
  } catch (error) {
    throw queryError(error);
  }
  return { columns: deduplicate(columns), rows };
}

/** What the catalog calls its own failure is here the user's SQL or file. */
function queryError(error: unknown): CurationError {
  return wrapQueryError(error instanceof CurationError && error.code === 'CATALOG_FAILED' ? (error.cause ?? error) : error);
}

/** The names as node-api gives them to duplicates: `a`, `a:1`, `a:2`. */
function deduplicate(names: readonly string[]): string[] {
  const seen = new Map<string, number>();
  return names.map((name) => {
    const count = seen.get(name) ?? 0;
    seen.set(name, count + 1);
    return count === 0 ? name : `${name}:${count}`;
  });
}

function listParquetFiles(folder: string): string[] {
  try {
    const real = realpathSync(folder);
    const names = readdirSync(real).filter((name) => name.endsWith('.parquet') && lstatSync(join(real, name)).isFile());
    if (names.length > 0) return names.sort().map((name) => join(real, name));
  } catch (error) {
    throw wrapSystemError(error, 'listing the tables of the release', folder);
  }
  throw new CurationError('NOT_A_RELEASE', `No tables to query: ${folder} holds no Parquet file`);
}
