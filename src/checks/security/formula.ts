import { literal } from '../sql.js';

/**
 * First characters that make a spreadsheet read a cell as a formula (ASVS 1.2.10), with the full-width forms that some
 * spreadsheets fold to them.
 */
const STARTS = ['=', '+', '-', '@', '\t', '\r', '\uFF1D', '\uFF0B', '\uFF0D', '\uFF20'];

/** RE2 of such a beginning, to be put into a larger pattern. */
export const FORMULA_START = `^[${STARTS.map((character) => `\\x{${character.charCodeAt(0).toString(16)}}`).join('')}]`;

/** A decimal number, or several with a separator between: what a spreadsheet computes nothing of. RE2 syntax. */
const NUMBER = '[+-]?(?:[0-9]+(?:[.,][0-9]*)?|[.,][0-9]+)(?:[eE][+-]?[0-9]{1,4})?%?';
const NUMBERS = `${NUMBER}(?:[,;|/\\\\] ?${NUMBER})*`;

/** SQL condition: the text begins like a formula and is no number. Null texts meet nothing. */
export function formulaCondition(text: string): string {
  const starts = STARTS.map((character) => (character < ' ' ? `chr(${character.charCodeAt(0)})` : literal(character)));
  return `(left(${text}, 1) IN (${starts.join(', ')}) AND NOT regexp_full_match(${text}, ${literal(NUMBERS)}))`;
}

const NUMBERS_PATTERN = new RegExp(`^(?:${NUMBERS})$`);

/** What a text begins with, as a finding may say it; null when it begins like no formula or is a number. */
export function formulaStart(text: string): string | null {
  const [first = ''] = text;
  if (!STARTS.includes(first) || NUMBERS_PATTERN.test(text)) return null;
  return first === '\t' ? 'a tab' : first === '\r' ? 'a carriage return' : first;
}
