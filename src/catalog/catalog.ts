import assert from 'node:assert';
import { existsSync, mkdirSync, realpathSync, rmSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { isMainThread } from 'node:worker_threads';
import type { DuckDBDataChunk } from '@duckdb/node-api';
import { CurationError, wrapSystemError } from '../errors.js';
import { TableAppender } from './appender.js';
import { streamChunks, type StreamedChunk } from './chunk-stream.js';
import { StatementType } from './duckdb.js';
import { openEncodedTable, type EncodedTable } from './encoded-table.js';
import { wrapDuckDBError, wrapQueryError } from './failure.js';
import { openInstance, type CatalogOptions, type OpenInstance } from './instance.js';
import { quoteLiteral } from './quoting.js';
import { bindParameters, chunkRows, type SqlParameters } from './values.js';

export { quoteIdentifier, quoteLiteral } from './quoting.js';

/**
 * Two instances of one file in one process lose rows in silence (measured), so each path is open once, on the main
 * thread only.
 */
const openFiles = new Set<string>();

/**
 * The catalog: a DuckDB file with everything that pull, check, split and cut know. One process and one thread writes
 * it. SQL reaches no file outside `scratchFolder` and the folders named on opening; no extension is ever loaded.
 */
export class Catalog {
  private inTransaction = false;
  private closed = false;
  /** Streams that have not ended: each keeps the file open. */
  private streams = 0;

  private constructor(
    /** Path of the file, or `:memory:`. */
    readonly path: string,
    private readonly open: OpenInstance,
    private readonly release: () => void,
  ) {}

  /**
   * Opens a catalog, creating and migrating it as needed; `:memory:` makes an empty one that is never written.
   * @throws {CurationError} CATALOG_LOCKED, CATALOG_TOO_NEW, CATALOG_FAILED; CATALOG_EMPTY when read-only and absent
   */
  static async open(path: string, options: CatalogOptions = {}): Promise<Catalog> {
    assert(isMainThread, 'the catalog is opened on the main thread only');
    if (path === ':memory:') return new Catalog(path, await openInstance(null, options), () => {});
    const file = resolveFile(path, options.readOnly === true);
    assert(!openFiles.has(file), `the catalog is already open in this process: ${path}`);
    openFiles.add(file);
    try {
      return new Catalog(path, await openInstance(file, options), () => openFiles.delete(file));
    } catch (error) {
      openFiles.delete(file);
      throw error;
    }
  }

  /** A folder of the catalog's own for files on their way in or out; emptied on opening and closing. */
  get scratchFolder(): string {
    return this.open.scratchFolder;
  }

  /** Runs one or more statements; returns the number of rows that the last one changed. */
  async run(sql: string, params: SqlParameters = []): Promise<number> {
    return this.guard(async () => (await this.open.connection.run(sql, ...bindParameters(params))).rowsChanged);
  }

  /** All rows of a query as plain objects (see values.ts for the types); for results known to be small. */
  async all<T = Record<string, unknown>>(sql: string, params: SqlParameters = []): Promise<T[]> {
    return this.guard(async () => {
      const result = await this.open.connection.run(sql, ...bindParameters(params));
      const names = result.deduplicatedColumnNames();
      const types = result.columnTypes();
      return (await result.fetchAllChunks()).flatMap((chunk) => chunkRows(chunk, names, types)) as T[];
    });
  }

  /**
   * The rows of a query in chunks of about 2048, without ever holding them all. Runs on a connection of its own, because
   * a second query on one connection ends a stream early and in silence (measured): so it sees what is committed, and
   * no temporary tables.
   */
  async *stream<T = Record<string, unknown>>(sql: string, params: SqlParameters = []): AsyncGenerator<T[], void, undefined> {
    for await (const { chunk, names, types } of this.chunks(sql, params)) yield chunkRows(chunk, names, types) as T[];
  }

  /**
   * The chosen columns of a table in chunks, several times faster than `stream` where a table is wide: see
   * encoded-table.ts. `where` is an SQL condition; rows come in the table's order.
   */
  encodedTable(table: string, columns: readonly string[], where?: string): Promise<EncodedTable> {
    return openEncodedTable({ all: (sql) => this.all(sql), chunks: (sql) => this.chunks(sql, []) }, table, columns, where);
  }

  /** The rows of a query as DuckDB's own chunks, in the order of the query; for readers in this room. */
  async *rawChunks(sql: string): AsyncGenerator<DuckDBDataChunk, void, undefined> {
    for await (const { chunk } of this.chunks(sql, [])) yield chunk;
  }

  private async *chunks(sql: string, params: SqlParameters): AsyncGenerator<StreamedChunk, void, undefined> {
    assert(!this.inTransaction, 'a stream would not see what the open transaction wrote');
    const connection = await this.guard(() => this.open.instance.connect());
    this.streams += 1;
    try {
      yield* streamChunks(connection, sql, params);
    } catch (error) {
      throw wrapDuckDBError(error, 'working with the catalog', this.path);
    } finally {
      this.streams -= 1;
      this.releaseFile();
    }
  }

  /**
   * The result columns of a text that is exactly one query, without running it.
   * @throws {CurationError} QUERY_FAILED for anything but one SELECT (or FROM, VALUES, DESCRIBE, SHOW, ...) statement
   */
  async describeSelect(sql: string): Promise<string[]> {
    try {
      const statements = await this.open.connection.extractStatements(sql);
      if (statements.count !== 1) throw new CurationError('QUERY_FAILED', `Expected one statement, found ${statements.count}.`);
      const statement = await statements.prepare(0);
      if (statement.statementType !== StatementType.SELECT)
        throw new CurationError('QUERY_FAILED', 'Only SELECT is allowed here: this SQL changes something.');
      return Array.from({ length: statement.columnCount }, (_, column) => statement.columnName(column));
    } catch (error) {
      throw wrapQueryError(error);
    }
  }

  /** Runs `work` in a transaction: all of it is kept, or nothing. */
  async transaction<T>(work: () => Promise<T>): Promise<T> {
    assert(!this.inTransaction, 'transactions do not nest');
    await this.run('BEGIN');
    this.inTransaction = true;
    try {
      const result = await work();
      await this.run('COMMIT');
      return result;
    } catch (error) {
      await this.open.connection.run('ROLLBACK').catch(() => {});
      throw error;
    } finally {
      this.inTransaction = false;
    }
  }

  /** Holds DuckDB to a limit (`128MB`) while `work` runs, since it keeps whatever it may; the rest is spilled to disk. */
  async withMemoryLimit<T>(limit: string, work: () => Promise<T>): Promise<T> {
    await this.run(`SET memory_limit = ${quoteLiteral(limit)}`);
    try {
      return await work();
    } finally {
      await this.run(`SET memory_limit = ${quoteLiteral(this.open.memoryLimit)}`);
    }
  }

  /** Holds DuckDB to one thread while `work` runs: then it writes rows as they come, and in no other pieces. */
  async withOneThread<T>(work: () => Promise<T>): Promise<T> {
    const [before] = await this.all<{ threads: number }>("SELECT current_setting('threads') AS threads");
    await this.run('SET threads = 1');
    try {
      return await work();
    } finally {
      await this.run(`SET threads = ${before?.threads ?? 1}`);
    }
  }

  /** Starts a bulk load into a table; close it before the transaction ends. */
  async appender(table: string): Promise<TableAppender> {
    return this.guard(async () => new TableAppender(await this.open.connection.createAppender(table), this.path));
  }

  /** Ends all work with the file and gives up its lock; closing twice does nothing. */
  close(): void {
    if (this.closed) return;
    this.closed = true;
    this.open.connection.closeSync();
    this.open.instance.closeSync();
    rmSync(this.scratchFolder, { recursive: true, force: true });
    this.releaseFile();
  }

  /** The file may be opened again once it is closed and nothing reads of it. */
  private releaseFile(): void {
    if (this.closed && this.streams === 0) this.release();
  }

  private async guard<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      throw wrapDuckDBError(error, 'working with the catalog', this.path);
    }
  }
}

/** The real path, so that two names of one file are known to be one. */
function resolveFile(path: string, readOnly: boolean): string {
  // DuckDB takes what follows a question mark for parameters and writes its log to another folder.
  if (resolve(path).includes('?'))
    throw new CurationError('CATALOG_FAILED', `The catalog cannot be kept below a folder with a question mark in its name: ${path}`, {
      suggestions: ['Rename the folder.'],
    });
  if (readOnly && !existsSync(path))
    throw new CurationError('CATALOG_EMPTY', `There is no catalog yet: ${path}`, { suggestions: ['Run: colophon pull'] });
  try {
    const folder = dirname(resolve(path));
    mkdirSync(folder, { recursive: true });
    return existsSync(path) ? realpathSync(path) : join(realpathSync(folder), basename(path));
  } catch (error) {
    throw wrapSystemError(error, 'making the folder of the catalog', path);
  }
}
