import { readFile, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { CurationError, systemErrorCode, wrapSystemError } from '../../errors.js';
import { sha256Hex } from '../../fixity/digest.js';
import { DelimitedTextError, readDelimitedRows } from '../lists/delimited-text.js';
import { readReferenceTable, type ReferenceTable } from './table.js';
import { readWorkbook } from './workbook.js';

/** How a population is made up, variable by variable. */
export interface ReferencePopulation {
  /** Name of the file without its folder, with `#` and the row that was asked for. */
  source: string;
  /** Of the file's bytes, hex. */
  sha256: string;
  /** Shares, percentages or counts of the categories, as the file gives them: 0 or more, and not all 0. */
  variables: ReadonlyMap<string, ReadonlyMap<string, number>>;
  /** Date of the row that a variable was taken from, YYYY-MM-DD; variables without dates are not in it. */
  dates: ReadonlyMap<string, string>;
}

/** A file of populations is a few kilobytes; this keeps a wrong path from being read as one. */
const MAX_FILE_BYTES = 16 * 1024 * 1024;

/**
 * Reads a reference population from a CSV file or an XLSX workbook (`parseReference` tells the forms).
 * @param path of the file; `#2023-03-31` behind it takes that row of dated tables instead of the last one
 * @throws {CurationError} SOURCE_MISSING, SOURCE_UNREADABLE, IO_FAILED
 */
export async function readReference(path: string): Promise<ReferencePopulation> {
  const [, file, row] = /^(.*\.(?:csv|xlsx))#(.+)$/is.exec(path) ?? [null, path, null];
  try {
    const { size } = await stat(file!);
    if (size > MAX_FILE_BYTES) throw defect(basename(file!), `it has ${size} bytes, more than ${MAX_FILE_BYTES}`);
    return await parseReference(await readFile(file!), basename(file!), row!);
  } catch (error) {
    if (systemErrorCode(error) !== 'ENOENT') throw wrapSystemError(error, 'reading the reference population', file!);
    throw new CurationError('SOURCE_MISSING', `There is no reference population at ${file}.`, {
      cause: error,
      suggestions: ['In colophon.yaml a path is relative to the workspace (reference: reference/census.xlsx), on the command line to the current folder.'],
    });
  }
}

/**
 * Reads the bytes of a reference population: a table in CSV (UTF-8, commas), or a workbook with a sheet a variable or one
 * long table. Sheets without numbers are passed over.
 * @param name of the file; its ending tells the format
 * @param row date or first cell of the row to take of wide tables; null for the last date
 * @throws {CurationError} SOURCE_UNREADABLE
 */
export async function parseReference(bytes: Buffer, name: string, row: string | null = null): Promise<ReferencePopulation> {
  const tables = await readTables(bytes, name);
  const variables = new Map<string, ReadonlyMap<string, number>>();
  const dates = new Map<string, string>();
  for (const table of tables) {
    const where = table.name === null ? '' : `sheet ${JSON.stringify(table.name)}: `;
    let reading;
    try {
      reading = readReferenceTable(table, row);
    } catch (error) {
      throw defect(name, `${where}${error instanceof Error ? error.message : String(error)}`, error);
    }
    for (const [variable, values] of reading?.variables ?? []) {
      if (variables.has(variable)) throw defect(name, `${where}it gives ${JSON.stringify(variable)} a second time`);
      variables.set(variable, values);
      if (reading!.date !== null) dates.set(variable, reading!.date);
    }
  }
  if (variables.size === 0) throw defect(name, 'it holds no table with numbers');
  return { source: row === null ? name : `${name}#${row}`, sha256: sha256Hex(bytes), variables, dates };
}

function readTables(bytes: Buffer, name: string): Promise<ReferenceTable[]> | ReferenceTable[] {
  if (/\.xlsx$/i.test(name)) return readWorkbook(bytes, name);
  if (/\.csv$/i.test(name)) return [{ name: null, rows: readCsv(bytes, name) }];
  throw defect(name, 'its name ends neither in .csv nor in .xlsx');
}

function readCsv(bytes: Buffer, name: string): string[][] {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (error) {
    throw defect(name, 'it is not UTF-8', error);
  }
  try {
    return [...readDelimitedRows(text)].map(({ cells }) => cells);
  } catch (error) {
    if (error instanceof DelimitedTextError) throw defect(name, error.message, error);
    throw error;
  }
}

function defect(name: string, reason: string, cause?: unknown): CurationError {
  return new CurationError('SOURCE_UNREADABLE', `${name} is no reference population: ${reason}.`, {
    cause,
    expected: 'CSV or XLSX: columns variable, category, value; or categories as headers with a row of values, in a workbook a sheet a variable',
    suggestions: ['Correct the file, or write the table as CSV with the columns variable, category, value.'],
  });
}
