import { hitTokens, type Reading } from './reading.js';
import { NUMBER, SMALL, type Tokens, WORD } from './tokens.js';
import { IMAGING, STREET } from './word-classes.js';

const CODE = 'DID-044';
const MAX_WORDS = 5;
/** Kinds of streets that stand before the name. */
const FIRST = /^(rue|avenue|boulevard|chemin|impasse|quai|allee|calle|avenida|paseo|plaza|camino|ronda|via|viale|piazza|vicolo|borgo|corso|largo|strada|contrada|rua|ul|ulica)$/i;
/** Ends of German, Dutch and Nordic words for streets. */
const COMPOUND = /(strasse|str|gasse|platz|allee|weg|ufer|damm|straat|laan|singel|plein|gracht|gatan|vagen|veien|gata|vej|gade)$/i;
/** Ends that make a street only after a hyphen: `Holzapfel-Ring`. */
const JOINED_ONLY = /^(ring|hof|berg)$/i;
const ORDINAL = /^(st|nd|rd|th)$/i;

/** `1200 Main Street`, `12 Oak Ave`, `88 W 45th St`: the kind of street is token `index`. */
export function scanStreet(reading: Reading, index: number): void {
  const { tokens, kind } = reading;
  if (kind === 'bytes') return;
  const weak = !tokens.isWord(index, STREET);
  let words = 0;
  for (let back = index - 1; back >= index - MAX_WORDS && tokens.kindOf(back) !== 0; back--) {
    if (tokens.kindOf(back) === NUMBER && !isOrdinal(tokens, back)) {
      if (words > 0 && isHouseNumber(tokens, back, weak)) hitTokens(reading, CODE, 'error', 'a street', back, index);
      return;
    }
    if (tokens.isSign(back, '.') || tokens.isSign(back, '-')) continue;
    if (tokens.kindOf(back) !== NUMBER && (tokens.kindOf(back) !== WORD || tokens.isWord(back, weak ? IMAGING : 0))) return;
    words++;
  }
}

/** `45th`, with something before it. */
function isOrdinal(tokens: Tokens, index: number): boolean {
  return ORDINAL.test(tokens.textOf(index + 1)) && tokens.gap[index + 1] === 0 && tokens.kindOf(index - 1) !== 0;
}

/** An abbreviation that means other things too asks for two digits. */
function isHouseNumber(tokens: Tokens, index: number, weak: boolean): boolean {
  return tokens.lengthOf(index) <= 5 && (!weak || tokens.lengthOf(index) >= 2) && tokens.gap[index + 1] === 1;
}

/** `Calle Mayor 12`, `12, rue de la Paix`: the kind of street is token `index`, before the name. */
export function scanStreetFirst(reading: Reading, index: number): void {
  const { tokens, kind } = reading;
  if (kind === 'bytes' || !FIRST.test(tokens.textOf(index))) return;
  let next = index + 1;
  if (tokens.isSign(next, '.')) next++;
  const first = next;
  while (next < first + MAX_WORDS && (tokens.kindOf(next) === WORD || tokens.isSign(next, '-') || tokens.isSign(next, "'"))) next++;
  if (next === first) return;
  if (tokens.isSign(next, ',')) next++;
  const number = tokens.isSign(index - 1, ',') ? index - 2 : index - 1;
  if (tokens.kindOf(next) === NUMBER && tokens.lengthOf(next) <= 4 && next > first) hitTokens(reading, CODE, 'error', 'a street', index, next);
  else if (tokens.kindOf(number) === NUMBER && tokens.lengthOf(number) <= 4 && tokens.shape[index] === SMALL) hitTokens(reading, CODE, 'error', 'a street', number, next - 1);
}

/** `Bahnhofstrasse 12`, `Anna-Weber-Platz 3`: the number is token `number`. */
export function scanCompoundStreet(reading: Reading, number: number): void {
  const { tokens, kind } = reading;
  if (kind === 'bytes' || tokens.lengthOf(number) > 4) return;
  const word = tokens.isSign(number - 1, '.') ? number - 2 : number - 1;
  if (tokens.kindOf(word) !== WORD || tokens.isWord(word, IMAGING)) return;
  const street = COMPOUND.test(tokens.textOf(word));
  if (!street && !JOINED_ONLY.test(tokens.textOf(word))) return;
  const joined = tokens.isSign(word - 1, '-') && tokens.kindOf(word - 2) === WORD && !tokens.isWord(word - 2, IMAGING);
  if (joined || (street && tokens.lengthOf(word) > 7)) hitTokens(reading, CODE, 'error', 'a street', word, number);
}
