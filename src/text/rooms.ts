import { hitTokens, type Reading } from './reading.js';
import { NUMBER, WORD } from './tokens.js';

const CODE = 'DID-044';

/** `Ward 7B`, `RM 412`, `Bed 12`: one digit alone may count beds or rooms of the department, and is a warning. */
export function scanRoom(reading: Reading, index: number): void {
  const { tokens, kind } = reading;
  if (kind === 'bytes' || reading.technical) return;
  if (/^box$/i.test(tokens.textOf(index))) return scanBox(reading, index);
  let value = index + 1;
  while (tokens.isSign(value, '#') || tokens.isSign(value, ':') || /^(no|nr|number)$/i.test(tokens.textOf(value))) value++;
  if (tokens.isSign(value, '.') && tokens.lengthOf(index) === 2) value++;
  if (tokens.kindOf(value) !== NUMBER || tokens.lengthOf(value) > 5 || tokens.isSign(value + 1, '.')) return;
  const counted = /^(views?|vws?|v|vw|of|mm|cm|min|minutes?|positions?|beds|phase|slices?|images?|d)$/i.test(tokens.textOf(value + 1)) || tokens.isSign(value + 1, '+');
  if (counted || /^(station|bay|suite)$/i.test(tokens.textOf(index)) && tokens.lengthOf(value) < 2) return;
  const lettered = tokens.kindOf(value + 1) === WORD && tokens.gap[value + 1] === 0 && tokens.lengthOf(value + 1) === 1;
  hitTokens(reading, CODE, tokens.lengthOf(value) > 1 || lettered ? 'error' : 'warning', 'a room, ward or bed', index, lettered ? value + 1 : value);
}

/** `P.O. Box 12`: the word is token `index`. */
function scanBox(reading: Reading, index: number): void {
  const { tokens } = reading;
  let back = index - 1;
  if (tokens.isSign(back, '.')) back--;
  const office = /^po$/i.test(tokens.textOf(back)) || (/^o$/i.test(tokens.textOf(back)) && /^p$/i.test(tokens.textOf(tokens.isSign(back - 1, '.') ? back - 2 : back - 1)));
  if (office && tokens.kindOf(index + 1) === NUMBER && reading.kind !== 'bytes') hitTokens(reading, CODE, 'error', 'a post office box', back, index + 1);
}
