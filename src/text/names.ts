import { formStrength, isInitial, isOrdinary, isUnknown, nameStrength, SOFT, STRONG, TERM } from './name-strength.js';
import { hitTokens, type Reading } from './reading.js';
import { isSyllabicName } from './syllables.js';
import { CAPITALISED, CAPITALS, FOREIGN, SMALL, WORD } from './tokens.js';
import { EPONYM, GIVEN, IMAGING, NAME, NOBODY, ORDINARY, PARTICLE, STATE, SURNAME, SYLLABIC, TITLE, TOWN, TOWN_START, VIEW } from './word-classes.js';

const CODE = 'DID-040';
/** Letters that two names among bytes have together. */
const BYTES_LETTERS = 9;

/** Index of the word after a token with what stands between words of one name: spaces, `_`, `.`, `-`, `+`, `%20`; 0 when something else is there. */
function nextWord(reading: Reading, index: number): number {
  const { tokens } = reading;
  let next = index + 1;
  if (tokens.isSign(next, '%') && tokens.textOf(next + 1) === '20') next += 2;
  else if (tokens.isSign(next, '_') || tokens.isSign(next, '.') || tokens.isSign(next, '-') || tokens.isSign(next, '+')) next++;
  return tokens.kindOf(next) === WORD || tokens.kindOf(next) === FOREIGN ? next : 0;
}

/** A word that is in a list of names: pairs, `Smith J`, and what stands alone. */
export function scanName(reading: Reading, index: number): void {
  const next = nextWord(reading, index);
  if (reading.kind === 'bytes' && isChance(reading, index, next)) return;
  if (next !== 0 && (scanPair(reading, index, next) || scanSurnameInitials(reading, index, next))) return;
  scanLone(reading, index);
}

/** Among bytes, two names of a few letters, or joined with nothing between, stand side by side by chance. */
function isChance(reading: Reading, first: number, second: number): boolean {
  const { tokens } = reading;
  if (second === 0 || (second === first + 1 && tokens.gap[second] === 0)) return true;
  return tokens.lengthOf(first) < 3 || tokens.lengthOf(second) < 3 || tokens.lengthOf(first) + tokens.lengthOf(second) < BYTES_LETTERS;
}

/** Given name and surname, in either order, with an initial or particles between; Chinese surname and any two syllables. */
function scanPair(reading: Reading, first: number, next: number): boolean {
  const second = skipBetween(reading, next);
  if (second === 0) return false;
  const given = nameStrength(reading, first, GIVEN);
  const surname = nameStrength(reading, second, SURNAME);
  if (isPair(reading, first, second, given, surname)) return addName(reading, 'error', first, second);
  const reversed = Math.min(nameStrength(reading, first, SURNAME), nameStrength(reading, second, GIVEN));
  if (second === next && reversed >= TERM) return addName(reading, 'error', first, second);
  const asian = asianNameEnd(reading, first, next);
  if (asian !== 0) return addName(reading, 'error', first, asian);
  if (given === STRONG && isUnlistedSurname(reading, second)) return addName(reading, 'error', first, second);
  const soft = given === SOFT && surname === SOFT && reading.kind !== 'bytes';
  return soft && addName(reading, 'warning', first, second);
}

/** Whether given name and surname together say more for a person than for anything else. */
function isPair(reading: Reading, first: number, second: number, given: number, surname: number): boolean {
  if (given > 0 && surname > 0 && given + surname >= TERM + SOFT) return true;
  const titled = reading.tokens.shape[first] !== SMALL && reading.tokens.shape[second] !== SMALL;
  if (given === SOFT && surname === SOFT) return reading.mixedCase && titled && !isOrdinary(reading, first - 1) && reading.tokens.shape[first] !== CAPITALS;
  // `Virginia Smith`, `Maria Long`: one of the two is vocabulary, the other nothing but a name.
  return (given === STRONG && formStrength(reading, second, SURNAME) > 0) || (surname === STRONG && titled && formStrength(reading, first, GIVEN) > 0);
}

/** After a given name that is nothing else, an unknown word with a capital: the surname that no list has. */
function isUnlistedSurname(reading: Reading, index: number): boolean {
  const { tokens } = reading;
  if (reading.kind === 'bytes') return false;
  return isUnknown(reading, index, 4) && tokens.shape[index] !== SMALL;
}

/** Last token of the given name of one or two syllables after a Chinese or Korean surname: `Wang Xiaoming`, `Kim Ji-hoon`; 0 when it is none. */
function asianNameEnd(reading: Reading, surname: number, given: number): number {
  const { tokens } = reading;
  if (!tokens.isWord(surname, SYLLABIC) || tokens.kindOf(given) !== WORD || tokens.shape[given] === SMALL) return 0;
  if (tokens.lengthOf(surname) < 3 && tokens.isWord(surname, IMAGING)) return 0;
  const [hyphen, second] = [given + 1, given + 2];
  const hyphenated = tokens.isSign(hyphen, '-') && tokens.gap[hyphen] === 0 && tokens.kindOf(second) === WORD && tokens.gap[second] === 0;
  if (hyphenated && isSyllabicName(tokens.textOf(given)) && isSyllabicName(tokens.textOf(second))) return second;
  return !tokens.isWord(given, ORDINARY) && isSyllabicName(tokens.textOf(given)) ? given : 0;
}

/** Steps over a middle initial and particles (`van der`): at most four tokens. 0 when no word follows. */
function skipBetween(reading: Reading, start: number): number {
  const { tokens } = reading;
  let index = start;
  for (let steps = 0; steps < 4 && index !== 0; steps++) {
    const next = nextWord(reading, index);
    // A particle that is a name too, `Ben`, is one only before a surname.
    const particle = tokens.isWord(index, PARTICLE) && (!tokens.isWord(index, NAME) || tokens.isWord(next, SURNAME));
    if (!particle && !isInitial(reading, index)) return index;
    index = next;
  }
  return index;
}

/** `Smith J`, `Smith JA`: a surname that is nothing else, then capitals with a dot or at the end. */
function scanSurnameInitials(reading: Reading, index: number, next: number): boolean {
  const { tokens } = reading;
  if (reading.kind === 'bytes' || nameStrength(reading, index, SURNAME) < STRONG) return false;
  const initials = tokens.shape[next] === CAPITALS && tokens.lengthOf(next) <= 2 && !isOrdinary(reading, next);
  return initials && tokens.gap[next] === 1 && addName(reading, 'error', index, next);
}

/** A name that is nothing else, alone: somebody has to look. Among bytes it is noise. */
function scanLone(reading: Reading, index: number): void {
  const { tokens, kind } = reading;
  const strength = Math.max(nameStrength(reading, index, GIVEN), nameStrength(reading, index, SURNAME));
  if (strength < STRONG || kind === 'bytes' || tokens.lengthOf(index) < 4 || tokens.isWord(index, TOWN | TOWN_START | STATE)) return;
  if (tokens.shape[index] === SMALL && reading.mixedCase) return;
  addName(reading, kind === 'name' ? 'error' : 'warning', index, index);
}

/** `J. Smith`, `J Smith`: a capital before a surname. Sides and levels (`L`, `C`) are no initials of a term. */
export function scanInitial(reading: Reading, index: number): void {
  const { tokens, kind } = reading;
  if (kind === 'bytes' || !isInitial(reading, index) || tokens.kindOf(index - 1) === WORD && tokens.gap[index] === 0) return;
  const dot = tokens.isSign(index + 1, '.');
  let surname = index + (dot ? 2 : 1);
  if (isInitial(reading, surname)) surname += tokens.isSign(surname + 1, '.') ? 2 : 1;
  if (tokens.kindOf(surname) !== WORD || tokens.lengthOf(surname) < 3) return;
  const strength = nameStrength(reading, surname, SURNAME);
  const letter = tokens.text[tokens.start[index] as number] as string;
  const side = 'LRCTSAPWVXM'.includes(letter);
  if (strength === STRONG || (strength === TERM && (dot || !side)) || (dot && strength === SOFT && !side)) addName(reading, 'error', index, surname);
}

/** `Dr. Smith`, `MRS JONES`. `DR CHEST` and `PT HEAD` are modalities. */
export function scanTitle(reading: Reading, index: number): void {
  const { tokens, kind } = reading;
  const dot = tokens.isSign(index + 1, '.');
  let name = index + (dot ? 2 : 1);
  if (isInitial(reading, name)) name += tokens.isSign(name + 1, '.') ? 2 : 1;
  while (tokens.isWord(name, PARTICLE) && tokens.kindOf(name + 1) === WORD && tokens.gap[name + 1] === 1) name++;
  if (tokens.kindOf(name) !== WORD || tokens.lengthOf(name) < 2 || tokens.shape[name] === SMALL) return;
  if (kind === 'bytes' && (tokens.gap[name] === 0 || tokens.lengthOf(name) < 5)) return;
  const listed = Math.max(nameStrength(reading, name, GIVEN), nameStrength(reading, name, SURNAME));
  const nurse = /^(RN|NP|CRNA)$/.test(tokens.textOf(index)) && reading.mixedCase && tokens.shape[name] === CAPITALISED;
  // A title in capitals without a dot is also an abbreviation: then only a name counts.
  const plainTitle = nurse || tokens.isWord(index, TITLE) || dot || tokens.shape[index] !== CAPITALS;
  if (plainTitle && tokens.shape[index] !== SMALL) {
    const soft = formStrength(reading, name, SURNAME) > 0 && (!tokens.isWord(name, IMAGING) || dot);
    if (listed > 0 || soft || (kind !== 'bytes' && isUnknown(reading, name, 3)) || isEponym(reading, name)) addName(reading, 'error', index, name);
  } else if (listed === STRONG || (listed === TERM && !tokens.isWord(name, VIEW))) addName(reading, 'error', index, name);
  else if (kind !== 'bytes' && isUnknown(reading, name, 5) && !tokens.isWord(name, NAME)) addName(reading, 'warning', index, name);
}

function isEponym(reading: Reading, index: number): boolean {
  return reading.tokens.isWord(index, EPONYM) && !reading.tokens.isWord(index, ORDINARY | NOBODY);
}

/** `Smith, John`, `SMITH, J.`: the comma is token `comma`. */
export function scanComma(reading: Reading, comma: number): void {
  const { tokens, kind } = reading;
  const left = comma - 1;
  const right = comma + 1;
  if (tokens.kindOf(left) !== WORD || tokens.kindOf(right) !== WORD) return;
  const surname = formStrength(reading, left, SURNAME);
  const given = formStrength(reading, right, GIVEN);
  const other = !isOrdinary(reading, left) && tokens.lengthOf(left) >= 3;
  if (kind === 'bytes' ? surname >= TERM && given >= TERM && !isChance(reading, left, right) : (surname >= TERM && given > 0) || (surname > 0 && given >= TERM)) addName(reading, 'error', left, right);
  else if (kind === 'bytes') return;
  else if (other && given === STRONG && tokens.shape[left] !== SMALL) addName(reading, 'error', left, right);
  else if (surname === SOFT && given === SOFT && !tokens.isWord(left, IMAGING) && !tokens.isWord(right, IMAGING)) addName(reading, 'error', left, right);
  else if (surname === STRONG && isUnknown(reading, right, 3) && tokens.shape[right] !== SMALL) addName(reading, 'error', left, right);
  else if (surname >= TERM && isInitial(reading, right) && (surname === STRONG || tokens.isSign(right + 1, '.'))) addName(reading, 'error', left, right);
  else if (asianNameEnd(reading, left, right) !== 0) addName(reading, 'error', left, right);
}

function addName(reading: Reading, level: 'error' | 'warning', first: number, last: number): true {
  hitTokens(reading, CODE, level, level === 'error' ? 'a person name' : 'a word that is a person name and nothing else', first, last);
  return true;
}
