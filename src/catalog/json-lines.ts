import { join } from 'node:path';
import { wrapSystemError } from '../errors.js';
import { quoteLiteral, type Catalog } from './catalog.js';
import { moveExport, totalOrder, type ParquetExport } from './parquet.js';

/**
 * Writes a query as JSON Lines (UTF-8, one object a row, LF), in the same total order as a Parquet file.
 * @throws {CurationError} IO_FAILED, DISK_FULL
 */
export async function exportJsonLines(catalog: Catalog, { query, orderBy, path }: Omit<ParquetExport, 'metadata'>): Promise<{ rows: number }> {
  const order = await totalOrder(catalog, { query, orderBy });
  const aside = join(catalog.scratchFolder, 'export.jsonl');
  const rows = await catalog.run(`COPY (SELECT * FROM (${query}\n) ORDER BY ${order}) TO ${quoteLiteral(aside)} (FORMAT json)`);
  try {
    moveExport(aside, path);
  } catch (error) {
    throw wrapSystemError(error, 'writing JSON Lines', path);
  }
  return { rows };
}
