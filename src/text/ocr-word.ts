import { characterClass, DIGIT, LOWER, UPPER } from './character-class.js';
import { DATE_LABEL, FACILITY, GIVEN, NUMBER_LABEL, PERSON_LABEL, PHONE_LABEL, SURNAME, TITLE } from './word-classes.js';

/** What a disguised word must be to be read as such: anything that makes a finding. */
export const OCR_CLASSES = GIVEN | SURNAME | TITLE | PERSON_LABEL | NUMBER_LABEL | PHONE_LABEL | DATE_LABEL | FACILITY;

const MIN_CHARS = 4;
const MAX_CHARS = 20;
/** Digits, and the small l, that are taken for letters; `1` and `l` once more as the other letter. */
const FIRST = new Map([['0', 'O'], ['1', 'I'], ['3', 'E'], ['4', 'A'], ['5', 'S'], ['8', 'B'], ['l', 'I']]);
const SECOND = new Map([...FIRST, ['1', 'L'], ['l', 'L']]);

/**
 * A run of letters and digits that may be a word with misread letters: `SM1TH`, `J0HN`, `SMlTH`. Gives where it ends and
 * the words it could be; null for anything that is a plain word, a number or a code.
 */
export function readDisguised(text: string, start: number): { end: number; readings: string[] } | null {
  let capitals = 0;
  let smalls = 0;
  let misread = 0;
  let end = start;
  for (; end < text.length && end - start <= MAX_CHARS; end++) {
    const code = text.charCodeAt(end);
    const type = characterClass(code);
    if (type === UPPER) capitals++;
    else if (type === LOWER && code !== 0x6c) smalls++;
    else if (type === LOWER) smalls += 0x10001; // the small l is counted apart, in the high half
    else if (type === DIGIT && FIRST.has(text[end] as string)) misread++;
    else if (type === DIGIT) return null;
    else break;
  }
  const ells = smalls >>> 16;
  const length = end - start;
  if (length < MIN_CHARS || length > MAX_CHARS) return null;
  if (misread === 0 ? ells === 0 || capitals < 3 || (smalls & 0xffff) !== ells : misread * 3 > length) return null;
  const read = (letters: Map<string, string>): string =>
    [...text.slice(start, end)].map((character) => (character === 'l' && smalls > ells ? 'L' : (letters.get(character) ?? character))).join('');
  return { end, readings: [read(FIRST), read(SECOND)] };
}
