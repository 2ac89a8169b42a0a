import { nearMiss } from '../model/near-miss.js';

/** Letters of other scripts that look like Latin ones; what people paste without seeing it. */
const LOOKALIKES = new Map(
  Object.entries({
    А: 'A', В: 'B', Е: 'E', К: 'K', М: 'M', Н: 'H', О: 'O', Р: 'P', С: 'C', Т: 'T', Х: 'X', а: 'a', е: 'e', о: 'o', р: 'p', с: 'c', х: 'x', у: 'y', і: 'i', ѕ: 's', ј: 'j',
    Α: 'A', Β: 'B', Ε: 'E', Ζ: 'Z', Η: 'H', Ι: 'I', Κ: 'K', Μ: 'M', Ν: 'N', Ο: 'O', Ρ: 'P', Τ: 'T', Υ: 'Y', Χ: 'X', ο: 'o', ν: 'v',
  }),
);

/** The allowed value that was probably meant, and how the given one differs; null when none is near. */
export function nearValue(given: string, allowed: readonly string[]): { value: string; difference: string } | null {
  const stages: [string, (text: string) => string][] = [
    ['in blanks', (text) => text.normalize('NFKC').trim().replace(/\s+/g, ' ')],
    ['in invisible characters', (text) => text.replace(/[\p{Cf}\p{Cc}]/gu, '')],
    ['in letters of another script that look alike', (text) => Array.from(text, (c) => LOOKALIKES.get(c) ?? c).join('')],
    ['in upper and lower case', (text) => text.toLowerCase()],
    ['in leading zeros', (text) => text.replace(/^0+(?=[0-9])/, '')],
    ['in separators', (text) => text.replace(/[\s_-]+/g, '')],
  ];
  let fold = (text: string): string => text;
  for (const [difference, stage] of stages) {
    const before = fold;
    fold = (text) => stage(before(text));
    const folded = fold(given);
    const value = allowed.find((candidate) => fold(candidate) === folded);
    if (value !== undefined) return { value, difference };
  }
  const begun = allowed.filter((candidate) => fold(given).length >= 3 && fold(candidate).startsWith(fold(given)));
  if (begun[0] !== undefined && begun.length === 1) return { value: begun[0], difference: 'in their end' };
  const value = nearMiss(given, allowed);
  return value === undefined ? null : { value, difference: 'by a few letters' };
}

/** Text for display: invisible and control characters escaped, shortened to 60 characters. */
export function showValue(value: unknown): string {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
  const characters = Array.from(text);
  const shown = characters.slice(0, 60).map((c) => (/[\p{C}\p{Zl}\p{Zp}]|(?! )\p{Zs}/u.test(c) ? escape(c) : c));
  return shown.join('') + (characters.length > 60 ? `… (${characters.length} characters)` : '');
}

function escape(character: string): string {
  return `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;
}
