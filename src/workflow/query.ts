import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Catalog } from '../catalog/catalog.js';
import { openForQuery, openReleaseTables, runQuery, type QueryLimits } from '../catalog/query.js';
import { CurationError } from '../errors.js';
import type { QueryReport } from '../model/query.js';
import type { Workspace } from '../workspace/workspace.js';

/**
 * Answers one SELECT over the catalog of the workspace, or over the tables of one of its releases.
 * @throws {CurationError} RELEASE_NOT_FOUND, CATALOG_EMPTY, CATALOG_LOCKED, QUERY_FAILED
 */
export async function queryWorkspace({ paths, memory }: Workspace, sql: string, version?: string): Promise<QueryReport> {
  if (version === undefined) return answer(await openForQuery(paths.catalog, { memory }), sql);
  return queryRelease(releaseFolder(paths.releases, version), sql, { memory, scratch: paths.cache });
}

/**
 * Answers one SELECT over the tables of a release folder, wherever it is. Verify a release from elsewhere first.
 * @throws {CurationError} NOT_A_RELEASE, QUERY_FAILED
 */
export async function queryRelease(folder: string, sql: string, limits: QueryLimits = {}): Promise<QueryReport> {
  return answer(await openReleaseTables(folder, limits), sql);
}

async function answer(catalog: Catalog, sql: string): Promise<QueryReport> {
  try {
    return await runQuery(catalog, sql);
  } finally {
    catalog.close();
  }
}

function releaseFolder(releases: string, version: string): string {
  const folder = join(releases, version);
  if (/^\d+\.\d+\.\d+$/.test(version) && existsSync(join(folder, 'release.json'))) return folder;
  throw new CurationError('RELEASE_NOT_FOUND', `There is no release ${version} in ${releases}`, { suggestions: ['See: colophon release list'] });
}
