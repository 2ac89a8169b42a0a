import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { DuckDBConnection, DuckDBInstance as Instance } from '@duckdb/node-api';
import { CurationError } from '../errors.js';
import { DuckDBInstance } from './duckdb.js';
import { wrapDuckDBError } from './failure.js';
import { listMigrations, migrate, readVersion } from './migration.js';
import { quoteLiteral } from './quoting.js';

/**
 * Size of the log before its rows move into the file: at DuckDB's 16 MB a bulk load moves them twice as often,
 * above 32 MB they fill the memory (measured: 10 us a row and 60 MB). */
const CHECKPOINT_SIZE = '32MB';

/** How a catalog is opened. */
export interface CatalogOptions {
  /** Several processes may read at once, none while another writes; default false. */
  readOnly?: boolean;
  /** Folders that SQL may read and write besides the catalog's own scratch folder; default none. */
  folders?: readonly string[];
  /** Single files that SQL may read; default none. */
  files?: readonly string[];
  /** In memory only: leave it without the catalog's own tables. */
  bare?: boolean;
  /** DuckDB's limit, e.g. `512MB`; default DuckDB's own, 80 % of the machine. What goes beyond is spilled to disk. */
  memoryLimit?: string;
  threads?: number;
}

/** An open database with its main connection and a folder for files on their way in or out. */
export interface OpenInstance {
  instance: Instance;
  connection: DuckDBConnection;
  scratchFolder: string;
  /** The limit it was opened with; null: DuckDB's own. */
  memoryLimit: string | null;
}

/** Opens, migrates and confines a database; `file` is its real path, null for one in memory. */
export async function openInstance(file: string | null, options: CatalogOptions): Promise<OpenInstance> {
  const path = file ?? ':memory:';
  const readOnly = options.readOnly === true;
  try {
    const instance = await createInstance(path, readOnly);
    const connection = await instance.connect();
    try {
      if (options.bare !== true) await update(connection, path, readOnly);
      const scratchFolder = makeScratchFolder(readOnly ? null : file);
      await confine(connection, scratchFolder, options);
      return { instance, connection, scratchFolder, memoryLimit: options.memoryLimit ?? null };
    } catch (error) {
      connection.closeSync();
      instance.closeSync();
      throw error;
    }
  } catch (error) {
    throw wrapDuckDBError(error, 'opening the catalog', path);
  }
}

function createInstance(path: string, readOnly: boolean): Promise<Instance> {
  return DuckDBInstance.create(path, {
    access_mode: readOnly ? 'READ_ONLY' : 'AUTOMATIC',
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
    allow_community_extensions: 'false',
    allow_persistent_secrets: 'false',
  });
}

async function update(connection: DuckDBConnection, path: string, readOnly: boolean): Promise<void> {
  const migrations = listMigrations();
  const newest = migrations.at(-1)?.version ?? 0;
  const version = await readVersion(connection, path, newest);
  if (version === newest) return;
  if (readOnly)
    throw new CurationError('CATALOG_FAILED', `The catalog was written by an older Colophon and must be updated first: ${path}`, {
      expected: `catalog version ${newest}`,
      found: `catalog version ${version}`,
      suggestions: ['Run: colophon pull'],
    });
  await migrate(connection, version, migrations);
}

/** We hold the lock of `file`, so whatever lies in its scratch folder was left by a process that died. */
function makeScratchFolder(file: string | null): string {
  if (file === null) return mkdtempSync(join(tmpdir(), 'colophon-'));
  const folder = `${file}.scratch`;
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { mode: 0o700 });
  return folder;
}

/** Closes the file system to SQL, save the folders named, and freezes the configuration. */
async function confine(connection: DuckDBConnection, scratchFolder: string, options: CatalogOptions): Promise<void> {
  const folders = [...(options.readOnly === true ? [] : [scratchFolder]), ...(options.folders ?? [])];
  await connection.run("SET GLOBAL TimeZone = 'UTC'");
  await connection.run(`SET checkpoint_threshold = '${CHECKPOINT_SIZE}'`);
  await connection.run(`SET temp_directory = ${quoteLiteral(join(scratchFolder, 'spill'))}`);
  if (options.memoryLimit !== undefined) await connection.run(`SET memory_limit = ${quoteLiteral(options.memoryLimit)}`);
  if (options.threads !== undefined) await connection.run(`SET threads = ${Math.max(1, Math.trunc(options.threads))}`);
  await connection.run(`SET allowed_directories = ${pathList(folders)}`);
  await connection.run(`SET allowed_paths = ${pathList(options.files ?? [])}`);
  await connection.run('SET enable_external_access = false');
  // Catalog.limitMemory needs this one; SQL of users is a single SELECT and sets nothing.
  await connection.run("SET allowed_configs = ['memory_limit']");
  await connection.run('SET lock_configuration = true');
}

function pathList(paths: readonly string[]): string {
  return `[${paths.map((path) => quoteLiteral(resolve(path))).join(', ')}]`;
}
