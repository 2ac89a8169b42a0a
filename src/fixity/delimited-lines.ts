import { CurationError } from '../errors.js';
import { readLines } from './lines.js';

/** Takes what is wrong with a line. */
export interface DefectLog {
  defect(line: number, message: string, details?: { expected?: string; found?: string }): void;
}

/** Takes the rows of a table: its column names first, in lower case, then each row with its line. */
export interface RowReader {
  onColumns(columns: readonly string[]): void;
  onRow(cells: readonly string[], line: number): void;
}

/**
 * Reads a table of one row a line, separated by tabs or commas, whichever its first line has more of; cells may be quoted (RFC 4180) and
 * hold no line end. A row with another number of cells is told and passed over.
 * @throws {CurationError} MANIFEST_INVALID when there is no line of column names
 * @throws {UnreadableFileError}
 */
export function readDelimitedLines(path: string, log: DefectLog, reader: RowReader): void {
  let delimiter = '';
  let width = 0;
  readLines(path, ({ text, number, defect }) => {
    const line = number === 1 ? text.replace(/^\ufeff/, '') : text;
    if (line.trim() === '') return;
    if (defect === 'not-utf8' || defect === 'too-long') return log.defect(number, defect === 'too-long' ? 'The line is too long.' : 'The line is not UTF-8.');
    if (width === 0) {
      delimiter = line.split('\t').length >= line.split(',').length ? '\t' : ',';
      const columns = (splitRow(line, delimiter) ?? []).map((name) => name.trim().toLowerCase());
      width = columns.length;
      return reader.onColumns(columns);
    }
    const cells = splitRow(line, delimiter);
    if (cells === null) log.defect(number, 'A quoted cell is never closed, or text follows it.');
    else if (cells.length !== width) log.defect(number, 'The row has another number of cells than the first line.', { expected: String(width), found: String(cells.length) });
    else reader.onRow(cells.map((cell) => cell.trim()), number);
  });
  if (width === 0) throw new CurationError('MANIFEST_INVALID', `${path} is empty.`, { expected: 'a line of column names, then one row a file', suggestions: ['Download the table again from where it was made.'] });
}

/** The cells of a line; null when its quotes are not in order. */
function splitRow(line: string, delimiter: string): string[] | null {
  if (!line.includes('"')) return line.split(delimiter);
  const cells: string[] = [];
  for (let at = 0; ; at++) {
    const end = line[at] === '"' ? closingQuote(line, at + 1) : indexOrEnd(line, delimiter, at);
    if (end === -1) return null;
    const quoted = line[at] === '"';
    cells.push(quoted ? line.slice(at + 1, end).replaceAll('""', '"') : line.slice(at, end));
    at = quoted ? end + 1 : end;
    if (at >= line.length) return cells;
    if (line[at] !== delimiter) return null;
  }
}

function indexOrEnd(line: string, delimiter: string, from: number): number {
  const at = line.indexOf(delimiter, from);
  return at === -1 ? line.length : at;
}

function closingQuote(line: string, from: number): number {
  for (let at = line.indexOf('"', from); at !== -1; at = line.indexOf('"', at + 2)) if (line[at + 1] !== '"') return at;
  return -1;
}
