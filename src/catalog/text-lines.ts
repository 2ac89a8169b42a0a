import { join } from 'node:path';
import { wrapSystemError } from '../errors.js';
import { quoteLiteral, type Catalog } from './catalog.js';
import { moveExport } from './parquet.js';

/** Stands in no line: DuckDB writes a column as it is when the delimiter is not in it and there are no quotes. */
const NO_DELIMITER = '\u0001';

/** What is written as lines. */
export interface LineExport {
  /** A SELECT of one column of text without line ends and control characters, in its total order. */
  query: string;
  path: string;
}

/**
 * Writes the rows of a query as lines (UTF-8, LF), whole but not yet durable: no row of it passes through JavaScript.
 * @throws {CurationError} IO_FAILED, DISK_FULL
 */
export async function exportLines(catalog: Catalog, { query, path }: LineExport): Promise<void> {
  const aside = join(catalog.scratchFolder, 'export.txt');
  await catalog.run(`COPY (${query}) TO ${quoteLiteral(aside)} (FORMAT csv, HEADER false, QUOTE '', ESCAPE '', DELIMITER '${NO_DELIMITER}')`);
  try {
    moveExport(aside, path);
  } catch (error) {
    throw wrapSystemError(error, 'writing a list', path);
  }
}
