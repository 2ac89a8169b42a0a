import { isUtf8 } from 'node:buffer';
import type { ListSplitter } from './list-cell.js';
import { joinList } from './list-cell.js';
import { ROW_BYTES_MAX, type TableShape } from './delimited-pass.js';
import { JsonDefect, parseJsonRecord } from './json-record.js';
import type { DefectLog } from './table-defect.js';
import { checkLabels } from './table-labels.js';

const [LF, QUOTE, BACKSLASH, COMMA, OPEN_LIST, CLOSE_LIST, OPEN_OBJECT, CLOSE_OBJECT] = [0x0a, 0x22, 0x5c, 0x2c, 0x5b, 0x5d, 0x7b, 0x7d];
const BLANKS = new Set([0x20, 0x09, 0x0a, 0x0d]);

/** Where the pass stands between the objects of an array. */
type Place = 'start' | 'first' | 'next' | 'object' | 'separator' | 'end';

/**
 * The strict pass over JSON: an array of objects, or one object a line (NDJSON). Each object becomes a row of quoted CSV;
 * columns are the keys in the order in which they first appear, so rows may end before later columns.
 */
export class JsonPass {
  private place: Place;
  private readonly object: Buffer[] = [];
  private objectBytes = 0;
  private depth = 0;
  private inText = false;
  private escaped = false;
  private line = 1;
  private objectLine = 1;
  private lastLine = 0;
  private broken = false;
  private first = true;
  private readonly columns = new Map<string, number>();
  private rows = 0;
  private filledCells = 0;
  private multiline = false;

  constructor(
    private readonly lines: boolean,
    private readonly splitter: ListSplitter,
    private readonly defects: DefectLog,
    private readonly write: (bytes: Uint8Array) => void,
  ) {
    this.place = lines ? 'next' : 'start';
  }

  /** Takes the next bytes, cut between two characters. */
  push(chunk: Buffer): void {
    if (this.broken || chunk.length === 0) return;
    const bytes = this.first && chunk.subarray(0, 3).equals(Buffer.from([0xef, 0xbb, 0xbf])) ? chunk.subarray(3) : chunk;
    this.first = false;
    if (!isUtf8(bytes)) return this.stop('The text is not UTF-8.');
    let from = 0;
    for (let at = 0; at < bytes.length && !this.broken; at++) {
      const byte = bytes[at] as number;
      if (byte === LF) this.line += 1;
      if (this.place !== 'object') {
        if (BLANKS.has(byte)) continue;
        this.stepBetween(byte);
        from = at;
      } else if (this.stepInside(byte)) {
        this.keep(bytes.subarray(from, at + 1));
        this.endObject();
      }
    }
    if (this.place === 'object') this.keep(bytes.subarray(from));
  }

  /** Ends the text. */
  end(): TableShape {
    if (!this.broken && (this.place === 'object' || (!this.lines && this.place !== 'end'))) this.stop('The JSON text is cut off.');
    const labels = [...this.columns.keys()];
    if (labels.length === 0 && this.defects.count === 0) this.defects.add('SCH-002', 'The file has no object with at least one key: no columns.');
    checkLabels(labels, this.defects);
    return { labels, rows: this.rows, filled_cells: this.filledCells, multiline: this.multiline };
  }

  /** A byte outside all objects, no blank. */
  private stepBetween(byte: number): void {
    if (this.place === 'start' && byte === OPEN_LIST) this.place = 'first';
    else if (byte === OPEN_OBJECT && (this.place === 'next' || this.place === 'first')) this.beginObject();
    else if (byte === CLOSE_LIST && (this.place === 'first' || this.place === 'separator')) this.place = 'end';
    else if (byte === COMMA && this.place === 'separator') this.place = 'next';
    else this.stop(this.lines ? 'A line holds no JSON object.' : 'The text is no JSON array of objects.');
  }

  /** A byte of an object; true when it is its last. */
  private stepInside(byte: number): boolean {
    if (this.inText) {
      if (this.escaped) this.escaped = false;
      else if (byte === BACKSLASH) this.escaped = true;
      else if (byte === QUOTE) this.inText = false;
    } else if (byte === QUOTE) this.inText = true;
    else if (byte === OPEN_OBJECT) this.depth += 1;
    else if (byte === CLOSE_OBJECT) this.depth -= 1;
    else if (byte === LF && this.lines) this.stop('An object goes on after the end of its line.');
    return this.depth === 0;
  }

  private beginObject(): void {
    if (this.lines && this.line === this.lastLine) return this.stop('A line holds more than one object.');
    this.place = 'object';
    this.objectLine = this.line;
    this.depth = 1;
  }

  private keep(bytes: Buffer): void {
    this.objectBytes += bytes.length;
    if (this.objectBytes > ROW_BYTES_MAX) return this.stop(`An object is longer than ${ROW_BYTES_MAX} bytes.`);
    this.object.push(Buffer.from(bytes));
  }

  private endObject(): void {
    const text = Buffer.concat(this.object).toString('utf8');
    this.object.length = 0;
    this.objectBytes = 0;
    this.place = this.lines ? 'next' : 'separator';
    this.lastLine = this.line;
    try {
      this.writeRow(text);
    } catch (error) {
      if (!(error instanceof JsonDefect)) throw error;
      this.defects.add('SCH-001', `An object cannot be a row: ${error.message}.`, { line: this.objectLine, column: error.key });
    }
  }

  private writeRow(text: string): void {
    const cells: string[] = [];
    for (const [key, cell] of parseJsonRecord(text)) {
      const column = this.columns.get(key) ?? this.columns.size;
      this.columns.set(key, column);
      const value = Array.isArray(cell) ? joinList(key, cell, this.splitter) : (cell ?? '');
      if (value !== '') this.filledCells += 1;
      if (/[\r\n]/.test(value)) this.multiline = true;
      cells[column] = value;
    }
    this.rows += 1;
    if (this.defects.count > 0) return;
    const row = Array.from({ length: Math.max(1, this.columns.size) }, (_, column) => quoteCell(cells[column] ?? ''));
    this.write(Buffer.from(`${row.join(',')}\n`));
  }

  private stop(message: string): void {
    this.broken = true;
    this.defects.add('SCH-001', message, { line: this.line });
  }
}

function quoteCell(value: string): string {
  return `"${value.replaceAll('"', '""')}"`;
}
