/** One row of an RFC 4180 text with LF line ends. */
export interface CsvRow {
  cells: string[];
  /** Line of its first character, 1 = first line of the text. */
  line: number;
}

/** Writes one row, without line end; a cell is quoted when it must be (RFC 4180 §2.5-2.7), so there is one way only. */
export function formatCsvRow(cells: readonly string[]): string {
  return cells.map((cell) => (/[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell)).join(',');
}

/**
 * Reads rows as `formatCsvRow` writes them. Returns as far as it gets: whoever needs to know that a row was written any
 * other way formats it again and compares.
 */
export function* parseCsvRows(text: string): Generator<CsvRow & { end: number; start: number }> {
  let at = 0;
  let line = 1;
  while (at < text.length) {
    const start = at;
    const firstLine = line;
    const cells: string[] = [];
    for (;;) {
      let cell: string;
      [cell, at] = text[at] === '"' ? readQuoted(text, at) : readPlain(text, at);
      cells.push(cell);
      if (text[at] !== ',') break;
      at++;
    }
    for (let seen = start; (seen = text.indexOf('\n', seen)) >= 0 && seen < at; seen++) line++;
    yield { cells, line: firstLine, start, end: at };
    if (at < text.length) at++;
    line++;
  }
}

function readPlain(text: string, from: number): [string, number] {
  let at = from;
  while (at < text.length && text[at] !== ',' && text[at] !== '\n') at++;
  return [text.slice(from, at), at];
}

/** A quoted cell up to its closing quote, with whatever stands between that and the next comma or line end. */
function readQuoted(text: string, from: number): [string, number] {
  let at = from + 1;
  for (; at < text.length; at++) {
    if (text[at] !== '"') continue;
    if (text[at + 1] !== '"') break;
    at++;
  }
  const cell = text.slice(from + 1, at).replaceAll('""', '"');
  const [rest, end] = readPlain(text, Math.min(at + 1, text.length));
  return [cell + rest, end];
}
