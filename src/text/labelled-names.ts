import { formStrength, isInitial, isOrdinary, isUnknown, nameStrength, SOFT } from './name-strength.js';
import { hitTokens, type Reading } from './reading.js';
import { CAPITALS, FOREIGN, SMALL, WORD } from './tokens.js';
import { BY_LABEL, FILLER, GIVEN, IMAGING, NOBODY, PERSON_LABEL, SURNAME, TITLE, WEAK_TITLE } from './word-classes.js';

/** Tokens between a label and its value. */
const MAX_BETWEEN = 5;

/** `Patient: X`, `tech: JS`, `read by X`: the label is token `label`. */
export function scanPersonLabel(reading: Reading, label: number): void {
  const value = findValue(reading, label);
  if (value === 0) return;
  const { tokens } = reading;
  const last = tokens.kindOf(value + 1) === WORD && isNamePart(reading, value + 1) ? value + 1 : value;
  if (isNamedPerson(reading, value)) hitTokens(reading, 'DID-040', 'error', 'a person name after a word that announces one', value, last);
}

/** Steps from a label over `:`, `=`, `by`, `name`, titles to the first other token; 0 when nothing announces a name. */
function findValue(reading: Reading, label: number): number {
  const { tokens } = reading;
  let announced = false;
  let index = label + 1;
  for (const end = label + MAX_BETWEEN; index <= end; index++) {
    if (tokens.isSign(index, ':') || tokens.isSign(index, '=') || tokens.isSign(index, '>')) announced = true;
    else if (tokens.kindOf(index) === WORD && /^by$/i.test(tokens.textOf(index))) announced ||= tokens.isWord(label, BY_LABEL) || tokens.isWord(index - 1, BY_LABEL);
    else if (tokens.isSign(index, '.') || tokens.isSign(index, '-') || tokens.isSign(index, '#') || tokens.isSign(index, '"') || tokens.isSign(index, '_')) continue;
    else if (tokens.isWord(index, FILLER | TITLE | PERSON_LABEL | WEAK_TITLE) && !tokens.isWord(index, GIVEN | SURNAME)) {
      // Two labels in a row, `REF PHYS`, speak of a person as a colon does.
      announced ||= index === label + 1 && /^(phys|physician|md|provider|doctor)$/i.test(tokens.textOf(index)) && tokens.shape[label] === tokens.shape[index];
      continue;
    }
    else break;
  }
  const kind = tokens.kindOf(index);
  if (kind !== WORD && kind !== FOREIGN) return 0;
  return announced || isPlainlyNamed(reading, label, index) ? index : 0;
}

/** Without a colon: `PATIENT SMITH`, `ref Jones` count when the name is one. */
function isPlainlyNamed(reading: Reading, label: number, index: number): boolean {
  if (!reading.tokens.isWord(label, PERSON_LABEL)) return false;
  return Math.max(nameStrength(reading, index, SURNAME), nameStrength(reading, index, GIVEN)) > SOFT;
}

function isNamedPerson(reading: Reading, index: number): boolean {
  const { tokens, kind } = reading;
  if (tokens.kindOf(index) === FOREIGN) return true;
  if (tokens.isWord(index, NOBODY)) return false;
  const listed = Math.max(formStrength(reading, index, SURNAME), formStrength(reading, index, GIVEN));
  if (isOrdinary(reading, index)) return listed > 0 && tokens.shape[index] !== SMALL && (isNamePart(reading, index + 1) || isAfterBy(reading, index));
  if (kind === 'bytes') return listed > SOFT && tokens.lengthOf(index) > 3 && tokens.lengthOf(index) + (tokens.gap[index] ?? 0) > 4;
  if (tokens.shape[index] === CAPITALS && tokens.lengthOf(index) <= 3) return listed > 0 || isInitials(reading, index);
  return listed > 0 || isUnknown(reading, index, 3);
}

/** `by Young`, where nobody says what the word is: a surname that is also plain English counts, one of imaging does not. */
function isAfterBy(reading: Reading, index: number): boolean {
  const { tokens } = reading;
  const by = [index - 1, index - 2, index - 3].some((back) => tokens.kindOf(back) === WORD && /^by$/i.test(tokens.textOf(back)));
  return by && !tokens.isWord(index, IMAGING) && tokens.isWord(index, SURNAME);
}

/** `JS`, `J.S.`, `JKS`: two or three capitals, no abbreviation that is known. */
function isInitials(reading: Reading, index: number): boolean {
  const { tokens } = reading;
  if (tokens.lengthOf(index) === 1) return tokens.isSign(index + 1, '.') || isNamePart(reading, index + 1);
  return tokens.lengthOf(index) <= 3 && tokens.classes[index] === 0;
}

function isNamePart(reading: Reading, index: number): boolean {
  const { tokens } = reading;
  if (tokens.kindOf(index) !== WORD) return tokens.isSign(index, ',') && tokens.isWord(index + 1, GIVEN);
  return isInitial(reading, index) || tokens.isWord(index, GIVEN | SURNAME) || (tokens.shape[index] !== SMALL && isUnknown(reading, index, 3));
}
