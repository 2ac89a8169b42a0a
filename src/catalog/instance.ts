import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import type { DuckDBConnection, DuckDBInstance as Instance } from '@duckdb/node-api';
import { CurationError } from '../errors.js';
import { DuckDBInstance } from './duckdb.js';
import { wrapDuckDBError } from './failure.js';
import { databaseLimit } from './memory.js';
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
  /** Bytes that this process may take; DuckDB holds its share of them, see memory.ts. Default: what the machine has. */
  memory?: number | undefined;
  /** DuckDB's limit by itself, e.g. `512MB`, instead of a share. What goes beyond is spilled to disk. */
  memoryLimit?: string;
  /** Most that is spilled, e.g. `10GB`; default DuckDB's own, 90 % of what is free on the disk. */
  spillLimit?: string;
  /** Where the scratch folder is made for a database in memory, e.g. `.colophon` of a workspace; default the system's folder. */
  scratch?: string | undefined;
  threads?: number;
}

/** An open database with its main connection and a folder for files on their way in or out. */
export interface OpenInstance {
  instance: Instance;
  connection: DuckDBConnection;
  scratchFolder: string;
  /** DuckDB's limit that it was opened with. */
  memoryLimit: string;
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
      const scratchFolder = readOnly || file === null ? makeOwnFolder(file, options.scratch) : makeScratchFolder(file);
      const memoryLimit = options.memoryLimit ?? databaseLimit(options.memory);
      await confine(connection, scratchFolder, { ...options, memoryLimit });
      return { instance, connection, scratchFolder, memoryLimit };
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

/** Ending of the folder of the one that writes; readers add a name of their own. */
const SCRATCH = '.scratch';

/** We hold the lock of `file`, so whatever lies in its scratch folders was left by processes that died. */
function makeScratchFolder(file: string): string {
  const own = `${basename(file)}${SCRATCH}`;
  for (const name of readdirSync(dirname(file))) if (name === own || name.startsWith(`${own}-`)) rmSync(join(dirname(file), name), { recursive: true, force: true });
  mkdirSync(`${file}${SCRATCH}`, { mode: 0o700 });
  return `${file}${SCRATCH}`;
}

/**
 * A folder of this process alone: several may read at once. Beside the catalog where we may write there, since the system's
 * folder for temporary files often is memory, and what is spilled is what does not fit into that.
 */
function makeOwnFolder(file: string | null, scratch: string | undefined): string {
  const beside = file === null ? scratch && join(scratch, `memory${SCRATCH}-`) : `${file}${SCRATCH}-`;
  try {
    if (beside) return mkdtempSync(beside);
  } catch {
    // a workspace on a read-only file system, or of somebody else
  }
  return mkdtempSync(join(tmpdir(), 'colophon-'));
}

/** Closes the file system to SQL, save the folders named, and freezes the configuration. */
async function confine(connection: DuckDBConnection, scratchFolder: string, options: CatalogOptions & { memoryLimit: string }): Promise<void> {
  const folders = [...(options.readOnly === true ? [] : [scratchFolder]), ...(options.folders ?? [])];
  await connection.run("SET GLOBAL TimeZone = 'UTC'");
  await connection.run(`SET checkpoint_threshold = '${CHECKPOINT_SIZE}'`);
  await connection.run(`SET temp_directory = ${quoteLiteral(join(scratchFolder, 'spill'))}`);
  await connection.run(`SET memory_limit = ${quoteLiteral(options.memoryLimit)}`);
  if (options.spillLimit !== undefined) await connection.run(`SET max_temp_directory_size = ${quoteLiteral(options.spillLimit)}`);
  if (options.threads !== undefined) await connection.run(`SET threads = ${Math.max(1, Math.trunc(options.threads))}`);
  await connection.run(`SET allowed_directories = ${pathList(folders)}`);
  await connection.run(`SET allowed_paths = ${pathList(options.files ?? [])}`);
  await connection.run('SET enable_external_access = false');
  // Catalog.withMemoryLimit and withOneThread need these; SQL of users is a single SELECT and sets nothing.
  await connection.run("SET allowed_configs = ['memory_limit', 'threads']");
  await connection.run('SET lock_configuration = true');
}

function pathList(paths: readonly string[]): string {
  return `[${paths.map((path) => quoteLiteral(resolve(path))).join(', ')}]`;
}
