import { quoteIdentifier, type Catalog } from '../../catalog/catalog.js';
import { contentDigest } from '../../fixity/content-hash.js';
import { sha256Hex } from '../../fixity/digest.js';
import { candidateRows, type CandidateTable } from './table.js';

/** Rows appended before they are handed to the database. */
const FLUSH_ROWS = 20_000;

/** Fills `candidate_row` (table_name, source, source_row, digest): the content digest of every clinical row. */
export async function hashRows(catalog: Catalog, tables: readonly CandidateTable[]): Promise<void> {
  await catalog.run('CREATE TABLE candidate_row (table_name VARCHAR, source VARCHAR, source_row BIGINT, digest VARCHAR)');
  const appender = await catalog.appender('candidate_row');
  let appended = 0;
  try {
    for (const { table, columns } of tables) {
      const digest = compileRowDigest(table, columns);
      const selected = columns.map((name, at) => `${quoteIdentifier(name)} AS v${at}`).join(', ');
      const rows = catalog.stream<Record<string, unknown>>(`SELECT source AS row_source, source_row AS row_number, ${selected} FROM ${candidateRows(table)}`);
      for await (const chunk of rows) {
        for (const row of chunk) {
          appender.appendRow([table, String(row.row_source), Number(row.row_number), digest((at) => row[`v${at}`])]);
          if (++appended % FLUSH_ROWS === 0) appender.flush();
        }
      }
    }
  } finally {
    appender.close();
  }
}

/**
 * Compiles the digest of the rows of a table: `contentDigest('row', table, [sha256 of the row's canonical JSON])`. The
 * JSON has a member for every cell that is not NULL, so that an empty new column changes no row. Written out by hand
 * because the generic writer sorts the keys of every row anew; a test holds it against that.
 */
export function compileRowDigest(table: string, columns: readonly string[]): (cell: (column: number) => unknown) => string {
  // By UTF-16 code units, as RFC 8785 3.2.3 asks.
  const order = [...columns.keys()].sort((a, b) => (columns[a]! < columns[b]! ? -1 : 1));
  const labels = columns.map((name) => `${JSON.stringify(name)}:`);
  return (cell) => {
    const members: string[] = [];
    for (const at of order) {
      const value = cell(at);
      if (value !== null && value !== undefined) members.push(labels[at]! + cellJson(value));
    }
    return contentDigest('row', table, [sha256Hex(`{${members.join(',')}}`)]);
  };
}

/** A cell as JSON; numbers that JSON has no form for are written as text. */
function cellJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map((member) => (member === null ? 'null' : cellJson(member))).join(',')}]`;
  if (typeof value === 'number' && !Number.isFinite(value)) return JSON.stringify(String(value));
  return JSON.stringify(typeof value === 'object' ? String(value) : value);
}
