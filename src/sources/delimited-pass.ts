import { isUtf8 } from 'node:buffer';
import { columnName } from '../clinical/header.js';
import type { DefectLog } from './table-defect.js';
import { checkLabels } from './table-labels.js';

/** What a strict pass found: column names in order, rows of data, cells with at least one character. */
export interface TableShape {
  labels: string[];
  rows: number;
  filled_cells: number;
  /** A cell holds a line break. */
  multiline: boolean;
}

/** A row beyond this is a quote that was never closed, or an attack. */
export const ROW_BYTES_MAX = 1 << 20;

const [TAB, LF, CR, QUOTE] = [0x09, 0x0a, 0x0d, 0x22];

/** What a byte means to the state machine. */
const enum ByteClass {
  Ordinary,
  Delimiter,
  Quote,
  LineFeed,
  CarriageReturn,
  Control,
}

/** Where the state machine stands. */
const enum State {
  CellStart,
  Unquoted,
  Quoted,
  /** After a quote inside a quoted cell: its end, or the first of two. */
  QuoteSeen,
  CarriageReturnSeen,
}

/**
 * The strict pass over delimited text (RFC 4180 with one delimiter and one kind of line end): every byte is looked at
 * once, every deviation is noted with its line. Data rows are handed on with LF line ends, without header and byte order
 * mark: what DuckDB reads is exactly what was judged here.
 */
export class DelimitedPass {
  private readonly classes: Uint8Array;
  private state = State.CellStart;
  private line = 1;
  private rowLine = 1;
  private quoteLine = 1;
  /** Cells of the current row that are complete. */
  private cells = 0;
  private cellBytes = 0;
  private cellQuoted = false;
  private rowBytes = 0;
  private filledCells = 0;
  private rows = 0;
  private multiline = false;
  private labels: string[] | null = null;
  private header: Buffer[] = [];
  private lineEnd: 'LF' | 'CRLF' | null = null;
  private first = true;
  /** Start of what was not yet handed on, in the current chunk. */
  private from = 0;

  /** `write` takes the bytes of data rows; they are only valid during the call. */
  constructor(
    private readonly delimiter: ',' | '\t',
    private readonly defects: DefectLog,
    private readonly write: (bytes: Uint8Array) => void,
  ) {
    this.classes = classify(delimiter);
  }

  /** Takes the next bytes, cut between two characters. */
  push(chunk: Buffer): void {
    if (chunk.length === 0) return;
    const bytes = this.first && chunk.subarray(0, 3).equals(Buffer.from([0xef, 0xbb, 0xbf])) ? chunk.subarray(3) : chunk;
    this.first = false;
    if (!isUtf8(bytes)) this.noteEncoding(bytes);
    this.from = 0;
    this.scan(bytes);
    this.handOn(bytes, bytes.length);
  }

  /** Ends the text. */
  end(): TableShape {
    if (this.state === State.Quoted)
      this.defects.add('SCH-001', 'A quoted cell is never closed.', { line: this.quoteLine, column: this.label() });
    if (this.state === State.CarriageReturnSeen) this.noteLoneReturn();
    if (this.rowBytes + this.cellBytes > 0) {
      if (this.labels !== null) this.write(Buffer.from('\n'));
      this.endCell();
      this.endRow(Buffer.alloc(0), 0);
    }
    if (this.labels === null) this.defects.add('SCH-002', 'The file is empty: it has no line with column names.');
    return { labels: this.labels ?? [], rows: this.rows, filled_cells: this.filledCells, multiline: this.multiline };
  }

  private scan(bytes: Buffer): void {
    const classes = this.classes;
    let state: State = this.state;
    for (let at = 0; at < bytes.length; at++) {
      const kind = classes[bytes[at] as number] as ByteClass;
      if (kind === ByteClass.Ordinary && (state === State.Unquoted || state === State.Quoted)) {
        this.cellBytes += 1;
        continue;
      }
      this.state = state;
      this.step(kind, bytes, at);
      state = this.state;
    }
  }

  /** One byte that is not simply more of the same cell. */
  private step(kind: ByteClass, bytes: Buffer, at: number): void {
    if (kind === ByteClass.Control) this.noteControl(bytes[at] as number);
    if (this.state === State.Quoted) return this.stepQuoted(kind);
    if (this.state === State.CarriageReturnSeen) {
      if (kind === ByteClass.LineFeed) return this.endLine(bytes, at, 'CRLF');
      this.noteLoneReturn();
      this.state = State.Unquoted;
    }
    switch (kind) {
      case ByteClass.Delimiter:
        this.rowBytes += 1;
        return this.endCell();
      case ByteClass.LineFeed:
        return this.endLine(bytes, at, 'LF');
      case ByteClass.CarriageReturn:
        this.handOn(bytes, at);
        this.from = at + 1;
        this.rowBytes += 1;
        this.state = State.CarriageReturnSeen;
        return;
      case ByteClass.Quote:
        return this.stepQuote();
      default:
        if (this.state === State.QuoteSeen) this.note('SCH-001', 'A quoted cell goes on after its closing quote.');
        this.state = State.Unquoted;
        this.cellBytes += 1;
    }
  }

  private stepQuoted(kind: ByteClass): void {
    if (kind === ByteClass.Quote) {
      this.state = State.QuoteSeen;
      return;
    }
    if (kind === ByteClass.LineFeed) {
      this.line += 1;
      this.multiline = true;
    } else if (kind === ByteClass.CarriageReturn) this.multiline = true;
    this.cellBytes += 1;
  }

  /** A quote outside a quoted cell, or right after one inside it. */
  private stepQuote(): void {
    if (this.state === State.QuoteSeen) {
      this.cellBytes += 1;
      this.state = State.Quoted;
    } else if (this.state === State.CellStart) {
      this.cellQuoted = true;
      this.rowBytes += 1;
      this.quoteLine = this.line;
      this.state = State.Quoted;
    } else {
      this.note('SCH-001', 'A quote stands inside a cell that is not quoted.');
      this.cellBytes += 1;
    }
  }

  private endCell(): void {
    if (this.cellBytes > 0) this.filledCells += 1;
    this.rowBytes += this.cellBytes;
    this.cells += 1;
    this.cellBytes = 0;
    this.cellQuoted = false;
    this.state = State.CellStart;
  }

  private endLine(bytes: Buffer, at: number, lineEnd: 'LF' | 'CRLF'): void {
    this.lineEnd ??= lineEnd;
    if (lineEnd !== this.lineEnd) this.defects.add('SCH-001', 'The lines end in two ways.', { line: this.line, expected: this.lineEnd, found: lineEnd });
    const wasBlank = !this.cellQuoted && this.cells === 0 && this.cellBytes === 0;
    this.endCell();
    if (wasBlank && this.labels?.length === 1) {
      // DuckDB would skip an empty line; in a table of one column it is a row with an empty cell.
      this.handOn(bytes, at);
      this.from = at;
      this.write(Buffer.from('""'));
    }
    this.endRow(bytes, at, wasBlank);
    this.line += 1;
    this.rowLine = this.line;
  }

  private endRow(bytes: Buffer, at: number, wasBlank = false): void {
    if (this.rowBytes > ROW_BYTES_MAX) this.defects.add('SCH-001', `A row is longer than ${ROW_BYTES_MAX} bytes.`, { line: this.rowLine });
    if (this.labels === null) this.endHeader(bytes, at);
    else {
      this.rows += 1;
      const expected = this.labels.length;
      if (wasBlank && expected > 1) this.defects.add('SCH-003', 'A line is blank.', { line: this.rowLine, expected: `${expected} cells`, found: 'none' });
      else if (this.cells !== expected)
        this.defects.add('SCH-003', 'A row has not as many cells as there are columns.', { line: this.rowLine, expected: `${expected} cells`, found: `${this.cells} cells` });
    }
    this.cells = 0;
    this.rowBytes = 0;
  }

  private endHeader(bytes: Buffer, at: number): void {
    this.header.push(Buffer.from(bytes.subarray(this.from, at)));
    const text = Buffer.concat(this.header).toString('utf8');
    this.header = [];
    this.labels = splitHeader(text, this.delimiter).map(columnName);
    this.filledCells = 0;
    this.multiline = false;
    this.from = at + 1;
    checkLabels(this.labels, this.defects);
    const other = [';', '|', '\t', ','].find((candidate) => this.labels?.length === 1 && text.includes(candidate));
    if (other !== undefined)
      this.defects.add('SCH-001', 'The columns seem to be separated by another character.', { line: 1, expected: JSON.stringify(this.delimiter), found: JSON.stringify(other) });
  }

  /** Passes on what was read up to `end`: to the header or to the rows. */
  private handOn(bytes: Buffer, end: number): void {
    if (end <= this.from) return;
    if (this.labels === null) this.header.push(Buffer.from(bytes.subarray(this.from, end)));
    else if (this.defects.count === 0) this.write(bytes.subarray(this.from, end));
    this.from = end;
  }

  private noteEncoding(bytes: Buffer): void {
    let line = this.line;
    for (let at = 0; at < bytes.length; line++) {
      const next = bytes.indexOf(LF, at);
      const end = next === -1 ? bytes.length : next + 1;
      if (!isUtf8(bytes.subarray(at, end))) this.defects.add('SCH-001', 'The text is not UTF-8.', { line, expected: 'UTF-8' });
      at = end;
    }
  }

  private noteControl(byte: number): void {
    const found = `U+${byte.toString(16).toUpperCase().padStart(4, '0')}`;
    this.defects.add('SCH-001', 'A control character stands in the text.', { line: this.line, column: this.label(), found });
  }

  private noteLoneReturn(): void {
    this.note('SCH-001', 'A carriage return stands alone: lines end with LF or CRLF.');
  }

  private note(code: 'SCH-001', message: string): void {
    this.defects.add(code, message, { line: this.line, column: this.label() });
  }

  /** Name of the column that the current cell is in. */
  private label(): string | null {
    return this.labels?.[this.cells] ?? null;
  }
}

function classify(delimiter: ',' | '\t'): Uint8Array {
  const classes = new Uint8Array(256);
  for (let byte = 0; byte < 0x20; byte++) classes[byte] = ByteClass.Control;
  classes[TAB] = ByteClass.Ordinary;
  classes[LF] = ByteClass.LineFeed;
  classes[CR] = ByteClass.CarriageReturn;
  classes[QUOTE] = ByteClass.Quote;
  classes[delimiter.charCodeAt(0)] = ByteClass.Delimiter;
  return classes;
}

/** Cells of one line whose quotes the state machine has already judged. */
function splitHeader(text: string, delimiter: string): string[] {
  const labels: string[] = [];
  for (let at = 0; at <= text.length; ) {
    let label = '';
    if (text[at] === '"') {
      const cell = /"((?:[^"]|"")*)"?([^]*?)/y;
      cell.lastIndex = at;
      const found = cell.exec(text);
      label = (found?.[1] ?? '').replaceAll('""', '"');
      at = found === null ? text.length : cell.lastIndex;
    }
    const end = text.indexOf(delimiter, at);
    label += text.slice(at, end === -1 ? text.length : end);
    labels.push(label);
    at = end === -1 ? text.length + 1 : end + delimiter.length;
  }
  return labels;
}
