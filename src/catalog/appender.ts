import type { DuckDBAppender } from '@duckdb/node-api';
import { DuckDBDateValue, DuckDBTypeId, LIST, listValue, VARCHAR } from './duckdb.js';
import { wrapDuckDBError } from './failure.js';

const DAY_MS = 86_400_000;

/** A cell of a bulk load: text, a list of texts, a number or a bigint for an integer column, `YYYY-MM-DD` for a date, null for NULL. */
export type AppendedCell = string | number | bigint | boolean | null | readonly string[];

type CellWriter = (appender: DuckDBAppender, value: Exclude<AppendedCell, null>) => void;

const WRITERS = new Map<DuckDBTypeId, CellWriter>([
  [DuckDBTypeId.VARCHAR, (appender, value) => appender.appendVarchar(value as string)],
  [DuckDBTypeId.BIGINT, (appender, value) => appender.appendBigInt(BigInt(value as string | number | bigint))],
  [DuckDBTypeId.UBIGINT, (appender, value) => appender.appendUBigInt(BigInt(value as string | number | bigint))],
  [DuckDBTypeId.INTEGER, (appender, value) => appender.appendInteger(Number(value))],
  [DuckDBTypeId.DOUBLE, (appender, value) => appender.appendDouble(Number(value))],
  [DuckDBTypeId.DATE, (appender, value) => appender.appendDate(new DuckDBDateValue(Date.parse(String(value)) / DAY_MS))],
  [DuckDBTypeId.LIST, (appender, value) => appender.appendList(listValue(value as readonly string[]), LIST(VARCHAR))],
  [DuckDBTypeId.BOOLEAN, (appender, value) => appender.appendBoolean(value === true)],
]);

/** Bulk load into one table: a hundred times faster than INSERT. Rows are visible after `flush`. */
export class TableAppender {
  private readonly writers: CellWriter[];

  constructor(
    private readonly appender: DuckDBAppender,
    private readonly path: string,
  ) {
    this.writers = Array.from({ length: appender.columnCount }, (_, column) => {
      const type = appender.columnType(column);
      return WRITERS.get(type.typeId) ?? ((target, value) => target.appendValue(value as string, type));
    });
  }

  /** Appends one row; the cells are in the order of the table's columns. */
  appendRow(cells: readonly AppendedCell[]): void {
    if (cells.length !== this.writers.length) throw new Error(`${cells.length} cells for ${this.writers.length} columns`);
    for (let column = 0; column < cells.length; column++) {
      const cell = cells[column];
      if (cell === null || cell === undefined) this.appender.appendNull();
      else (this.writers[column] as CellWriter)(this.appender, cell);
    }
    this.appender.endRow();
  }

  /** Hands the rows appended so far to the database, inside the current transaction. */
  flush(): void {
    this.guard(() => this.appender.flushSync());
  }

  /** Flushes and ends the load. */
  close(): void {
    this.guard(() => this.appender.closeSync());
  }

  private guard(work: () => void): void {
    try {
      work();
    } catch (error) {
      throw wrapDuckDBError(error, 'adding rows to the catalog', this.path);
    }
  }
}
