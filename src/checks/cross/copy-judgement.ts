import type { ColumnSchema } from '../../model/clinical.js';

/**
 * How a cell stands to the header values that it repeats. `differs`: they contradict each other. `case`: they differ in
 * upper and lower case only. `unconfirmed`: the headers are silent.
 */
export type CopyVerdict = 'same' | 'case' | 'differs' | 'unconfirmed';

/** Numbers agree when they differ by less than this share: DS holds 16 characters, tables often single precision. */
const NUMBER_SHARE = 1e-6;

type Same = (a: string, b: string) => boolean;

/**
 * Whether a filled cell repeats what its images say. Blanks around values do not count, numbers are compared as numbers.
 * A list may be the values of one attribute in their order, or every value that occurs in the images, each once.
 * @param headers the different values of the attribute in the images, several values joined by `\`; '' for an absent one
 */
export function judgeCopy(cell: string, headers: readonly string[], column: ColumnSchema, separator: string): CopyVerdict {
  const meant = headers.flatMap((value) => meanings(value.trim(), column));
  if (meant.length === 0) return 'unconfirmed';
  if (isNumeric(column)) return agrees(cell, meant, column, separator, sameNumber) ? 'same' : 'differs';
  if (agrees(cell, meant, column, separator, (a, b) => a === b)) return 'same';
  return agrees(cell, meant, column, separator, (a, b) => fold(a) === fold(b)) ? 'case' : 'differs';
}

/** What a header value is called in the table: itself unless the schema translates it. */
function meanings(value: string, { dicomValues }: ColumnSchema): readonly string[] {
  return dicomValues?.get(value) ?? (value === '' ? [] : [value]);
}

function isNumeric({ type, items }: ColumnSchema): boolean {
  const scalar = type === 'array' ? items : type;
  return scalar === 'number' || scalar === 'integer';
}

function agrees(cell: string, headers: readonly string[], column: ColumnSchema, separator: string, same: Same): boolean {
  if (column.type !== 'array') return headers.some((value) => same(value, cell.trim()));
  const members = split(cell, separator);
  const stated = headers.map((value) => value.split('\\').flatMap((part) => split(part, separator)));
  if (stated.some((values) => sameList(values, members, same))) return true;
  const all = stated.flat();
  return isCovered(all, members, same) && isCovered(members, all, same);
}

function split(text: string, separator: string): string[] {
  return text.split(separator).map((part) => part.trim());
}

function sameList(a: readonly string[], b: readonly string[], same: Same): boolean {
  return a.length === b.length && a.every((value, at) => same(value, b[at] as string));
}

/** Whether every value has its like among the others; each different value is looked for once. */
function isCovered(values: readonly string[], others: readonly string[], same: Same): boolean {
  const known = new Set(others);
  return [...new Set(values)].every((value) => known.has(value) || [...known].some((other) => same(value, other)));
}

function sameNumber(a: string, b: string): boolean {
  const [x, y] = [Number(a), Number(b)];
  if (a.trim() === '' || b.trim() === '' || !Number.isFinite(x) || !Number.isFinite(y)) return a === b;
  return Math.abs(x - y) <= NUMBER_SHARE * Math.max(Math.abs(x), Math.abs(y));
}

/** Blanks inside count; letters in upper case, which folds more than lower case does. */
function fold(text: string): string {
  return text.normalize('NFC').toUpperCase();
}
