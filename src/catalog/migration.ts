import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import { CurationError } from '../errors.js';
import { PACKAGE_ROOT } from '../package-root.js';

interface Migration {
  version: number;
  name: string;
  sql: string;
}

/** The numbered SQL files, oldest first: `0001-initial.sql` brings a catalog to version 1. */
export function listMigrations(folder = join(PACKAGE_ROOT, 'src/catalog/migrations')): Migration[] {
  const files = readdirSync(folder).filter((name) => /^\d{4}-.+\.sql$/.test(name));
  return files.sort().map((name) => ({ version: Number(name.slice(0, 4)), name, sql: readFileSync(join(folder, name), 'utf8') }));
}

/**
 * The version a catalog has; 0 for a new, empty file.
 * @throws {CurationError} CATALOG_FAILED for a DuckDB file that is no catalog; CATALOG_TOO_NEW
 */
export async function readVersion(connection: DuckDBConnection, path: string, newest: number): Promise<number> {
  const tables = await connection.runAndReadAll('SELECT table_name FROM duckdb_tables() WHERE NOT temporary');
  const names = tables.getRows().map(([name]) => String(name));
  if (names.length === 0) return 0;
  if (!names.includes('schema_version'))
    throw new CurationError('CATALOG_FAILED', `Not a Colophon catalog, but a DuckDB file of something else: ${path}`, {
      suggestions: ['Move that file away: pull builds a new catalog.'],
    });
  const reader = await connection.runAndReadAll('SELECT coalesce(max(version), 0)::INTEGER FROM schema_version');
  const version = Number(reader.getRows()[0]?.[0]);
  if (version > newest)
    throw new CurationError('CATALOG_TOO_NEW', `The catalog was written by a newer Colophon: ${path}`, {
      expected: `catalog version ${newest} or older`,
      found: `catalog version ${version}`,
      suggestions: ['Update Colophon.', 'Or move the catalog away and pull again: it can be rebuilt from the sources.'],
    });
  return version;
}

/** Brings a catalog from `version` to the newest one, each migration in a transaction of its own. */
export async function migrate(connection: DuckDBConnection, version: number, migrations: readonly Migration[]): Promise<void> {
  for (const migration of migrations) {
    if (migration.version <= version) continue;
    await connection.run('BEGIN');
    try {
      await connection.run('CREATE TABLE IF NOT EXISTS schema_version (version INTEGER NOT NULL, name VARCHAR NOT NULL)');
      await connection.run(migration.sql);
      await connection.run('INSERT INTO schema_version VALUES (?, ?)', [migration.version, migration.name]);
      await connection.run('COMMIT');
    } catch (error) {
      // A failed COMMIT has already rolled back; what went wrong is the first error.
      await connection.run('ROLLBACK').catch(() => {});
      throw error;
    }
  }
}
