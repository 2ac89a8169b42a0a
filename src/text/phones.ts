import { type NumberRun, shapeOf, spacedNumbers, valueOf } from './number-run.js';
import { hitTokens, type Reading } from './reading.js';
import { NUMBER, type Tokens, WORD } from './tokens.js';
import { PHONE_LABEL } from './word-classes.js';

const WHAT = 'a phone, fax or pager number';
/** Shapes of complete numbers: North America with and without country code, and with the last seven digits together. */
const NATIONAL = new Set(['334', '1334', '3334', '37', '137']);
/** Digits of a number that a plus sign begins (ITU-T E.164). */
const MIN_INTERNATIONAL = 8;
const MAX_INTERNATIONAL = 15;

/** A number of a phone, fax or pager in `run` and what is beside it. */
export function scanPhone(reading: Reading, run: NumberRun): boolean {
  const { tokens } = reading;
  const [first = 0] = run.groups;
  const last = findPhone(tokens, run, first);
  // Among bytes digits in one row are no phone: `+` and `PH` stand before them by chance.
  if (last === 0 || (reading.kind === 'bytes' && last === first)) return false;
  hitTokens(reading, 'DID-042', 'error', WHAT, first, last);
  return true;
}

function findPhone(tokens: Tokens, run: NumberRun, first: number): number {
  if (tokens.isSign(first - 1, '+') && tokens.gap[first] === 0 && (tokens.gap[first - 1] === 1 || tokens.kindOf(first - 2) !== WORD)) return internationalEnd(tokens, first);
  if (tokens.isSign(first - 1, '(') && tokens.isSign(first + 1, ')')) return parenthesisedEnd(tokens, first);
  if (tokens.gap[first] === 0 && tokens.kindOf(first - 1) === WORD && !tokens.isWord(first - 1, PHONE_LABEL)) return 0;
  if (isNational(tokens, run)) return run.last;
  if (isBroken(tokens, run)) return run.last + 2;
  const spaced = run.count === 1 ? spacedEnd(tokens, first) : 0;
  return spaced !== 0 ? spaced : labelledEnd(tokens, run, first);
}

/** `215-555-1234`, `1.800.555.1234`. An area code never begins with 0 or 1: those that do count unless all groups are round. */
function isNational(tokens: Tokens, run: NumberRun): boolean {
  const shape = shapeOf(tokens, run.groups);
  if (!NATIONAL.has(shape) || !/^[-./]+$/.test(run.signs)) return false;
  const prefixed = shape.startsWith('1') || shape === '3334';
  if (shape === '3334' && tokens.textOf(run.groups[0] as number) !== '001') return false;
  const area = run.groups[prefixed ? 1 : 0] as number;
  const round = run.groups.every((group) => valueOf(tokens, group) % 10 === 0);
  return (valueOf(tokens, area) >= 200 || !round) && !(shape === '37' && !run.signs.includes('-'));
}

/** `215-555-` with its last four digits on the next line. */
function isBroken(tokens: Tokens, run: NumberRun): boolean {
  const dash = run.last + 1;
  const broken = run.signs === '-' && shapeOf(tokens, run.groups) === '33' && tokens.isSign(dash, '-') && tokens.gap[dash] === 0;
  return broken && tokens.kindOf(dash + 1) === NUMBER && /[\r\n]/.test(tokens.text.slice(tokens.end[dash], tokens.start[dash + 1])) && tokens.lengthOf(dash + 1) === 4 && valueOf(tokens, run.groups[0] as number) >= 200;
}

/** `(215) 555-1234`, `(215)5551234`. */
function parenthesisedEnd(tokens: Tokens, area: number): number {
  const second = area + 2;
  if (tokens.lengthOf(area) < 2 || tokens.lengthOf(area) > 5 || tokens.kindOf(second) !== NUMBER) return 0;
  const trunk = tokens.textOf(area).startsWith('0');
  if (tokens.lengthOf(second) >= (trunk ? 4 : 6) && tokens.lengthOf(second) <= 8) return second;
  const third = tokens.kindOf(second + 1) === NUMBER ? second + 1 : second + 2;
  const joined = third === second + 1 || tokens.isSign(second + 1, '-') || tokens.isSign(second + 1, '.');
  return joined && tokens.lengthOf(second) >= 3 && tokens.lengthOf(second) <= 4 && tokens.kindOf(third) === NUMBER && (tokens.lengthOf(third) === 4 || (trunk && tokens.lengthOf(third) >= 2)) ? third : 0;
}

/** `+44 20 7946 0958`: counts digits over spaces, dots, dashes and brackets. */
function internationalEnd(tokens: Tokens, first: number): number {
  let digits = 0;
  let last = 0;
  for (let index = first, steps = 0; steps < 16; index++, steps++) {
    if (tokens.kindOf(index) === NUMBER) {
      digits += tokens.lengthOf(index);
      last = index;
    } else if (!['-', '.', '(', ')', '/'].some((sign) => tokens.isSign(index, sign))) break;
  }
  return digits >= MIN_INTERNATIONAL && digits <= MAX_INTERNATIONAL && tokens.lengthOf(first) <= 15 ? last : 0;
}

/** Only spaces between: three groups that are no round numbers (`500 600 1200` are b-values), or pairs after a zero as in France. */
function spacedEnd(tokens: Tokens, first: number): number {
  const groups = spacedNumbers(tokens, first);
  if (groups !== null && shapeOf(tokens, groups) === '334') {
    const round = groups.every((group) => valueOf(tokens, group) % 10 === 0);
    return (!round && valueOf(tokens, first) >= 200) || isLabelled(tokens, first) ? (groups[2] as number) : 0;
  }
  if (groups !== null && ['344', '434', '533'].includes(shapeOf(tokens, groups)) && tokens.textOf(first).startsWith('0')) return groups[2] as number;
  const trunk = tokens.textOf(first).startsWith('0') && tokens.lengthOf(first) >= 4 && tokens.lengthOf(first) <= 6;
  if (trunk && tokens.kindOf(first + 1) === NUMBER && tokens.lengthOf(first + 1) >= 5 && tokens.lengthOf(first + 1) <= 8 && tokens.kindOf(first - 1) !== NUMBER) return first + 1;
  const pairs = [0, 1, 2, 3, 4].every((step) => tokens.kindOf(first + step) === NUMBER && tokens.lengthOf(first + step) === 2);
  return pairs && tokens.textOf(first).startsWith('0') && tokens.kindOf(first + 5) !== NUMBER && tokens.kindOf(first - 1) !== NUMBER ? first + 4 : 0;
}

/** After `phone`, `fax`, `ext`: seven digits, or four for an extension or pager. `pH 7.4` and `EXT 2 VIEWS` are none. */
function labelledEnd(tokens: Tokens, run: NumberRun, first: number): number {
  const seven = run.count <= 4 && (shapeOf(tokens, run.groups) === '34' || digitsOf(tokens, run) >= 7) && !run.signs.includes('.');
  if (seven && valueOf(tokens, first) === 555 && shapeOf(tokens, run.groups) === '34') return run.last;
  if (!isLabelled(tokens, first)) return 0;
  const extension = run.count === 1 && tokens.lengthOf(first) >= 4 && tokens.lengthOf(first) <= 6;
  const spaced = tokens.lengthOf(first) === 3 && tokens.kindOf(first + 1) === NUMBER && tokens.lengthOf(first + 1) === 4 ? first + 1 : 0;
  return seven || extension ? run.last : spaced;
}

function digitsOf(tokens: Tokens, run: NumberRun): number {
  return run.groups.reduce((sum, group) => sum + tokens.lengthOf(group), 0);
}

/** Whether a label of a phone stands before, with at most three signs or words like `no` between. */
function isLabelled(tokens: Tokens, first: number): boolean {
  for (let back = first - 1, steps = 0; steps < 4 && back > 0; back--, steps++) {
    if (tokens.isWord(back, PHONE_LABEL)) return true;
    if (tokens.kindOf(back) === WORD && !/^(no|nr|number|num|is|at|me|x)$/i.test(tokens.textOf(back))) return false;
    if (tokens.kindOf(back) === NUMBER) return false;
  }
  return false;
}
