import type { ColumnSchema } from '../../model/clinical.js';

/**
 * How a cell stands to the header values that it repeats. `differs`: they contradict each other. `case`: they differ in
 * upper and lower case only. `some`: a list leaves out values that other images have. `unconfirmed`: the headers are silent.
 */
export type CopyVerdict = 'same' | 'case' | 'some' | 'differs' | 'unconfirmed';

/** Numbers agree when they differ by less than this share: DS holds 16 characters, tables often single precision. */
const NUMBER_SHARE = 1e-6;

type Same = (a: string, b: string) => boolean;

/**
 * Whether a filled cell repeats what its images say. Blanks around values do not count, numbers are compared as numbers.
 * A list may be the values of one attribute in their order, or every value that occurs in the images, each once.
 * @param headers the different values of the attribute in the images, several values joined by `\`; '' for an absent one
 */
export function judgeCopy(cell: string, headers: readonly string[], column: ColumnSchema, separator: string): CopyVerdict {
  const stated = headers.map((value) => value.trim()).filter((value) => value !== '');
  if (stated.length < headers.length && column.dicomValues?.get('')?.includes(cell.trim()) === true) return 'same';
  if (stated.length === 0) return 'unconfirmed';
  const meant = stated.flatMap((value) => column.dicomValues?.get(value) ?? [value]);
  const judge = column.type === 'array' ? judgeList : judgeOne;
  if (isNumeric(column)) return judge(cell, meant, separator, sameNumber);
  const exact = judge(cell, meant, separator, (a, b) => a === b);
  if (exact !== 'differs') return exact;
  return judge(cell, meant, separator, (a, b) => fold(a) === fold(b)) === 'differs' ? 'differs' : 'case';
}

function isNumeric({ type, items }: ColumnSchema): boolean {
  const scalar = type === 'array' ? items : type;
  return scalar === 'number' || scalar === 'integer';
}

/** One value can only be that of some image; that the images differ is a matter of the headers. */
function judgeOne(cell: string, headers: readonly string[], _separator: string, same: Same): CopyVerdict {
  return headers.some((value) => same(value, cell.trim())) ? 'same' : 'differs';
}

function judgeList(cell: string, headers: readonly string[], separator: string, same: Same): CopyVerdict {
  const members = split(cell, separator);
  const stated = headers.map((value) => value.split('\\').flatMap((part) => split(part, separator)));
  const all = stated.flat();
  if (!isCovered(members, all, same)) return 'differs';
  if (isCovered(all, members, same) || stated.some((values) => values.length > 1 && sameList(values, members, same))) return 'same';
  return stated.every((values) => values.length === 1) ? 'some' : 'differs';
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
