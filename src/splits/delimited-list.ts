import { CurationError } from '../errors.js';

/** A data row of a list, with the line that it begins on (1 = first line of the file). */
export interface ListRow {
  cells: string[];
  line: number;
}

/** A list with a line of column names. */
export interface DelimitedList {
  columns: string[];
  rows: ListRow[];
}

/** Larger lists are refused unread, in bytes. */
export const MAX_LIST_BYTES = 512 << 20;

/**
 * Reads a list that people or spreadsheets wrote: UTF-8 with or without byte order mark, any line ends, comma, tab or
 * semicolon (whichever the first line has most of), cells quoted as in RFC 4180, blanks around cells taken away. Empty lines
 * are passed over.
 * @throws {CurationError} SPLIT_LIST_INVALID with the line
 */
export function parseList(bytes: Uint8Array, path: string): DelimitedList {
  const text = decode(bytes, path);
  const end = text.search(/[\r\n]/);
  const delimiter = chooseDelimiter(end < 0 ? text : text.slice(0, end));
  const rows = [...readRows(text, delimiter, path)].filter(({ cells }) => cells.some((cell) => cell !== ''));
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

function chooseDelimiter(line: string): string {
  const count = (delimiter: string): number => line.split(delimiter).length;
  return [',', '\t', ';'].reduce((best, next) => (count(next) > count(best) ? next : best));
}

function* readRows(text: string, delimiter: string, path: string): Generator<ListRow> {
  let [at, line] = [0, 1];
  while (at < text.length) {
    const row: ListRow = { cells: [], line };
    for (;;) {
      const quoted = /^[ ]*"/.test(text.slice(at, at + 8));
      const [cell, end] = quoted ? readQuoted(text, text.indexOf('"', at), delimiter, path, line) : readPlain(text, at, delimiter);
      line += countBreaks(text, at, end);
      row.cells.push(cell.trim());
      at = end;
      if (text[at] !== delimiter) break;
      at++;
    }
    yield row;
    if (text[at] === '\r' && text[at + 1] === '\n') at++;
    at++;
    line++;
  }
}

function readPlain(text: string, from: number, delimiter: string): [string, number] {
  let at = from;
  while (at < text.length && text[at] !== delimiter && text[at] !== '\n' && text[at] !== '\r') at++;
  return [text.slice(from, at), at];
}

function readQuoted(text: string, from: number, delimiter: string, path: string, line: number): [string, number] {
  let at = from + 1;
  for (; ; at++) {
    if (at >= text.length) throw invalid(path, line, 'a quoted cell is never closed', '"');
    if (text[at] !== '"') continue;
    if (text[at + 1] !== '"') break;
    at++;
  }
  const cell = text.slice(from + 1, at).replaceAll('""', '"');
  const [rest, end] = readPlain(text, at + 1, delimiter);
  if (rest.trim() !== '') throw invalid(path, line, 'text follows a quoted cell', 'the end of the cell');
  return [cell, end];
}

function countBreaks(text: string, from: number, to: number): number {
  let breaks = 0;
  for (let at = text.indexOf('\n', from); at >= 0 && at < to; at = text.indexOf('\n', at + 1)) breaks++;
  return breaks;
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
