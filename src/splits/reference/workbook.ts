import readXlsx from 'read-excel-file/node';
import { CurationError } from '../../errors.js';
import { packZip, unpackZip } from './zip-archive.js';

/** A cell of a sheet: a text, a number, a date, a truth value, or null when it is empty. */
export type SheetCell = string | number | boolean | Date | null;

/** A sheet of a workbook. */
export interface WorkbookSheet {
  name: string;
  /** Rows from the first on; they may differ in length. */
  rows: SheetCell[][];
}

/** A workbook of populations is small: the largest of MIDRC has 140 KB unpacked. */
const MAX_FILES = 256;
const MAX_BYTES = 16 * 1024 * 1024;
const MAX_ROWS = 10_000;
const MAX_COLUMNS = 1024;

/**
 * Reads every sheet of an XLSX workbook. The archive is unpacked and judged here, and only what a reader needs of it is
 * handed on: the reader behind believes declared lengths and fills the gap up to any row that a cell names.
 * @param source name of the file for messages
 * @throws {CurationError} SOURCE_UNREADABLE
 */
export async function readWorkbook(bytes: Buffer, source: string): Promise<WorkbookSheet[]> {
  let sheets: { sheet: string; data: unknown }[];
  try {
    const files = unpackZip(bytes, { entries: MAX_FILES, bytes: MAX_BYTES });
    const needed = new Map([...files].filter(([name]) => /^xl\/[A-Za-z0-9_./ -]+\.(xml|rels)$/.test(name)));
    assertGrid([...needed.values()]);
    sheets = await readXlsx(packZip(needed));
  } catch (error) {
    throw unreadable(source, error);
  }
  return sheets.map(({ sheet, data }) => {
    if (!Array.isArray(data)) throw unreadable(source, new Error(`its sheet ${JSON.stringify(sheet)} is missing`));
    return { name: String(sheet), rows: data as SheetCell[][] };
  });
}

/** Every `r` of a row or cell must be a plain address within the limits, and there must not be more rows than the limit. */
function assertGrid(documents: readonly Buffer[]): void {
  let rows = 0;
  for (const document of documents) {
    const text = document.toString('utf8');
    rows += (text.match(/<(?:[^\s<>/:]+:)?row\b/g) ?? []).length;
    if (rows > MAX_ROWS) throw new Error(`it has more than ${MAX_ROWS} rows`);
    if (!/<(?:[^\s<>/:]+:)?sheetData\b/.test(text)) continue;
    for (const [, quoted] of text.matchAll(/(?<!\sxmlns:)\br\s*=\s*("[^"]*"|'[^']*')/g)) assertAddress(quoted!.slice(1, -1));
  }
}

function assertAddress(address: string): void {
  const [, letters, digits] = /^([A-Z]{0,3})([0-9]{1,7})$/.exec(address) ?? [];
  if (letters === undefined || digits === undefined) throw new Error('a cell of it has no plain address');
  let column = 0;
  for (const letter of letters) column = column * 26 + letter.charCodeAt(0) - 64;
  if (Number(digits) > MAX_ROWS) throw new Error(`it has a cell below row ${MAX_ROWS}`);
  if (column > MAX_COLUMNS) throw new Error(`it has a cell beyond column ${MAX_COLUMNS}`);
}

function unreadable(source: string, error: unknown): CurationError {
  const reason = error instanceof Error ? error.message : String(error);
  return new CurationError('SOURCE_UNREADABLE', `${source} cannot be read as a workbook: ${reason}`, {
    cause: error,
    expected: `an XLSX file of at most ${MAX_ROWS} rows, ${MAX_COLUMNS} columns and ${MAX_BYTES / 1024 / 1024} MiB unpacked`,
    suggestions: ['Save it again as .xlsx, or write its table as CSV with the columns variable, category, value.'],
  });
}
