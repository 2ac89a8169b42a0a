import { characterClass, DIGIT, LOWER, UPPER } from './character-class.js';
import { foldText } from './fold.js';
import type { Reading } from './reading.js';

/** Names this long are found inside one other word too; shorter ones, and several words, only where no letter is beside them. */
const INSIDE_WORD_CHARS = 5;
/** Signs and spaces in a row that may stand between two characters of a name. */
const MAX_BETWEEN = 3;
const MAX_FOUND = 20;

/** A finder of the policy's institutions in folded text. Case, accents, and what stands between words do not matter. */
export type InstitutionFinder = (reading: Reading) => void;

interface Needle {
  /** Small letters and digits of the name. */
  characters: string;
  /** Those of its first word: what is looked for first. */
  first: string;
}

/** Makes the finder; an empty list finds nothing. */
export function findInstitutions(names: readonly string[]): InstitutionFinder {
  const words = names.map((name) => foldText(name).text.toLowerCase().split(/[^a-z0-9\u0080-\uffff]+/).filter((word) => word !== ''));
  const needles = new Map(words.map((parts): [string, Needle] => [parts.join(''), { characters: parts.join(''), first: parts[0] ?? '' }]));
  const sorted = [...needles.values()].filter(({ characters }) => characters.length > 1).sort((a, b) => (a.characters < b.characters ? -1 : 1));
  if (sorted.length === 0) return () => undefined;
  return (reading) => {
    const small = toSmall(reading.tokens.text);
    for (const needle of sorted) findNeedle(reading, small, needle);
  };
}

/** Small letters, each at the place of the letter it was. */
function toSmall(text: string): string {
  const small = text.toLowerCase();
  return small.length === text.length ? small : Array.from({ length: text.length }, (_, at) => (text[at] as string).toLowerCase().charAt(0)).join('');
}

function findNeedle(reading: Reading, small: string, needle: Needle): void {
  for (let at = small.indexOf(needle.first), found = 0; at >= 0 && found < MAX_FOUND; at = small.indexOf(needle.first, at + 1)) {
    const end = matchEnd(small, at, needle.characters);
    if (end === 0) continue;
    const parted = end - at !== needle.characters.length;
    const bounded = !isBeside(reading.tokens.text, at, -1) && !isBeside(reading.tokens.text, end, 1);
    if (!bounded && (parted || needle.characters.length < INSIDE_WORD_CHARS)) continue;
    found++;
    reading.hits.add('DID-044', 'error', 'an institution that the policy lists', at, end);
  }
}

/** Where a name ends that begins at `start`, with a few signs or spaces between its characters; 0 when it is not there. */
function matchEnd(small: string, start: number, characters: string): number {
  let at = start;
  for (let index = 0; index < characters.length; index++) {
    let between = 0;
    while (small[at] !== characters[index]) {
      if (index === 0 || between++ === MAX_BETWEEN || at >= small.length || characterClass(small.charCodeAt(at)) <= DIGIT) return 0;
      at++;
    }
    at++;
  }
  return at;
}

/** Whether a letter goes on beyond a bound: `JHNX`. A change from small to capital letters bounds too, `mriJHN`. */
function isBeside(text: string, at: number, step: 1 | -1): boolean {
  const type = (offset: number): number => (offset < 0 || offset >= text.length ? DIGIT : characterClass(text.charCodeAt(offset)));
  const [outer, inner] = step < 0 ? [type(at - 1), type(at)] : [type(at), type(at - 1)];
  if (outer !== UPPER && outer !== LOWER) return false;
  return step < 0 ? !(outer === LOWER && inner === UPPER) : !(inner === LOWER && outer === UPPER);
}
