import { formStrength, isOrdinary, isUnknown, SOFT, STRONG, TERM } from './name-strength.js';
import { hitTokens, type Reading } from './reading.js';
import { FOREIGN, WORD } from './tokens.js';
import { EPONYM, GIVEN, SURNAME } from './word-classes.js';

/**
 * `SMITH^JOHN`, the form of a PN (PS3.5 6.2.1); the caret is token `caret`. Scanners write protocols in the same form,
 * `Thorax^CAP_WITH (Adult)`: vocabulary before the caret is no surname unless a given name follows.
 */
export function scanCaret(reading: Reading, caret: number): void {
  const { tokens } = reading;
  const left = caret - 1;
  const right = caret + 1;
  if (tokens.kindOf(left) === FOREIGN || tokens.kindOf(right) === FOREIGN) {
    if (tokens.kindOf(left) === FOREIGN || tokens.kindOf(left) === WORD) hitTokens(reading, 'DID-040', 'error', 'a person name', left, tokens.kindOf(right) === FOREIGN ? right : left);
    return;
  }
  if (tokens.kindOf(left) === WORD && isCaretName(reading, left, right)) hitTokens(reading, 'DID-040', 'error', 'a person name', left, tokens.kindOf(right) === WORD ? right : caret);
}

function isCaretName(reading: Reading, left: number, right: number): boolean {
  const { tokens, kind } = reading;
  const surname = formStrength(reading, left, SURNAME);
  if (tokens.kindOf(right) !== WORD) return tokens.isSign(right, '^') && surname >= TERM && kind !== 'bytes'; // `Fukuda^^^Dr.`
  const given = formStrength(reading, right, GIVEN);
  const vocabulary = isOrdinary(reading, left);
  if (kind === 'bytes') return surname >= TERM && given >= TERM;
  if (given >= TERM) return !vocabulary || surname > 0;
  if (vocabulary) return surname > 0 && (given === SOFT ? !isImagingPair(reading, right) : isUnknown(reading, right, 4) && surname > 0 && !isOrdinary(reading, right));
  return isNameAgainst(reading, left, right, surname, given);
}

/** The word before the caret is no vocabulary: is the one behind it? */
function isNameAgainst(reading: Reading, left: number, right: number, surname: number, given: number): boolean {
  const { tokens } = reading;
  if (given > 0) return true;
  if (tokens.lengthOf(right) === 1) return surname >= TERM || tokens.lengthOf(left) >= 4;
  if (isOrdinary(reading, right)) return reading.kind === 'name';
  if (surname >= TERM || tokens.isWord(left, EPONYM)) return surname === STRONG || isUnknown(reading, right, 3);
  return tokens.lengthOf(left) >= 3 && isUnknown(reading, right, 3);
}

/** A word behind the caret that is a given name and vocabulary of imaging is vocabulary. */
function isImagingPair(reading: Reading, right: number): boolean {
  return isOrdinary(reading, right) && reading.kind !== 'name';
}
