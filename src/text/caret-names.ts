import { formStrength, isOrdinary, isUnknown, SOFT, STRONG, TERM } from './name-strength.js';
import { hitTokens, type Reading } from './reading.js';
import { FOREIGN, WORD } from './tokens.js';
import { EPONYM, GIVEN, IMAGING, NOBODY, SURNAME } from './word-classes.js';

/** Letters that both names together have among bytes: fewer are there by chance. */
const BYTES_LETTERS = 7;

/**
 * `SMITH^JOHN`, the form of a PN (PS3.5 6.2.1); the caret is token `caret`. Scanners write protocols in the same form,
 * `Thorax^CAP_WITH (Adult)`: vocabulary before the caret is no surname unless a given name follows.
 */
export function scanCaret(reading: Reading, caret: number): void {
  const { tokens } = reading;
  const left = caret - 1;
  const right = caret + 1;
  if (tokens.kindOf(left) === FOREIGN || tokens.kindOf(right) === FOREIGN) {
    if (reading.kind === 'bytes') return;
    if (tokens.kindOf(left) === FOREIGN || tokens.kindOf(left) === WORD) hitTokens(reading, 'DID-040', 'error', 'a person name', left, tokens.kindOf(right) === FOREIGN ? right : left);
    return;
  }
  if (tokens.kindOf(left) !== WORD) return;
  const level = judgeCaret(reading, left, right);
  if (level !== null) hitTokens(reading, 'DID-040', level, level === 'error' ? 'a person name' : 'words in the form of a person name', left, tokens.kindOf(right) === WORD ? right : caret);
}

function judgeCaret(reading: Reading, left: number, right: number): 'error' | 'warning' | null {
  const { tokens, kind } = reading;
  const surname = formStrength(reading, left, SURNAME);
  if (tokens.kindOf(right) !== WORD) return tokens.isSign(right, '^') && surname >= TERM && kind !== 'bytes' ? 'error' : null; // `Fukuda^^^Dr.`
  const given = formStrength(reading, right, GIVEN);
  if (kind === 'bytes') return surname >= TERM && given >= TERM && tokens.lengthOf(left) + tokens.lengthOf(right) >= BYTES_LETTERS ? 'error' : null;
  if (!isOrdinary(reading, left)) return isNameAgainst(reading, left, right, surname, given) ? 'error' : null;
  if (given === STRONG) return 'error';
  if (tokens.isWord(right, IMAGING | NOBODY) && kind !== 'name') return null;
  if (given >= TERM && (surname > 0 || !tokens.isWord(left, IMAGING))) return 'error';
  if (surname > 0 && (given > 0 || isUnknown(reading, right, 3))) return 'error';
  return !tokens.isWord(left, IMAGING | NOBODY) && isUnknown(reading, right, 4) ? 'warning' : null;
}

/** The word before the caret is no vocabulary: it is a name, unless vocabulary of imaging that is no given name stands behind. */
function isNameAgainst(reading: Reading, left: number, right: number, surname: number, given: number): boolean {
  const { tokens } = reading;
  if (given > 0 && (surname > 0 || tokens.lengthOf(left) >= 3)) return true;
  if (tokens.lengthOf(right) === 1) return surname >= TERM || tokens.lengthOf(left) >= 4;
  if (tokens.isWord(right, IMAGING | NOBODY)) return reading.kind === 'name';
  return surname >= SOFT || tokens.isWord(left, EPONYM) || tokens.lengthOf(left) >= 3;
}
