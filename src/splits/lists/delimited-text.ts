/** A row of a text that people or spreadsheets wrote, with the line that it begins on (1 = first line of the file). */
export interface DelimitedRow {
  cells: string[];
  line: number;
}

/** Where and why a text cannot be read as rows; whoever reads it says of which file. */
export class DelimitedTextError extends Error {
  constructor(
    /** 1 = first line of the file. */
    readonly line: number,
    /** A clause: `a quoted cell is never closed`. */
    readonly reason: string,
    readonly expected: string,
  ) {
    super(`line ${line}: ${reason}`);
  }
}

/**
 * Reads rows as others write them (RFC 4180, and what spreadsheets make of it): with or without byte order mark, any line ends,
 * comma, tab or semicolon (whichever the first line has most of), blanks around cells taken away. Rows without any value are
 * passed over. A quote that never closes and text behind a quoted cell are errors: read on, they would swallow rows.
 * @throws {DelimitedTextError}
 */
export function* readDelimitedRows(text: string): Generator<DelimitedRow> {
  const start = text.startsWith('\ufeff') ? 1 : 0;
  const end = text.slice(start).search(/[\r\n]/);
  const delimiter = chooseDelimiter(end < 0 ? text.slice(start) : text.slice(start, start + end));
  let [at, line] = [start, 1];
  while (at < text.length) {
    const row: DelimitedRow = { cells: [], line };
    for (;;) {
      const quoted = /^ *"/.test(text.slice(at, at + 8));
      const [cell, next] = quoted ? readQuoted(text, text.indexOf('"', at), delimiter, line) : readPlain(text, at, delimiter);
      line += countBreaks(text, at, next);
      row.cells.push(cell.trim());
      at = next;
      if (text[at] !== delimiter) break;
      at++;
    }
    if (row.cells.some((cell) => cell !== '')) yield row;
    if (text[at] === '\r' && text[at + 1] === '\n') at++;
    at++;
    line++;
  }
}

function chooseDelimiter(line: string): string {
  const count = (delimiter: string): number => line.split(delimiter).length;
  return [',', '\t', ';'].reduce((best, next) => (count(next) > count(best) ? next : best));
}

function readPlain(text: string, from: number, delimiter: string): [string, number] {
  let at = from;
  while (at < text.length && text[at] !== delimiter && text[at] !== '\n' && text[at] !== '\r') at++;
  return [text.slice(from, at), at];
}

function readQuoted(text: string, from: number, delimiter: string, line: number): [string, number] {
  let at = from + 1;
  for (; ; at++) {
    if (at >= text.length) throw new DelimitedTextError(line, 'a quoted cell is never closed', '"');
    if (text[at] !== '"') continue;
    if (text[at + 1] !== '"') break;
    at++;
  }
  const cell = text.slice(from + 1, at).replaceAll('""', '"');
  const [rest, end] = readPlain(text, at + 1, delimiter);
  if (rest.trim() !== '') throw new DelimitedTextError(line, 'text follows a quoted cell', 'the end of the cell');
  return [cell, end];
}

function countBreaks(text: string, from: number, to: number): number {
  let breaks = 0;
  for (let at = text.indexOf('\n', from); at >= 0 && at < to; at = text.indexOf('\n', at + 1)) breaks++;
  return breaks;
}
