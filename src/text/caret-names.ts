import { formStrength, isOrdinary, isUnknown, SOFT, TERM } from './name-strength.js';
import { hitTokens, type Reading } from './reading.js';
import { FOREIGN, WORD } from './tokens.js';
import { EPONYM, GIVEN, IMAGING, NOBODY, SURNAME } from './word-classes.js';

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
  if (kind === 'bytes') return surname >= TERM && given >= TERM;
  if (!isOrdinary(reading, left)) return isNameAgainst(reading, left, right, surname, given);
  if (tokens.isWord(right, IMAGING | NOBODY) && kind !== 'name') return false;
  if (given >= TERM) return surname > 0 || !tokens.isWord(left, IMAGING);
  return surname > 0 && (given > 0 || isUnknown(reading, right, 3));
}

/** The word before the caret is no vocabulary: it is a name, unless vocabulary of imaging stands behind. */
function isNameAgainst(reading: Reading, left: number, right: number, surname: number, given: number): boolean {
  const { tokens } = reading;
  if (given > SOFT) return true;
  if (tokens.lengthOf(right) === 1) return surname >= TERM || tokens.lengthOf(left) >= 4;
  if (tokens.isWord(right, IMAGING | NOBODY)) return reading.kind === 'name';
  return surname >= SOFT || tokens.isWord(left, EPONYM) || tokens.lengthOf(left) >= 3;
}
