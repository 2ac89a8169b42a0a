import { hitTokens, type Reading } from './reading.js';
import { CAPITALS, NUMBER, SIGN, WORD } from './tokens.js';
import { FILLER, IMAGING, NOBODY, PLAIN } from './word-classes.js';

const CODE = 'DID-046';
/** `/home/x`, `C:\Users\x`, `/Users/x`, `/export/home/x`. */
const HOME = /^(home|users|documents and settings|homes)$/i;
const NOT_A_USER = /^(public|default|all|shared|user|username|users|administrator|root|admin|guest|runner|app|node)$/i;
/** Names that Windows gives to machines. */
const MACHINE = /^(desktop|laptop|win|pc)$/i;

/** `\\server\share` and a home folder; the slash is token `slash`. */
export function scanSlash(reading: Reading, slash: number): void {
  const { tokens, kind } = reading;
  const least = kind === 'bytes' ? 3 : 2;
  const back = tokens.isSign(slash, '\\');
  if (back && tokens.isSign(slash + 1, '\\') && tokens.gap[slash + 1] === 0 && !tokens.isSign(slash - 1, '\\') && isPathWord(reading, slash + 2, least)) {
    let end = slash + 2;
    for (let steps = 0; steps < 12 && tokens.gap[end + 1] === 0 && tokens.kindOf(end + 1) !== 0 && !tokens.isSign(end + 1, '\\'); steps++) end++;
    if (tokens.isSign(end + 1, '\\') && isPathWord(reading, end + 2, 1) && (kind !== 'bytes' || isNamedShare(reading, slash + 2, end + 2))) return hitTokens(reading, CODE, 'error', 'a path on a named server', slash, end + 2);
  }
  if (!back && kind !== 'bytes' && isForwardShare(reading, slash)) return hitTokens(reading, CODE, 'error', 'a path on a named server', slash, slash + 2);
  const folder = slash + 1;
  if (tokens.kindOf(folder) !== WORD || tokens.gap[folder] === 1 || !HOME.test(tokens.textOf(folder))) return;
  const second = folder + 1;
  let user = second + 1;
  if (!tokens.isSign(second, '/') && !tokens.isSign(second, '\\')) return;
  if (tokens.isSign(user, '\\')) user++; // an escaped backslash
  if (isPathWord(reading, user, 1) && !NOT_A_USER.test(tokens.textOf(user))) hitTokens(reading, CODE, 'error', 'the home folder of a user', slash, user);
}

/** `//server/share` after a blank or at the start: behind a colon it is a URL, which has a rule of its own. */
function isForwardShare(reading: Reading, slash: number): boolean {
  const { tokens } = reading;
  const starts = tokens.isSign(slash + 1, '/') && tokens.gap[slash + 1] === 0 && (tokens.kindOf(slash - 1) === 0 || tokens.gap[slash] === 1);
  if (!starts || !isPathWord(reading, slash + 2, 3) || tokens.kindOf(slash + 2) !== WORD) return false;
  let end = slash + 2;
  for (let steps = 0; steps < 12 && tokens.gap[end + 1] === 0 && tokens.kindOf(end + 1) !== 0 && !tokens.isSign(end + 1, '/'); steps++) end++;
  return tokens.isSign(end + 1, '/') && isPathWord(reading, end + 2, 2);
}

/** Among bytes: a share that is a word, or a server whose name is letters and a number and nothing else. */
function isNamedShare(reading: Reading, server: number, share: number): boolean {
  const { tokens } = reading;
  const numbered = tokens.kindOf(server) === WORD && tokens.kindOf(server + 1) === NUMBER && share === server + 3;
  return numbered || (share === server + 2 && tokens.lengthOf(share) > 3 && (tokens.classes[share] as number) !== 0);
}

function isPathWord(reading: Reading, index: number, least: number): boolean {
  const { tokens } = reading;
  const kind = tokens.kindOf(index);
  return (kind === WORD || kind === NUMBER) && tokens.gap[index] === 0 && tokens.lengthOf(index) >= least;
}

/** `user: jdoe`, `AETITLE:CT01`, `host=ct-01`; the label is token `label`. */
export function scanAccountLabel(reading: Reading, label: number): void {
  const { tokens } = reading;
  let announced = false;
  let index = label + 1;
  for (const end = label + 5; index <= end; index++) {
    if (tokens.isSign(index, ':') || tokens.isSign(index, '=')) announced = true;
    else if (!(tokens.isWord(index, FILLER) || /^(id|name|title)$/i.test(tokens.textOf(index)) || tokens.isSign(index, '"') || tokens.isSign(index, '_') || tokens.isSign(index, '-'))) break;
  }
  const kind = tokens.kindOf(index);
  announced ||= index === label + 1 && isTitleOf(reading, label, index);
  if (!announced || (kind !== WORD && kind !== NUMBER) || tokens.lengthOf(index) + (tokens.gap[index + 1] === 0 ? 1 : 0) < 2) return;
  if (reading.kind === 'bytes' && (tokens.lengthOf(label) < 4 || tokens.lengthOf(index) < 3)) return;
  const uid = /^(uid|account)$/i.test(tokens.textOf(label));
  if (uid && kind === NUMBER) return; // a UID, or a number that the rules about numbers judge
  const joined = tokens.gap[index + 1] === 0 && (tokens.kindOf(index + 1) === NUMBER || tokens.kindOf(index + 1) === SIGN);
  if (!joined && tokens.isWord(index, IMAGING | PLAIN | NOBODY)) return;
  hitTokens(reading, CODE, 'error', 'the name of an account or a machine', label, index);
}

/** `AET MERCYPACS01`: a title without a colon is capitals with a number. */
function isTitleOf({ tokens, kind }: Reading, label: number, index: number): boolean {
  const numbered = tokens.kindOf(index + 1) === NUMBER && tokens.gap[index + 1] === 0;
  return kind !== 'bytes' && /^(aet|aetitle)$/i.test(tokens.textOf(label)) && tokens.shape[index] === CAPITALS && tokens.lengthOf(index) >= 3 && numbered;
}

/** `DESKTOP-4F7G2K1`: the word is token `index`. Gives true for the first word of such a name, whether or not one is here. */
export function scanMachine(reading: Reading, index: number): boolean {
  const { tokens } = reading;
  if (!MACHINE.test(tokens.textOf(index))) return false;
  if (!tokens.isSign(index + 1, '-') || tokens.gap[index + 1] === 1) return true;
  let last = index + 1;
  let digits = false;
  for (let steps = 0; steps < 12 && tokens.gap[last + 1] === 0 && (tokens.kindOf(last + 1) === WORD || tokens.kindOf(last + 1) === NUMBER); steps++) {
    last++;
    digits ||= tokens.kindOf(last) === NUMBER;
  }
  const length = (tokens.end[last] as number) - (tokens.start[index + 2] ?? 0);
  if (digits && length >= 5) hitTokens(reading, CODE, 'error', 'the name of a machine', index, last);
  return true;
}
