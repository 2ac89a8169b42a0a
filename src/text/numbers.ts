import { scanAge } from './ages.js';
import { isDateDigits, isDateTimeDigits } from './calendar.js';
import { characterClass, DIGIT, LOWER, UPPER } from './character-class.js';
import { scanDateRun } from './dates.js';
import { scanAddressRun } from './internet.js';
import { isGlued, type NumberRun, readNumberRun, shapeOf, spacedNumbers } from './number-run.js';
import { scanPhone } from './phones.js';
import { hitTokens, type Reading } from './reading.js';
import { NUMBER, SIGN, type Tokens } from './tokens.js';
import { UNIT } from './word-classes.js';

/** A bare number of so many digits may be a record, order or account number. */
const MIN_DIGITS = 7;
const MAX_DIGITS = 12;
/** An identifier of letters and digits this long is a hash or a UUID; DID-098 judges those. */
const HASH_CHARS = 16;
const MAX_CODE_CHARS = 80;
const CLOSING: ReadonlyMap<string, string> = new Map([['"', '"'], ["'", "'"], [',', ','], ['(', ')'], ['[', ']'], ['|', '|']]);
/** Dotted numbers from this many on are a UID (PS3.5 9) or a version. */
const UID_COMPONENTS = 5;

/** A number that no number is joined to before it. Gives the last token it has looked at, so that no run is read twice. */
export function scanNumber(reading: Reading, index: number): number {
  const { tokens } = reading;
  if (isSmallCount(tokens, index)) return scanSmallCount(reading, index);
  const run = readNumberRun(tokens, index);
  if (isUid(run)) return run.last;
  if (scanPhone(reading, run) || scanSocialSecurity(reading, run) || scanAddressRun(reading, run)) return run.last;
  if (!reading.technical) scanDateRun(reading, run);
  scanAge(reading, index);
  const decimal = run.count > 1 && !/[^.]/.test(run.signs);
  if (!isDoi(reading.tokens, index)) for (const group of run.groups) scanDigits(reading, group, decimal);
  return run.last;
}

/** One or two digits with no number and no bracket beside: nearly every number of a description. */
function isSmallCount(tokens: Tokens, index: number): boolean {
  if (tokens.lengthOf(index) > 2 || tokens.kindOf(index + 1) === NUMBER || tokens.isSign(index + 1, ')') || tokens.isSign(index - 1, '+')) return false;
  return tokens.kindOf(index + 1) !== SIGN || tokens.kindOf(index + 2) !== NUMBER;
}

function scanSmallCount(reading: Reading, index: number): number {
  if (reading.tokens.text[reading.tokens.start[index] as number] === '9') scanAge(reading, index);
  return index;
}

function isUid(run: NumberRun): boolean {
  return run.count >= UID_COMPONENTS && !/[^.]/.test(run.signs);
}

/** `123-45-6789`, `123 45 6789`: 3-2-4. */
function scanSocialSecurity(reading: Reading, run: NumberRun): boolean {
  const { tokens } = reading;
  const [first = 0] = run.groups;
  const spaced = run.count === 1 && tokens.lengthOf(first) === 3 ? spacedNumbers(tokens, first) : null;
  const groups = spaced ?? run.groups;
  if (shapeOf(tokens, groups) !== '324' || (spaced === null && !/^(--|\.\.|\/\/)$/.test(run.signs)) || isGlued(tokens, first)) return false;
  hitTokens(reading, 'DID-041', 'error', 'a number in the form of a social security number', first, groups[2] as number);
  return true;
}

/** Bare digits: a date without signs, or a number that may identify. */
function scanDigits(reading: Reading, index: number, decimal: boolean): void {
  const { tokens } = reading;
  const length = tokens.lengthOf(index);
  if (length < MIN_DIGITS || length > 20 || reading.technical) return;
  const digits = tokens.textOf(index);
  if (isPartOfHash(tokens, index) || (reading.kind === 'bytes' && isPicture(tokens, index))) return;
  if (length === 8 && isDateDigits(digits)) return hitTokens(reading, 'DID-043', 'error', 'a calendar date', index, index);
  if (isDateTimeDigits(digits)) return hitTokens(reading, 'DID-043', 'error', 'a date with a time', index, index);
  if (length > MAX_DIGITS || decimal || hasUnit(tokens, index)) return;
  hitTokens(reading, 'DID-041', 'error', `a bare number of ${length} digits`, index, index);
}

/** Among bytes: samples of a picture that are digits by chance lie close to their neighbours, or next to signs of any kind. */
function isPicture(tokens: Tokens, index: number): boolean {
  const { text } = tokens;
  const [start, end] = [tokens.start[index] as number, tokens.end[index] as number];
  let jumps = 0;
  for (let at = start + 1; at < end; at++) if (Math.abs(text.charCodeAt(at) - text.charCodeAt(at - 1)) > 2) jumps++;
  return jumps < (end - start) / 4 || !isBounded(text.charAt(start - 1), text.charAt(end));
}

/** Whether the characters beside a number, '' at either end, are those of text: brackets and quotes go in pairs. */
function isBounded(before: string, after: string): boolean {
  const closing = CLOSING.get(before);
  if (closing !== undefined) return after === closing || after === '';
  return (before === '' || /[\s:=>#\\^_/A-Za-z]/.test(before)) && (after === '' || /[\s<\\^_;&/]/.test(after));
}

/** A quantity: `370000000 Bq`, `1048576 bytes`. */
function hasUnit(tokens: Tokens, index: number): boolean {
  return tokens.isWord(index + 1, UNIT);
}

/** Letters and digits together that are as long as a hash. */
function isPartOfHash(tokens: Tokens, index: number): boolean {
  const { text } = tokens;
  const isCode = (at: number): boolean => characterClass(text.charCodeAt(at)) <= DIGIT;
  let start = tokens.start[index] as number;
  let end = tokens.end[index] as number;
  const limit = start - MAX_CODE_CHARS;
  let letters = 0;
  for (; start > 0 && start > limit && isCode(start - 1); start--) if (isLetter(text, start - 1)) letters++;
  for (const most = end + MAX_CODE_CHARS; end < text.length && end < most && isCode(end); end++) if (isLetter(text, end)) letters++;
  return letters > 2 && end - start >= HASH_CHARS && /[0-9][A-Za-z]+[0-9]/.test(text.slice(start, end));
}

function isLetter(text: string, at: number): boolean {
  const type = characterClass(text.charCodeAt(at));
  return type === UPPER || type === LOWER;
}

/** A digital object identifier, `10.1056/nejmc2001272`: the run itself, or the part after its slash. */
function isDoi(tokens: Tokens, index: number): boolean {
  for (let back = index, steps = 0; steps < 10 && back > 0; back--, steps++) {
    if (tokens.textOf(back) === '10' && tokens.isSign(back + 1, '.') && tokens.kindOf(back + 2) === NUMBER && tokens.lengthOf(back + 2) >= 4 && tokens.isSign(back + 3, '/')) return true;
    if (tokens.gap[back] === 1) return false;
  }
  return false;
}
