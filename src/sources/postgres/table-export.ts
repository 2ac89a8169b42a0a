import type { FieldDef } from 'pg';
import { ROW_BYTES_MAX } from '../delimited-pass.js';
import { JsonDefect } from '../json-record.js';
import type { ListSplitter } from '../list-cell.js';
import type { PartFile } from '../part-file.js';
import { unreadable, type UnreadPlace } from '../unreadable.js';
import { cellTexts, csvCell, type CellText } from './cell-text.js';
import type { RowReader } from './registry.js';
import { rowTooLong } from './registry-failure.js';

/** Lines are handed to the file when there are as many characters of them. */
const TEXT_CHARS = 1 << 16;

/** Writes the rows of a query as CSV with a header (RFC 4180), an empty text apart from no value. */
export class TableExport implements RowReader {
  #names: string[] = [];
  #texts: (CellText | null)[] = [];
  #text = '';
  /** Empty texts, which a clinical table takes for no value, as in a file. */
  empty_texts = 0;

  /** @param arrays see `cellTexts` */
  constructor(
    readonly place: UnreadPlace & { table: string },
    readonly file: PartFile,
    readonly arrays: ReadonlyMap<number, number>,
    readonly splitter: ListSplitter,
  ) {}

  begin(fields: readonly FieldDef[]): void {
    if (fields.length === 0) throw unreadable(this.place, 'its query gives no columns', 'Name the columns in the query.');
    this.#names = fields.map(({ name }) => name);
    this.#texts = cellTexts(fields, this.arrays, this.splitter);
    this.#text = `${this.#names.map(csvCell).join(',')}\n`;
  }

  row(values: readonly (string | null)[], row: number): void {
    let line = '';
    for (let column = 0; column < values.length; column++) {
      const value = values[column] ?? null;
      if (value === '') this.empty_texts += 1;
      if (column > 0) line += ',';
      line += value === null ? '' : csvCell(this.#cell(column, value, row));
    }
    // A character takes up to three bytes, so most lines need no count.
    if (line.length * 3 > ROW_BYTES_MAX && Buffer.byteLength(line) > ROW_BYTES_MAX) throw rowTooLong(this.place, row);
    this.#text += `${line}\n`;
    if (this.#text.length >= TEXT_CHARS) this.end();
  }

  /** Hands what is left to the file. */
  end(): void {
    this.file.write(Buffer.from(this.#text));
    this.#text = '';
  }

  #cell(column: number, value: string, row: number): string {
    const text = this.#texts[column];
    if (text === null || text === undefined) return value;
    try {
      return text(value);
    } catch (error) {
      if (!(error instanceof JsonDefect)) throw error;
      throw unreadable(this.place, `in its row ${row}, column ${JSON.stringify(this.#names[column])}, ${error.message}`, 'Name another list_separator for the source, or join the list in the query: array_to_string(column, separator).');
    }
  }
}
