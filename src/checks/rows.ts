import { parseCell } from '../clinical/cell.js';
import { compileRowValidator } from '../clinical/row-validator.js';
import type { ColumnSchema, RowDefect, TableSchema } from '../model/clinical.js';
import type { Check, CheckInput, ClinicalTable, Coverage, EncodedRows, FindingDraft } from './check.js';
import { isCode, type Code } from './codes.js';
import { showValue } from './mask.js';
import { judgedCodes } from './row-codes.js';
import { rowLocation } from './sql.js';

/** Rules that the schema of a table can hold its rows to. */
const ROW_CODES = [
  'SCH-004',
  'SCH-006',
  'SCH-007',
  'SCH-008',
  'SCH-009',
  'SCH-010',
  'SCH-011',
  'SCH-012',
  'SCH-013',
  'SCH-014',
  'SCH-015',
  'SCH-017',
  'SCH-018',
  'REF-002',
] as const satisfies readonly Code[];

/** SCH-004, SCH-006 to SCH-018 and the row part of REF-002: every row against the JSON Schema of its table, in one pass. */
export const rowCheck: Check = {
  codes: ROW_CODES,
  async *run(input: CheckInput, coverage: Coverage): AsyncGenerator<FindingDraft> {
    const reason = input.pack === null ? 'no schema is configured' : 'no loaded table has a column of that kind';
    for (const code of ROW_CODES) coverage.notApplicable(code, reason);
    for (const table of input.tables) {
      if (table.schema === null) continue;
      for (const code of judgedCodes(table.schema, table.columns)) coverage.looked(code, table.rows);
      yield* judgeRows(input, table, table.schema);
    }
  },
};

async function* judgeRows(input: CheckInput, table: ClinicalTable, schema: TableSchema): AsyncGenerator<FindingDraft> {
  const columns = schema.columns.filter(({ name }) => table.columns.includes(name));
  const names = columns.map(({ name }) => name);
  const validate = compileRowValidator(schema, { columns: names, latestYear: Number(input.today.slice(0, 4)) });
  const encoded = await input.catalog.encodedTable(table.raw, ['source', 'source_row', ...names], table.where);
  const reader = new RowReader(encoded, columns, schema.listSeparator);
  for await (const { rowCount, cells } of encoded.chunks()) {
    const drafts: FindingDraft[] = [];
    for (let index = 0; index < rowCount; index++) {
      const defects = validate(reader.read(cells, index));
      for (const defect of defects) drafts.push(rowDefect(table, reader, cells, index, defect));
    }
    yield* drafts;
  }
}

type Cells = (Uint16Array | Float64Array | string[])[];

/**
 * Turns encoded cells into row objects: one object, filled anew for each row, whose cells of few distinct values are
 * parsed once a value and assigned only when they change.
 */
class RowReader {
  private readonly row: Record<string, unknown> = {};
  private readonly decoded: (unknown[] | null)[];
  private readonly last: number[];
  /** Positions of the columns that have any value. */
  private readonly filled: number[];
  /** `source` and `source_row` come first. */
  private static readonly LEADING = 2;

  constructor(
    private readonly encoded: EncodedRows,
    private readonly columns: readonly ColumnSchema[],
    private readonly listSeparator: string,
  ) {
    this.decoded = columns.map((column, index) => {
      const values = encoded.columns[index + RowReader.LEADING]?.values ?? null;
      return values === null ? null : [undefined, ...values.map((text) => parseCell(text, column, listSeparator))];
    });
    this.last = columns.map(() => 0);
    this.filled = columns.map((_, at) => at).filter((at) => this.decoded[at]?.length !== 1);
    for (const { name } of columns) this.row[name] = undefined;
  }

  /** The row object of a row; valid until the next call. */
  read(cells: Cells, index: number): Record<string, unknown> {
    const { row, columns, decoded, last, filled } = this;
    for (const at of filled) {
      const cell = (cells[at + RowReader.LEADING] as Cells[number])[index] as number | string;
      if (typeof cell === 'string') row[(columns[at] as ColumnSchema).name] = parseCell(cell, columns[at] as ColumnSchema, this.listSeparator);
      else if (cell !== last[at]) {
        last[at] = cell;
        row[(columns[at] as ColumnSchema).name] = (decoded[at] as unknown[])[cell];
      }
    }
    return row;
  }

  /** The text of a cell as the file has it; empty when it is empty. */
  text(cells: Cells, index: number, column: string): string {
    const at = this.encoded.columns.findIndex(({ name }) => name === column);
    const cell = cells[at]?.[index] ?? '';
    const values = this.encoded.columns[at]?.values ?? null;
    return typeof cell === 'string' ? cell : values === null ? String(cell) : (values[cell - 1] ?? '');
  }
}

function rowDefect(table: ClinicalTable, reader: RowReader, cells: Cells, index: number, defect: RowDefect): FindingDraft {
  const text = (column: string): string => reader.text(cells, index, column);
  const value = defect.column === null ? '' : text(defect.column);
  const schema = table.schema?.columns.find(({ name }) => name === defect.column);
  const place = { source: text('source'), source_row: Number(text('source_row')), key: table.key === null ? null : text(table.key) };
  return {
    code: isCode(defect.code) ? defect.code : 'GATE-INCOMPLETE',
    message: `${defect.message}.`,
    location: rowLocation(table, place, defect.column ?? undefined),
    hint: defect.hint,
    expected: defect.expected,
    found: value === '' ? 'nothing' : showValue(value, schema),
    content: `${defect.message}\t${value}`,
  };
}
