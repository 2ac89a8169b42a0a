import { characterClass, DIGIT, LOWER, UPPER } from './character-class.js';
import { foldText } from './fold.js';
import type { Reading } from './reading.js';

/** Names this long are found inside one other word too; shorter ones, and several words, only where no letter is beside them. */
const INSIDE_WORD_CHARS = 5;

/** A finder of the policy's institutions in folded text. Case, accents, and what stands between words do not matter. */
export type InstitutionFinder = (reading: Reading) => void;

/** Makes the finder; an empty list finds nothing. */
export function findInstitutions(names: readonly string[]): InstitutionFinder {
  const needles = [...new Set(names.map((name) => squeeze(foldText(name).text).squeezed).filter((name) => name.length > 1))].sort();
  if (needles.length === 0) return () => undefined;
  return (reading) => {
    const { squeezed, origin } = squeeze(reading.tokens.text);
    for (const needle of needles) findNeedle(reading, squeezed, origin, needle);
  };
}

/** Small letters and digits only, with the offset of each. */
function squeeze(text: string): { squeezed: string; origin: number[] } {
  const origin: number[] = [];
  const kept: string[] = [];
  for (let at = 0; at < text.length; at++) {
    const type = characterClass(text.charCodeAt(at));
    if (type !== UPPER && type !== LOWER && type !== DIGIT && text.charCodeAt(at) < 128) continue;
    origin.push(at);
    kept.push((text[at] as string).toLowerCase().slice(0, 1));
  }
  return { squeezed: kept.join(''), origin };
}

function findNeedle(reading: Reading, squeezed: string, origin: readonly number[], needle: string): void {
  const { text } = reading.tokens;
  for (let at = squeezed.indexOf(needle), found = 0; at >= 0 && found < 20; at = squeezed.indexOf(needle, at + 1)) {
    const start = origin[at] as number;
    const end = (origin[at + needle.length - 1] as number) + 1;
    const parted = end - start !== needle.length;
    if ((parted || needle.length < INSIDE_WORD_CHARS) && (isBeside(text, start, -1) || isBeside(text, end, 1))) continue;
    found++;
    reading.hits.add('DID-044', 'error', 'an institution that the policy lists', start, end);
  }
}

/** Whether a letter goes on beyond a bound: `JHNX`. A change from small to capital letters bounds too, `mriJHN`. */
function isBeside(text: string, at: number, step: 1 | -1): boolean {
  const type = (offset: number): number => (offset < 0 || offset >= text.length ? DIGIT : characterClass(text.charCodeAt(offset)));
  const [outer, inner] = step < 0 ? [type(at - 1), type(at)] : [type(at), type(at - 1)];
  if (outer !== UPPER && outer !== LOWER) return false;
  return step < 0 ? !(outer === LOWER && inner === UPPER) : !(inner === LOWER && outer === UPPER);
}
