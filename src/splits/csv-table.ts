import type { CsvRow } from './csv-row.js';

/**
 * Reads a CSV file of other people's making, strictly (RFC 4180): a byte order mark, CRLF or LF line ends and needless quotes
 * are taken; a quote that never closes and text around a quoted cell are not. Empty lines are passed over.
 * @throws {Error} with the line and the reason
 */
export function* readCsvTable(text: string): Generator<CsvRow> {
  let at = text.charCodeAt(0) === 0xfeff ? 1 : 0;
  let line = 1;
  while (at < text.length) {
    const firstLine = line;
    const cells: string[] = [];
    for (;;) {
      const end = text[at] === '"' ? closingQuote(text, at, firstLine) + 1 : cellEnd(text, at);
      const cell = text[at] === '"' ? text.slice(at + 1, end - 1).replaceAll('""', '"') : text.slice(at, end);
      if (text[at] !== '"' && cell.includes('"')) throw new Error(`line ${line}: a quote within a cell that does not begin with one`);
      for (let feed = text.indexOf('\n', at); feed >= 0 && feed < end; feed = text.indexOf('\n', feed + 1)) line++;
      cells.push(cell);
      at = end;
      if (text[at] !== ',') break;
      at++;
    }
    if (at < text.length && text[at] !== '\n' && text[at] !== '\r') throw new Error(`line ${line}: text behind a quoted cell`);
    at += text.startsWith('\r\n', at) ? 2 : 1;
    line++;
    if (cells.length > 1 || cells[0] !== '') yield { cells, line: firstLine };
  }
}

function cellEnd(text: string, from: number): number {
  let at = from;
  while (at < text.length && text[at] !== ',' && text[at] !== '\n' && text[at] !== '\r') at++;
  return at;
}

function closingQuote(text: string, from: number, line: number): number {
  for (let at = text.indexOf('"', from + 1); at >= 0; at = text.indexOf('"', at + 2)) if (text[at + 1] !== '"') return at;
  throw new Error(`line ${line}: a quote that is never closed`);
}
