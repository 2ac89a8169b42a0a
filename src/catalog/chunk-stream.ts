import v8 from 'node:v8';
import vm from 'node:vm';
import type { DuckDBConnection, DuckDBDataChunk, DuckDBResult, DuckDBType } from '@duckdb/node-api';
import { CurationError } from '../errors.js';
import { bindParameters, type SqlParameters } from './values.js';

/** Up to 2048 rows of a query as DuckDB has them, with the names and types of its columns. */
export interface StreamedChunk {
  chunk: DuckDBDataChunk;
  names: readonly string[];
  types: readonly DuckDBType[];
}

/**
 * The rows of a query in DuckDB's own chunks, on a connection that is closed at the end. A stream that is left early, or breaks off, has
 * let go of the database before its generator ends: DuckDB keeps the file open as long as there is a result with rows to come, and a
 * second opening of it would lose rows in silence (measured).
 * @throws what DuckDB says, also of an error after the first rows
 */
export async function* streamChunks(connection: DuckDBConnection, sql: string, params: SqlParameters): AsyncGenerator<StreamedChunk, void, undefined> {
  let result: DuckDBResult | null = null;
  try {
    await connection.run('BEGIN TRANSACTION READ ONLY');
    result = await connection.stream(sql, ...bindParameters(params));
    const [names, types] = [result.deduplicatedColumnNames(), result.columnTypes()];
    for (;;) {
      const chunk = await nextChunk(result);
      if (chunk === null) break;
      yield { chunk, names, types };
    }
    result = null;
    if (await brokeOff(connection)) {
      await collectResults();
      throw await findReason(connection, sql, params);
    }
  } finally {
    if (result !== null) await abandon(connection, result);
    connection.closeSync();
  }
}

async function nextChunk(result: DuckDBResult): Promise<DuckDBDataChunk | null> {
  const chunk = await result.fetchChunk();
  return chunk === null || chunk.rowCount === 0 ? null : chunk;
}

/** node-api ends a stream that failed like one that is done (measured); but then its transaction is of no more use. */
async function brokeOff(connection: DuckDBConnection): Promise<boolean> {
  try {
    await connection.run('SELECT 1');
    return false;
  } catch {
    return true;
  }
}

/** DuckDB's words for what broke a stream, which node-api keeps to itself: the query is run once more, its rows go nowhere. */
async function findReason(connection: DuckDBConnection, sql: string, params: SqlParameters): Promise<unknown> {
  await connection.run('ROLLBACK');
  try {
    await connection.run(`EXPLAIN ANALYZE ${sql}`, ...bindParameters(params));
  } catch (error) {
    return error;
  }
  return new CurationError('CATALOG_FAILED', 'The rows of a query broke off, and a second try did not tell why.', { suggestions: ['Run the same command again.', 'Or allow more memory: --memory 16GB.'] });
}

/** Stops a query; the few chunks that are ready must be taken before its result lets go of the database. */
async function abandon(connection: DuckDBConnection, result: DuckDBResult): Promise<void> {
  connection.interrupt();
  try {
    while ((await nextChunk(result)) !== null);
  } catch {
    // it has ended
  }
}

/** The result of a stream that failed is freed with its object only: node-api has no call for that. */
async function collectResults(): Promise<void> {
  v8.setFlagsFromString('--expose-gc');
  (vm.runInNewContext('gc') as () => void)();
  // finalizers run afterwards
  await new Promise((done) => setImmediate(done));
}
