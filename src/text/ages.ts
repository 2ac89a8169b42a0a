import { isDateLabel } from './dates.js';
import { valueOf } from './number-run.js';
import { hitTokens, type Reading } from './reading.js';
import { NUMBER, type Tokens, WORD } from './tokens.js';
import { AGE_WORD } from './word-classes.js';

/** Ages from here on may not be shown (45 CFR 164.514(b)(2)(i)(C)). */
const FIRST_HIDDEN_AGE = 90;
const OLDEST = 130;
const FIRST_HIDDEN_MONTHS = FIRST_HIDDEN_AGE * 12;
/**
 * Who was born in or before this year is over 89. A scanner has no clock: the year is counted from 2026, and errs to the
 * safe side for older images only as far as those tell an age over 89 today.
 */
const LAST_HIDDEN_BIRTH_YEAR = 1936;

/** Ages over 89, token `index` a number: `94 y/o`, `aged 101`, `092Y`, `DOB 1929`, `1100 months`. */
export function scanAge(reading: Reading, index: number): void {
  const { tokens } = reading;
  const length = tokens.lengthOf(index);
  if (length > 4 || length < 2) return;
  const value = valueOf(tokens, index);
  if (length === 4) return scanLong(reading, index, value);
  if (value < FIRST_HIDDEN_AGE || value > OLDEST || isGrouped(tokens, index)) return;
  if (isAgeString(tokens, index) || isYearsAfter(reading, index) || isAgeBefore(tokens, index)) hitTokens(reading, 'DID-045', 'error', 'an age over 89', index, index);
}

function scanLong(reading: Reading, index: number, value: number): void {
  const { tokens } = reading;
  if (value > 1850 && value <= LAST_HIDDEN_BIRTH_YEAR && isDateLabel(tokens, index)) hitTokens(reading, 'DID-045', 'error', 'a year of birth that shows an age over 89', index, index);
  const months = /^(mo|mos|months?|month-old)$/i.test(tokens.textOf(index + 1)) && tokens.kindOf(index + 1) === WORD;
  if (months && value >= FIRST_HIDDEN_MONTHS && value <= OLDEST * 12) hitTokens(reading, 'DID-045', 'error', 'an age over 89, in months', index, index + 1);
}

/** The form of an AS, three digits and Y (PS3.5 6.2), with nothing joined to it. */
function isAgeString(tokens: Tokens, index: number): boolean {
  const unit = index + 1;
  const bare = tokens.lengthOf(index) === 3 && tokens.gap[unit] === 0 && /^Y$/i.test(tokens.textOf(unit)) && tokens.kindOf(unit) === WORD;
  return bare && (tokens.kindOf(unit + 1) !== NUMBER || tokens.gap[unit + 1] === 1) && (tokens.gap[index] === 1 || tokens.kindOf(index - 1) !== WORD);
}

/** `94 y/o`, `94-year-old`, `94yo`. `90Y` is yttrium, unless `/o` or a sex follows. */
function isYearsAfter(reading: Reading, index: number): boolean {
  const { tokens } = reading;
  const unit = tokens.isSign(index + 1, '-') ? index + 2 : index + 1;
  if (!tokens.isWord(unit, AGE_WORD)) return isSplitYears(tokens, unit);
  const word = tokens.textOf(unit).toLowerCase();
  if (word === 'y') return isSplitYears(tokens, unit) || isSex(tokens, unit + 1) || (valueOf(tokens, index) !== FIRST_HIDDEN_AGE && reading.kind !== 'bytes');
  if (word === 'ar' || word === 'let') return false;
  return !/^(ago|experience)$/i.test(tokens.textOf(unit + 1)) && !(reading.kind === 'bytes' && word.length < 2);
}

/** `y/o`, `y.o.`: the unit is token `unit`. */
function isSplitYears(tokens: Tokens, unit: number): boolean {
  if (!/^y$/i.test(tokens.textOf(unit)) || tokens.kindOf(unit) !== WORD) return false;
  return (tokens.isSign(unit + 1, '/') || tokens.isSign(unit + 1, '.')) && /^o$/i.test(tokens.textOf(unit + 2));
}

function isSex(tokens: Tokens, index: number): boolean {
  return tokens.kindOf(index) === WORD && /^(m|f|male|female|man|woman|old|wm|wf|bm|bf)$/i.test(tokens.textOf(index));
}

/** `age 94`, `aged: 94`, `Age=094`. */
function isAgeBefore(tokens: Tokens, index: number): boolean {
  for (let back = index - 1, steps = 0; steps < 3 && back > 0; back--, steps++) {
    if (tokens.kindOf(back) === WORD) return /^(age|aged|patientage|alter|edad|eta)$/i.test(tokens.textOf(back)) || (/^(is|of|was)$/i.test(tokens.textOf(back)) && /^age$/i.test(tokens.textOf(back - 1)));
    if (tokens.kindOf(back) === NUMBER || tokens.isSign(back, '>') || tokens.isSign(back, '<')) return false;
  }
  return false;
}

/** One group of 90 and over is allowed: `>90`, `90+`, `90 or older`. */
function isGrouped(tokens: Tokens, index: number): boolean {
  const before = tokens.textOf(index - 1);
  const equal = tokens.isSign(index - 1, '=') && tokens.isSign(index - 2, '>');
  if (tokens.isSign(index - 1, '>') || equal || /^(over|above)$/i.test(before)) return true;
  if (tokens.isSign(index + 1, '+')) return true;
  const next = /^y/i.test(tokens.textOf(index + 1)) ? index + 2 : index + 1;
  return /^(or|and)$/i.test(tokens.textOf(next)) && /^(older|over|above|more|up)$/i.test(tokens.textOf(next + 1));
}

/** Ages in words, token `index`: `ninety-four year old`, `centenarian`. */
export function scanAgeWord(reading: Reading, index: number): void {
  const { tokens } = reading;
  if (/^(nona|cente)narian$/i.test(tokens.textOf(index))) return hitTokens(reading, 'DID-045', 'error', 'an age over 89', index, index);
  for (let next = index + 1; next <= index + 4; next++) {
    if (tokens.isWord(next, AGE_WORD) && tokens.lengthOf(next) > 1) return hitTokens(reading, 'DID-045', 'error', 'an age over 89', index, next);
  }
}
