import type { PostgresSource } from '../../model/source-config.js';
import { namedTables } from '../fetched-tables.js';
import { registryAddress } from './registry-address.js';
import { Registry } from './registry.js';
import { readingStatement } from './statement.js';

/**
 * Connects to a registry, begins a transaction that only reads, and has the server plan every query without running it, which
 * also asks whether we may read (PostgreSQL, EXPLAIN).
 * @param url with the secrets in its place
 * @returns server, port and database
 * @throws {CurationError} CONFIG_INVALID, SOURCE_UNREADABLE, INTERRUPTED
 */
export async function probeRegistry(source: PostgresSource, url: string, { timeout_ms, signal }: { timeout_ms: number; signal: AbortSignal }): Promise<string> {
  const queries = namedTables(source.name, source.tables).map(([table, sql]): [string, string] => [table, readingStatement(source.name, table, sql)]);
  const address = registryAddress(source.name, url);
  const registry = await Registry.open(address, { source: source.name, timeout_ms, signal });
  try {
    // By the protocol that takes a single statement, as a pull asks.
    for (const [table, sql] of queries) await registry.rows(table, `EXPLAIN ${sql}`, { begin: () => {}, row: () => {} });
    return address.name;
  } finally {
    await registry.close();
  }
}
