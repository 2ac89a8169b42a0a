import { valueOf } from './number-run.js';
import { hitTokens, type Reading } from './reading.js';
import { NUMBER, type Tokens, WORD } from './tokens.js';
import { STATE, TOWN } from './word-classes.js';
import { isZipOfState } from './zip-prefixes.js';

const CODE = 'DID-044';

/** `PA 19104`, `Springfield, IL 12345-6789`, `zip 19104`, `APO AE 09012`: the five digits are token `index`. */
export function scanZip(reading: Reading, index: number): void {
  const { tokens } = reading;
  if (tokens.lengthOf(index) !== 5 || reading.kind === 'bytes') return;
  const nine = tokens.isSign(index + 1, '-') && tokens.lengthOf(index + 2) === 4 && tokens.kindOf(index + 2) === NUMBER;
  let back = index - 1;
  while (tokens.isSign(back, ',') || tokens.isSign(back, ':') || tokens.isSign(back, '.')) back--;
  if (isLabel(tokens, back)) hitTokens(reading, CODE, 'error', 'a zip code', index, nine ? index + 2 : index);
  else if (isState(tokens, back, valueOf(tokens, index))) hitTokens(reading, CODE, 'error', 'a zip code', back, nine ? index + 2 : index);
}

function isLabel(tokens: Tokens, index: number): boolean {
  if (/^(zip|zipcode|postcode|postal|plz)$/i.test(tokens.textOf(index))) return true;
  return /^code$/i.test(tokens.textOf(index)) && /^(zip|postal)$/i.test(tokens.textOf(index - 1));
}

/** A state whose zip code this can be; after a comma, or a town, any digits will do: `CT CHEST, ABD` never ends in five digits alone. */
function isState(tokens: Tokens, index: number, zip: number): boolean {
  if (/^(AA|AE|AP)$/.test(tokens.textOf(index)) && /^(APO|FPO|DPO)$/i.test(tokens.textOf(index - 1))) return true;
  if (!tokens.isWord(index, STATE)) return false;
  if (isZipOfState(tokens.textOf(index).toUpperCase(), zip)) return true;
  const comma = tokens.isSign(index - 1, ',') && tokens.kindOf(index - 2) === WORD && /^[A-Z]{2}$/.test(tokens.textOf(index));
  return (comma && !/^(CT|PA|LA|MR|OR)$/.test(tokens.textOf(index))) || tokens.isWord(index - 1, TOWN);
}

/** British postcodes after a comma or a town, `Leeds LS2 9JT`: the word is token `index`. */
export function scanPostcode(reading: Reading, index: number): void {
  const { tokens, kind } = reading;
  if (kind === 'bytes' || tokens.lengthOf(index) > 2 || tokens.kindOf(index + 1) !== NUMBER || tokens.gap[index + 1] === 1) return;
  if (!tokens.isSign(index - 1, ',') && !tokens.isWord(index - 1, TOWN)) return;
  const start = tokens.start[index] as number;
  if (/^[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}(?![A-Za-z0-9])/.test(tokens.text.slice(start, start + 9))) hitTokens(reading, CODE, 'error', 'a postcode', index, index + 1);
}
