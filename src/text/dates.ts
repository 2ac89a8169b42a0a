import { isDayOfMonth, isMonthAndDay, isYear } from './calendar.js';
import { isGlued, type NumberRun, spacedNumbers, valueOf } from './number-run.js';
import { hitTokens, type Reading } from './reading.js';
import { NUMBER, SMALL, type Tokens, WORD } from './tokens.js';
import { DATE_LABEL } from './word-classes.js';

const WHAT = 'a calendar date';

/** Dates of numbers: `2020-01-31`, `1/31/20`, `31.01.2020`, `2020_01_31_1230`, `03/2020`, `2020 01 31`. */
export function scanDateRun(reading: Reading, run: NumberRun): void {
  const { tokens } = reading;
  const [first = 0] = run.groups;
  if (isVersion(tokens, first)) return;
  for (let at = 0; at + 2 < run.groups.length; at++) {
    const [a = 0, b = 0, c = 0] = run.groups.slice(at, at + 3);
    if (run.signs[at] !== run.signs[at + 1] || !isDate(tokens, a, b, c, run.signs[at] as string, run.count)) continue;
    hitTokens(reading, 'DID-043', 'error', WHAT, a, c);
    at += 2;
  }
  if (run.count === 2 && isMonthOfYear(tokens, run)) hitTokens(reading, 'DID-043', 'error', 'a month of a year', first, run.last);
  if (run.count === 1) {
    scanSpaced(reading, first);
    scanHan(reading, first);
  }
  if (run.count <= 2 && isDateLabel(tokens, first)) scanLabelled(reading, run, first);
}

/** `v1.2.20`, `version 10.12.14`: no date. */
function isVersion(tokens: Tokens, first: number): boolean {
  const word = tokens.kindOf(first - 1) === WORD ? first - 1 : first - 2;
  return /^(v|ver|vers|version|rev|release|build|sw)$/i.test(tokens.textOf(word)) && tokens.kindOf(word) === WORD && (tokens.lengthOf(word) > 1 || tokens.gap[first] === 0);
}

function isDate(tokens: Tokens, a: number, b: number, c: number, sign: string, count: number): boolean {
  if (sign === ':') return false;
  const [x, y, z] = [valueOf(tokens, a), valueOf(tokens, b), valueOf(tokens, c)];
  const lengths = [a, b, c].map((index) => tokens.lengthOf(index));
  const short = (length: number | undefined): boolean => length === 1 || length === 2;
  if (lengths[0] === 4 && short(lengths[1]) && short(lengths[2])) return isYear(x) && isMonthAndDay(y, z);
  if (!short(lengths[0]) || !short(lengths[1])) return false;
  if (lengths[2] === 4) return isYear(z) && isMonthAndDay(x, y);
  if (lengths[2] !== 2 || count > 3) return false;
  return isTwoDigitYearDate(sign, lengths as number[], isMonthAndDay(x, y) || (lengths[0] === 2 && isDayOfMonth(y, z)));
}

/** With a year of two digits the sign decides how much else must look like a date: dotted and joined numbers are also versions and ranges. */
function isTwoDigitYearDate(sign: string, lengths: readonly number[], plausible: boolean): boolean {
  if (sign === '/') return plausible;
  if (sign === '-') return plausible && (lengths[0] === 2 || lengths[1] === 2);
  return sign === '.' && plausible && lengths[0] === 2 && lengths[1] === 2;
}

/** `2020-03`, `03/2020`: finer than a year. */
function isMonthOfYear(tokens: Tokens, run: NumberRun): boolean {
  const [a = 0, b = 0] = run.groups;
  if (run.signs !== '-' && run.signs !== '/') return false;
  const month = (index: number): boolean => valueOf(tokens, index) >= 1 && valueOf(tokens, index) <= 12;
  const year = (index: number): boolean => tokens.lengthOf(index) === 4 && valueOf(tokens, index) >= 1900 && isYear(valueOf(tokens, index));
  if (isGlued(tokens, a)) return false;
  return (year(a) && tokens.lengthOf(b) === 2 && month(b)) || (year(b) && tokens.lengthOf(a) <= 2 && month(a));
}

/** `2020 01 31`, `31 01 2020`. */
function scanSpaced(reading: Reading, first: number): void {
  const { tokens } = reading;
  const groups = spacedNumbers(tokens, first);
  if (groups === null) return;
  const [a = 0, b = 0, c = 0] = groups;
  const two = (index: number): boolean => tokens.lengthOf(index) === 2;
  const [x, y, z] = [valueOf(tokens, a), valueOf(tokens, b), valueOf(tokens, c)];
  const found = (tokens.lengthOf(a) === 4 && two(b) && two(c) && isYear(x) && isDayOfMonth(y, z)) || (two(a) && two(b) && tokens.lengthOf(c) === 4 && isYear(z) && isMonthAndDay(x, y));
  if (found) hitTokens(reading, 'DID-043', 'error', WHAT, a, c);
}

/** `2020年1月31日`, `2020년 1월`. */
function scanHan(reading: Reading, first: number): void {
  const { tokens } = reading;
  const [year, month, sign] = [first + 1, first + 2, first + 3];
  if (!/^[年년]$/.test(tokens.textOf(year)) || tokens.kindOf(month) !== NUMBER || !/^[月월]/.test(tokens.textOf(sign))) return;
  if (isYear(valueOf(tokens, first))) hitTokens(reading, 'DID-043', 'error', WHAT, first, tokens.kindOf(sign + 1) === NUMBER ? sign + 1 : sign);
}

/** After `DOB` and the like, day and month alone, or six digits, are a date. */
function scanLabelled(reading: Reading, run: NumberRun, first: number): void {
  const { tokens } = reading;
  const digits = tokens.textOf(first);
  const pair = (from: number): number => Number(digits.slice(from, from + 2));
  const six = run.count === 1 && digits.length === 6 && (isMonthAndDay(pair(0), pair(2)) || isDayOfMonth(pair(2), pair(4)));
  const two = run.count === 2 && /[-/]/.test(run.signs) && isMonthAndDay(valueOf(tokens, first), valueOf(tokens, run.last));
  if (six || two) hitTokens(reading, 'DID-043', 'error', WHAT, first, run.last);
}

/** Whether `DOB`, `born` or the like stands before, with signs or `on` between. */
export function isDateLabel(tokens: Tokens, first: number): boolean {
  for (let back = first - 1, steps = 0; steps < 4 && back > 0; back--, steps++) {
    if (tokens.isWord(back, DATE_LABEL)) return true;
    if (tokens.kindOf(back) === NUMBER || (tokens.kindOf(back) === WORD && !/^(on|of|in|date|is|was|am|le)$/i.test(tokens.textOf(back)))) return false;
  }
  return false;
}

/** Dates with the month as a word, token `month`: `3 March 2020`, `Mar 3, 2020`, `12MAR20`, `March 2020`, `March 3rd`. */
export function scanMonth(reading: Reading, month: number): void {
  const { tokens } = reading;
  if (reading.technical) return;
  const before = numberBefore(tokens, month);
  const after = numberAfter(tokens, month + 1);
  const day = isDay(tokens, before) ? before : 0;
  const laterDay = isDay(tokens, after) ? after : 0;
  const year = yearAt(tokens, day !== 0 ? after : numberAfter(tokens, skipOrdinal(tokens, after + 1)), laterDay !== 0 || day !== 0);
  if (day !== 0 && yearAt(tokens, after, true)) return hitTokens(reading, 'DID-043', 'error', WHAT, day, after);
  if (laterDay !== 0 && year && tokens.lengthOf(after) <= 2) return hitTokens(reading, 'DID-043', 'error', WHAT, month, laterDay);
  if (yearAt(tokens, after, false)) return hitTokens(reading, 'DID-043', 'error', 'a month of a year', month, after);
  if (yearAt(tokens, before, false)) return hitTokens(reading, 'DID-043', 'error', 'a month of a year', before, month);
  scanDayOfMonth(reading, month, day, laterDay);
}

/** `March 3`, `3rd of March`, `12-MAR`: without a year only where the month is written out, or joined or ordinal. */
function scanDayOfMonth(reading: Reading, month: number, before: number, after: number): void {
  const { tokens } = reading;
  const other = before !== 0 ? before : after;
  if (other === 0) return;
  const ordinal = isOrdinal(tokens, other + 1);
  const written = tokens.lengthOf(month) >= 4 && tokens.shape[month] !== SMALL && !/^(march|mars|mayo|marco)$/i.test(tokens.textOf(month));
  const joined = before !== 0 && tokens.lengthOf(before) === 2 && month - before === 2 && tokens.gap[month] === 0;
  if (ordinal || written || joined || isDateLabel(tokens, Math.min(other, month))) hitTokens(reading, 'DID-043', 'error', 'a day of a month', Math.min(other, month), Math.max(other, month));
}

/** The number before a month, over an ordinal, `of`, and one sign; 0 when there is none. */
function numberBefore(tokens: Tokens, month: number): number {
  let back = month - 1;
  if (['-', '.', '/', ',', '_'].some((sign) => tokens.isSign(back, sign))) back--;
  if (/^(of|de|del)$/i.test(tokens.textOf(back)) && tokens.kindOf(back) === WORD) back--;
  if (isOrdinal(tokens, back)) back--;
  if (tokens.isSign(back, '.')) back--;
  return tokens.kindOf(back) === NUMBER ? back : 0;
}

/** The number at or after a token, over at most two signs and `of`; 0 when there is none. */
function numberAfter(tokens: Tokens, start: number): number {
  let index = start;
  for (let steps = 0; steps < 2 && ['-', '.', '/', ',', '_', "'"].some((sign) => tokens.isSign(index, sign)); steps++) index++;
  if (tokens.kindOf(index) === WORD && /^(of|de|del|the)$/i.test(tokens.textOf(index))) index++;
  return tokens.kindOf(index) === NUMBER ? index : 0;
}

function isOrdinal(tokens: Tokens, index: number): boolean {
  return tokens.kindOf(index) === WORD && tokens.gap[index] === 0 && /^(st|nd|rd|th)$/i.test(tokens.textOf(index));
}

function skipOrdinal(tokens: Tokens, index: number): number {
  return isOrdinal(tokens, index) ? index + 1 : index;
}

function isDay(tokens: Tokens, index: number): boolean {
  return index !== 0 && tokens.lengthOf(index) <= 2 && isDayOfMonth(1, valueOf(tokens, index));
}

/** Four digits that are a year, or two where a day says that this is a date. */
function yearAt(tokens: Tokens, index: number, afterDay: boolean): boolean {
  if (index === 0) return false;
  const length = tokens.lengthOf(index);
  return (length === 4 && isYear(valueOf(tokens, index))) || (length === 2 && (afterDay || tokens.isSign(index - 1, "'")));
}
