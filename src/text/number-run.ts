import { NUMBER, SIGN, type Tokens, WORD } from './tokens.js';

/** Numbers joined by single signs without a space: `2020-01-31`, `1.2.840.10008`, `555-123-4567`. */
export interface NumberRun {
  /** Tokens of its numbers, the first MAX_GROUPS of them. */
  groups: number[];
  /** The sign before each number but the first, as text. */
  signs: string;
  /** How many numbers it has in all. */
  count: number;
  /** Its last token. */
  last: number;
}

const MAX_GROUPS = 64;
const JOINS = './-_:';

/** Reads the run that begins at a number. */
export function readNumberRun(tokens: Tokens, first: number): NumberRun {
  const run: NumberRun = { groups: [first], signs: '', count: 1, last: first };
  for (let sign = first + 1; tokens.kindOf(sign) === SIGN && tokens.kindOf(sign + 1) === NUMBER; sign += 2) {
    if (tokens.gap[sign] === 1 || tokens.gap[sign + 1] === 1 || !JOINS.includes(tokens.textOf(sign))) break;
    run.count++;
    run.last = sign + 1;
    if (run.groups.length >= MAX_GROUPS) continue;
    run.groups.push(sign + 1);
    run.signs += tokens.textOf(sign);
  }
  return run;
}

/** Value of a number token, for at most 15 digits; NaN for a longer one. */
export function valueOf(tokens: Tokens, index: number): number {
  return tokens.lengthOf(index) > 15 ? Number.NaN : Number(tokens.textOf(index));
}

/** No form of a number that is looked for has more groups. */
const MAX_SHAPE = 6;

/** Numbers of digits of the groups, as text: `3-3-4` is `334`. Groups of ten digits and more are `X`; more than six groups are ''. */
export function shapeOf(tokens: Tokens, groups: readonly number[]): string {
  if (groups.length > MAX_SHAPE) return '';
  let shape = '';
  for (const group of groups) shape += tokens.lengthOf(group) < 10 ? tokens.lengthOf(group) : 'X';
  return shape;
}

/** Numbers with nothing but spaces between, when they are exactly three and stand in no longer list; null otherwise. */
export function spacedNumbers(tokens: Tokens, first: number): number[] | null {
  if (tokens.kindOf(first + 1) !== NUMBER || tokens.kindOf(first + 2) !== NUMBER) return null;
  if (tokens.kindOf(first - 1) === NUMBER || tokens.kindOf(first + 3) === NUMBER) return null;
  if (tokens.kindOf(first - 1) === SIGN && tokens.gap[first] === 0 && !'(:#='.includes(tokens.textOf(first - 1))) return null;
  return tokens.kindOf(first + 3) === SIGN && tokens.gap[first + 3] === 0 && './-x*'.includes(tokens.textOf(first + 3)) && tokens.kindOf(first + 4) === NUMBER ? null : [first, first + 1, first + 2];
}

/** Whether a letter stands directly before: `V1`, `IM0001`. */
export function isGlued(tokens: Tokens, index: number): boolean {
  return tokens.gap[index] === 0 && tokens.kindOf(index - 1) === WORD;
}
