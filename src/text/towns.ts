import { nameStrength } from './name-strength.js';
import { hitTokens, type Reading } from './reading.js';
import { SMALL, WORD } from './tokens.js';
import { ORDINARY, STATE, SURNAME, TOWN } from './word-classes.js';

const CODE = 'DID-044';

/** Towns of one word, `San Diego`: alone a warning, with a state or country or zip beside it an error. */
export function scanTown(reading: Reading, index: number): void {
  const { tokens, kind } = reading;
  const last = tokens.isWord(index, TOWN) ? index : townEnd(reading, index);
  if (last === 0 || kind === 'bytes' || (tokens.shape[index] === SMALL && reading.mixedCase)) return;
  const after = tokens.isSign(last + 1, ',') ? last + 2 : last + 1;
  const beside = tokens.isWord(after, STATE) && (tokens.gap[after] === 1 || after === last + 2);
  if (!beside && last === index && tokens.isWord(index, ORDINARY)) return;
  if (!beside && last === index && nameStrength(reading, index, SURNAME) > 0 && kind !== 'description' && tokens.kindOf(index + 1) === 0 && tokens.kindOf(index - 1) === 0) return;
  hitTokens(reading, CODE, beside || tokens.isSign(last + 1, ',') ? 'error' : 'warning', beside ? 'a town' : 'a town or site', index, beside ? after : last);
}

/** Last word of a town of up to four words that begins at a token; 0 when none does. */
function townEnd(reading: Reading, index: number): number {
  const { tokens, towns } = reading;
  let name = tokens.textOf(index).toUpperCase();
  for (let last = index + 1, words = 1; words < 4; words++) {
    if (tokens.isSign(last, '.') || tokens.isSign(last, '_') || tokens.isSign(last, '-')) last++;
    if (tokens.kindOf(last) !== WORD) return 0;
    name += tokens.textOf(last).toUpperCase();
    if (towns.has(name)) return last;
    last++;
  }
  return 0;
}
