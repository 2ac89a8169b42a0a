import { CurationError } from '../../errors.js';
import { DelimitedTextError, readDelimitedRows, type DelimitedRow } from './delimited-text.js';

/** A list with a line of column names. */
export interface DelimitedList {
  columns: string[];
  rows: DelimitedRow[];
}

/** Larger lists are refused unread, in bytes. */
export const MAX_LIST_BYTES = 512 << 20;

/**
 * Reads a list with a line of column names, in UTF-8, as `readDelimitedRows` reads rows.
 * @throws {CurationError} SPLIT_LIST_INVALID with the line
 */
export function parseList(bytes: Uint8Array, path: string): DelimitedList {
  const rows = readAll(decode(bytes, path), path);
  const [head, ...data] = rows;
  if (head === undefined) throw invalid(path, 1, 'the file is empty', 'a line with column names');
  const twice = head.cells.find((name, at) => name !== '' && head.cells.indexOf(name) !== at);
  if (twice !== undefined) throw invalid(path, head.line, `the column ${twice} is there twice`, 'every column once');
  const ragged = data.find(({ cells }) => cells.length !== head.cells.length);
  if (ragged !== undefined) throw invalid(path, ragged.line, `the row has ${ragged.cells.length} cells`, `${head.cells.length}, as in the first line`);
  return { columns: head.cells, rows: data };
}

function decode(bytes: Uint8Array, path: string): string {
  try {
    // a byte order mark at the beginning is taken away
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new CurationError('SPLIT_LIST_INVALID', `${path} is not UTF-8 text.`, { suggestions: ['Save it as CSV with the encoding UTF-8.', 'A spreadsheet is exported to CSV first.'] });
  }
}

function readAll(text: string, path: string): DelimitedRow[] {
  try {
    return [...readDelimitedRows(text)];
  } catch (error) {
    if (error instanceof DelimitedTextError) throw invalid(path, error.line, error.reason, error.expected);
    throw error;
  }
}

function invalid(path: string, line: number, what: string, expected: string): CurationError {
  return new CurationError('SPLIT_LIST_INVALID', `${path}:${line}: ${what}.`, { expected, suggestions: ['Mend that line, or export the list again.'] });
}

/**
 * Index of a column: the one that is named, else the first of `usual` that is there (whatever its case).
 * @throws {CurationError} SPLIT_LIST_INVALID naming the columns that there are
 */
export function chooseColumn({ columns }: DelimitedList, named: string | undefined, usual: readonly string[], flag: string, path: string): number {
  const wanted = named === undefined ? usual : [named];
  for (const name of wanted) {
    const exact = columns.indexOf(name);
    const at = exact >= 0 || named !== undefined ? exact : columns.findIndex((column) => column.toLowerCase() === name);
    if (at >= 0) return at;
  }
  throw new CurationError('SPLIT_LIST_INVALID', `${path} has no column ${wanted.map((name) => `\`${name}\``).join(' or ')}.`, {
    expected: wanted.join(' or '),
    found: columns.join(', '),
    suggestions: [`Name the column: ${flag} COLUMN`],
  });
}
