import { isUnknown } from './name-strength.js';
import { hitTokens, type Reading } from './reading.js';
import { CAPITALISED, SMALL, WORD } from './tokens.js';
import { FACILITY, STATE, TOWN, TOWN_START } from './word-classes.js';

const MIN_LETTERS = 3;
const WHAT = 'words that no list has, in the form of a person name';

/** `Anunciación Gomis`, `Zyblik, Przemek`: two words, token `index` the first, that no list has, written as a name is. */
export function scanUnknown(reading: Reading, index: number): void {
  const { tokens, kind } = reading;
  if (kind === 'bytes' || kind === 'path' || tokens.shape[index] === SMALL) return;
  const comma = tokens.isSign(index + 1, ',');
  const second = comma ? index + 2 : index + 1;
  if (tokens.kindOf(second) !== WORD || tokens.gap[second] === 0 && !comma || !isNameLike(reading, index) || !isNameLike(reading, second)) return;
  // Capitals everywhere are abbreviations as often as names; with capitals at the start only, prose takes these for names.
  const capitalised = tokens.shape[index] === CAPITALISED && tokens.shape[second] === CAPITALISED;
  const alone = tokens.count === second && index === 1;
  if (capitalised || alone || comma) hitTokens(reading, 'DID-040', 'warning', WHAT, index, second);
}

function isNameLike(reading: Reading, index: number): boolean {
  const { tokens } = reading;
  return isUnknown(reading, index, MIN_LETTERS) && tokens.shape[index] !== SMALL && !tokens.isWord(index, FACILITY | STATE | TOWN | TOWN_START);
}
