import type { SheetCell } from './workbook.js';

/** Shares, percentages or counts of every category of a variable, as the source gives them. */
export type CategoryValues = Map<string, number>;

/** A table of a population as its rows stand: a sheet of a workbook or a CSV file. */
export interface ReferenceTable {
  /** Name of the sheet; null for a file that has no sheets. */
  name: string | null;
  rows: readonly (readonly SheetCell[])[];
}

/** What a table says of a population. */
export interface TableReading {
  variables: Map<string, CategoryValues>;
  /** Date of the row that was taken, YYYY-MM-DD; null for a table without dates. */
  date: string | null;
}

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const LONG_HEADERS = [
  [['variable', 'attribute', 'column'], ['category', 'value', 'subcategory'], ['value', 'share', 'percent', 'count', 'proportion', 'target', 'targetdistribution', 'n']],
  [['category'], ['subcategory'], ['value', 'share', 'percent', 'count', 'proportion', 'target', 'targetdistribution', 'n']],
] as const;

/**
 * Reads a table in one of two forms. Long: a row a category, under headers such as `variable, category, value` or
 * `Category, Subcategory, TargetDistribution` (MIDRC's target specification). Wide: categories as headers, and below them
 * one row of values, or one a date (MIDRC REACT), of which the last is taken.
 * @param row date (YYYY-MM-DD) or first cell of the row to take of a wide table; null for the last date
 * @returns null for a table without any number, which is a note
 * @throws {Error} with the reason and the place
 */
export function readReferenceTable({ name, rows }: ReferenceTable, row: string | null): TableReading | null {
  const filled = rows.map((cells) => cells.map(trimmed)).filter((cells) => cells.some((cell) => cell !== null));
  const [header, ...body] = filled;
  if (header === undefined || !body.some((cells) => cells.some((cell) => typeof cell !== 'boolean' && readNumber(cell) !== null))) return null;
  const columns = longColumns(header);
  if (columns !== null) return { variables: readLong(body, columns), date: null };
  const chosen = chooseRow(body, row);
  const variable = name ?? textOf(header[0] ?? null);
  if (variable === '') throw new Error('its first header, which names the variable, is empty');
  return { variables: new Map([[variable, readWide(header, chosen.cells)]]), date: chosen.date };
}

function trimmed(cell: SheetCell): SheetCell {
  if (typeof cell !== 'string') return cell;
  return cell.trim() === '' ? null : cell.trim();
}

/** Places of variable, category and value in a long table; null when the headers are those of none. */
function longColumns(header: readonly SheetCell[]): [number, number, number] | null {
  const words = header.map((cell) => textOf(cell).toLowerCase().replaceAll(/[^a-z]/g, ''));
  for (const form of LONG_HEADERS) {
    const places: number[] = [];
    for (const names of form) places.push(words.findIndex((word, at) => !places.includes(at) && (names as readonly string[]).includes(word)));
    const [variable, category, value] = places;
    if (places.every((place) => place >= 0)) return [variable!, category!, value!];
  }
  return null;
}

function readLong(body: readonly (readonly SheetCell[])[], [variableAt, categoryAt, valueAt]: [number, number, number]): Map<string, CategoryValues> {
  const variables = new Map<string, CategoryValues>();
  for (const [index, cells] of body.entries()) {
    const place = `row ${index + 2}`;
    const variable = textOf(cells[variableAt] ?? null);
    if (variable === '') throw new Error(`${place} names no variable`);
    let values = variables.get(variable);
    if (values === undefined) variables.set(variable, (values = new Map()));
    addValue(values, unquoted(textOf(cells[categoryAt] ?? null)), cells[valueAt] ?? null, place);
  }
  for (const [variable, values] of variables) assertTotal(values, variable);
  return variables;
}

/** MIDRC's target specification quotes its intervals within the cell: `'[18, 30)'`. */
function unquoted(text: string): string {
  return /^'.*'$/.test(text) ? text.slice(1, -1).trim() : text;
}

interface WideRow {
  date: string | null;
  cells: readonly SheetCell[];
}

function chooseRow(body: readonly (readonly SheetCell[])[], wanted: string | null): WideRow {
  const rows = body.map((cells): WideRow => ({ date: dateOf(cells[0] ?? null), cells }));
  if (wanted !== null) {
    const found = rows.filter(({ date, cells }) => date === wanted || textOf(cells[0] ?? null) === wanted);
    if (found.length === 1) return found[0]!;
    throw new Error(`${found.length === 0 ? 'no row' : 'more than one row'} is named ${wanted}; its rows go from ${rowName(rows[0]!)} to ${rowName(rows.at(-1)!)}`);
  }
  if (rows.length === 1) return rows[0]!;
  const last = rows.reduce((latest, next) => ((next.date ?? '') >= (latest.date ?? '') ? next : latest));
  if (rows.some(({ date }) => date === null)) throw new Error(`it has ${rows.length} rows that are not all dated; add the first cell of one after a #`);
  if (rows.filter(({ date }) => date === last.date).length > 1) throw new Error(`it has two rows of ${last.date}`);
  return last;
}

function rowName({ date, cells }: WideRow): string {
  return date ?? textOf(cells[0] ?? null);
}

/**
 * Percentages beside counts are rounded copies of them and are left out, also where they spell a category in another way
 * (MIDRC REACT: "American Indian or Alaska Native", and "American Indian/Alaska Native (%)").
 */
function readWide(header: readonly SheetCell[], cells: readonly SheetCell[]): CategoryValues {
  const names = header.map(textOf);
  const isPercent = (name: string) => /\(\s*%\s*\)$/.test(name);
  const plain = (name: string) => name.replace(/\s*\(\s*(%|cusum|count|n)\s*\)$/i, '').trim();
  const titles = names.slice(1).filter((name) => name !== '');
  const percentages = titles.filter(isPercent).length;
  const counted = percentages < titles.length;
  if (counted && percentages > titles.length - percentages) throw new Error(`it has ${percentages} columns of percentages beside ${titles.length - percentages} of counts`);
  const values: CategoryValues = new Map();
  for (let at = 1; at < Math.max(names.length, cells.length); at++) {
    const name = names[at] ?? '';
    if (isPercent(name) && counted) continue;
    if (name === '' && (cells[at] ?? null) === null) continue;
    if (name === '') throw new Error(`column ${at + 1} has a value and no header`);
    addValue(values, plain(name), cells[at] ?? null, `column ${at + 1}`);
  }
  assertTotal(values, 'the table');
  return values;
}

function addValue(values: CategoryValues, category: string, cell: SheetCell, place: string): void {
  const value = readNumber(cell);
  if (value === null) throw new Error(`${place} (${category}) holds no number, but ${cell === null ? 'nothing' : JSON.stringify(textOf(cell).slice(0, 40))}`);
  if (value < 0) throw new Error(`${place} (${category}) is below 0`);
  if (values.has(category)) throw new Error(`${place} gives the category ${JSON.stringify(category)} a second time`);
  values.set(category, value);
}

function assertTotal(values: CategoryValues, what: string): void {
  let total = 0;
  for (const value of values.values()) total += value;
  if (!(total > 0) || !Number.isFinite(total)) throw new Error(`the values of ${what} sum to ${total}`);
}

/** A finite number, or the text of a decimal one with or without a percent sign; null for anything else. */
function readNumber(cell: SheetCell): number | null {
  if (typeof cell === 'number') return Number.isFinite(cell) ? cell : null;
  if (typeof cell !== 'string' || !/^[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d{1,3})?\s*%?$/i.test(cell)) return null;
  const value = Number(cell.replace(/\s*%$/, ''));
  return Number.isFinite(value) ? value : null;
}

function textOf(cell: SheetCell): string {
  if (cell === null) return '';
  if (cell instanceof Date) return dateOf(cell) ?? '';
  return String(cell);
}

/** YYYY-MM-DD of a date cell or of texts such as `2024-03-04` and `31-Jan-2020`; null for anything else. */
function dateOf(cell: SheetCell): string | null {
  if (cell instanceof Date) return Number.isNaN(cell.getTime()) ? null : cell.toISOString().slice(0, 10);
  if (typeof cell !== 'string') return null;
  if (/^\d{4}-\d{2}-\d{2}$/.test(cell)) return cell;
  const [, day, name, year] = /^(\d{1,2})-([A-Za-z]{3})-(\d{4})$/.exec(cell) ?? [];
  const month = MONTHS.indexOf(name?.toLowerCase() ?? '') + 1;
  return month === 0 ? null : `${year}-${String(month).padStart(2, '0')}-${day!.padStart(2, '0')}`;
}
