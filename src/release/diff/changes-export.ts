import { extname } from 'node:path';
import { quoteLiteral, type Catalog } from '../../catalog/catalog.js';
import { exportJsonLines } from '../../catalog/json-lines.js';
import { exportParquet } from '../../catalog/parquet.js';
import { CurationError } from '../../errors.js';
import { makeParentFolder } from '../../fixity/atomic-file.js';
import { CHANGE_COLUMNS } from './change-row.js';

/** Endings of the tables that changes can be written as. */
export const CHANGE_TABLES: readonly string[] = ['.parquet', '.jsonl'];

/**
 * Writes all changes of the last comparison as a table, in the order and with the columns of `changes.parquet` of a release.
 * @param path its ending tells the format
 * @throws {CurationError} USAGE for another ending, IO_FAILED
 */
export async function exportChanges(catalog: Catalog, path: string): Promise<number> {
  const format = extname(path).toLowerCase();
  if (!CHANGE_TABLES.includes(format))
    throw new CurationError('USAGE', `Changes are written as ${CHANGE_TABLES.join(' or ')}, not as ${quoteLiteral(format)}.`);
  makeParentFolder(path);
  const table = { query: 'FROM candidate_change', orderBy: CHANGE_COLUMNS, path };
  return (await (format === '.parquet' ? exportParquet(catalog, table) : exportJsonLines(catalog, table))).rows;
}
