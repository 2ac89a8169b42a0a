import type { GatePolicy } from '../model/policy.js';
import { scanAccountLabel, scanMachine, scanSlash } from './accounts.js';
import { scanAgeWord } from './ages.js';
import { scanCaret } from './caret-names.js';
import { scanMonth } from './dates.js';
import { scanFacility } from './facilities.js';
import { type FoldedText, foldText } from './fold.js';
import { HitList, type TextHit } from './hits.js';
import { scanNumberLabel } from './identifiers.js';
import { findInstitutions, type InstitutionFinder } from './institutions.js';
import { scanAt, scanDomain, scanHexAddress, scanSpelledAt, scanUrl } from './internet.js';
import { scanPersonLabel } from './labelled-names.js';
import { Memo } from './memo.js';
import { scanComma, scanInitial, scanName, scanTitle } from './names.js';
import { scanUnknown } from './unknown-names.js';
import { scanNumber } from './numbers.js';
import type { Reading, TextKind } from './reading.js';
import { scanRoom } from './rooms.js';
import { scanForeign } from './scripts.js';
import { scanCompoundStreet, scanStreet, scanStreetFirst } from './streets.js';
import { isTechnical } from './technical-keywords.js';
import { FOREIGN, NUMBER, SIGN, Tokens, WORD } from './tokens.js';
import { scanTown } from './towns.js';
import { loadVocabulary } from './vocabulary.js';
import * as classes from './word-classes.js';
import { scanPostcode, scanZip } from './zip-codes.js';

/** Where a text stands; free text when it is not said. */
export interface ScanContext {
  kind: TextKind;
  /** DICOM keyword or name of a column. */
  keyword?: string;
}

/** What the scanner takes from a policy. */
export type ScanPolicy = Pick<GatePolicy, 'institutions' | 'limits' | 'dummy_values'>;

/** Finds what may identify somebody in a text: names, numbers, contacts, dates, places, ages, accounts (DID-040 to DID-047). */
export type TextScanner = (text: string, context?: ScanContext) => readonly TextHit[];

const NO_HITS: readonly TextHit[] = [];
const FREE_TEXT: ScanContext = { kind: 'free-text' };
/** Words that begin a look around; all others are passed. */
const TRIGGERS = classes.NAME | classes.TITLE | classes.WEAK_TITLE | classes.PERSON_LABEL | classes.BY_LABEL | classes.NUMBER_LABEL | classes.MONTH | classes.HIGH_AGE | classes.STREET | classes.WEAK_STREET | classes.TOWN | classes.TOWN_START | classes.FACILITY | classes.ROOM | classes.ACCOUNT_LABEL | classes.DOMAIN;

/** Makes a scanner that remembers the last values it saw: they repeat from file to file of a series. */
export function createTextScanner(policy: ScanPolicy): TextScanner {
  const scan = createUnremembered(policy);
  const memo = new Memo<readonly TextHit[]>();
  return (text, context = FREE_TEXT) => memo.get(`${context.kind}\0${context.keyword ?? ''}\0`, text, () => scan(text, context));
}

/** The same without memory, as a bench measures it. */
export function createUnremembered(policy: ScanPolicy): TextScanner {
  const { lexicon, towns } = loadVocabulary();
  const tokens = new Tokens(lexicon);
  const dummies = new Set(policy.dummy_values.map((value) => value.trim().toUpperCase()));
  const longestDummy = Math.max(0, ...[...dummies].map((value) => value.length));
  const findListed = findInstitutions(policy.institutions);
  return (text, context = FREE_TEXT) => {
    if (text.length < 2 || (text.length <= longestDummy + 8 && dummies.has(text.trim().toUpperCase()))) return NO_HITS;
    const part = text.length > policy.limits.text_chars ? text.slice(0, policy.limits.text_chars) : text;
    const folded = foldText(part);
    tokens.read(folded.text);
    const reading: Reading = { tokens, towns, kind: context.kind, technical: isTechnical(context.keyword), mixedCase: tokens.hasSmall && tokens.hasCapital, hits: new HitList() };
    scanTokens(reading, findListed);
    return finish(reading, folded, part.length < text.length ? part.length : null);
  };
}

function scanTokens(reading: Reading, findListed: InstitutionFinder): void {
  const { tokens, hits } = reading;
  let numbersDone = 0;
  let foreign = 0;
  for (let index = 1; index <= tokens.count; index++) {
    const kind = tokens.kind[index];
    if (kind === WORD) scanWord(reading, index);
    else if (kind === NUMBER) {
      if (index > numbersDone) numbersDone = scanNumber(reading, index);
      scanZip(reading, index);
      scanCompoundStreet(reading, index);
      if (isHexStart(tokens, index)) scanHexAddress(reading, index);
    } else if (kind === SIGN) scanSign(reading, index);
    else if (kind === FOREIGN && !scanForeign(reading, index)) foreign ||= index;
  }
  if (foreign !== 0) hits.add('DID-047', 'warning', 'text in a script that is not judged word by word', tokens.start[foreign] as number, tokens.end[foreign] as number);
  findListed(reading);
}

function scanWord(reading: Reading, index: number): void {
  const { tokens } = reading;
  const word = tokens.classes[index] as number;
  if (tokens.lengthOf(index) <= 4 && isHexStart(tokens, index)) scanHexAddress(reading, index);
  if (tokens.lengthOf(index) <= 2) {
    if (tokens.lengthOf(index) === 1) scanInitial(reading, index);
    scanPostcode(reading, index);
  }
  if (word === 0) return scanUnknown(reading, index);
  if ((word & TRIGGERS) === 0) return;
  if ((word & (classes.PERSON_LABEL | classes.BY_LABEL)) !== 0) scanPersonLabel(reading, index);
  if ((word & (classes.TITLE | classes.WEAK_TITLE)) !== 0) scanTitle(reading, index);
  if ((word & classes.NAME) !== 0) scanName(reading, index);
  if ((word & classes.NUMBER_LABEL) !== 0) scanNumberLabel(reading, index);
  if ((word & classes.MONTH) !== 0) scanMonth(reading, index);
  if ((word & classes.HIGH_AGE) !== 0) scanAgeWord(reading, index);
  if ((word & classes.ACCOUNT_LABEL) !== 0 && !scanMachine(reading, index)) scanAccountLabel(reading, index);
  if ((word & classes.DOMAIN) !== 0) scanDomain(reading, index);
  scanPlaceWord(reading, index, word);
}

function scanPlaceWord(reading: Reading, index: number, word: number): void {
  if ((word & (classes.STREET | classes.WEAK_STREET)) !== 0) {
    scanStreet(reading, index);
    scanStreetFirst(reading, index);
  }
  if ((word & (classes.TOWN | classes.TOWN_START)) !== 0) scanTown(reading, index);
  if ((word & classes.FACILITY) !== 0) scanFacility(reading, index);
  if ((word & classes.ROOM) !== 0) scanRoom(reading, index);
}

function scanSign(reading: Reading, index: number): void {
  const code = reading.tokens.classes[index];
  if (code === 0x5e) scanCaret(reading, index);
  else if (code === 0x2c) scanComma(reading, index);
  else if (code === 0x40) scanAt(reading, index);
  else if (code === 0x28 || code === 0x5b) scanSpelledAt(reading, index);
  else if (code === 0x2f || code === 0x5c) scanSlash(reading, index);
  else if (code === 0x3a) {
    scanUrl(reading, index);
    if (reading.tokens.isSign(index + 1, ':') && reading.tokens.gap[index] === 1) scanHexAddress(reading, index);
  }
}

/** Letters or digits that begin one to four hexadecimal digits and a colon, dash or dot, where nothing of an address is before. */
function isHexStart(tokens: Tokens, index: number): boolean {
  const { text } = tokens;
  const start = tokens.start[index] as number;
  let end = start;
  while (end < start + 5 && isHexDigit(text.charCodeAt(end))) end++;
  if (end === start || end > start + 4 || !':-.'.includes(text.charAt(end)) || end >= text.length) return false;
  if (tokens.gap[index] === 1) return true;
  const before = text.charAt(start - 1);
  return '([=<,;"\''.includes(before) || (before === ':' && tokens.kindOf(index - 2) === WORD && tokens.lengthOf(index - 2) > 2);
}

function isHexDigit(code: number): boolean {
  const letter = code & ~0x20;
  return (code >= 0x30 && code <= 0x39) || (letter >= 0x41 && letter <= 0x46);
}

/** Adds what was seen on the way to the tokens, and brings the hits back to where the text had them. */
function finish(reading: Reading, folded: FoldedText, cutAt: number | null): readonly TextHit[] {
  const { origin } = folded;
  const found = reading.hits.toArray();
  const hits = origin === null ? found : found.map((hit) => ({ ...hit, start: origin[hit.start] ?? 0, end: (origin[hit.end - 1] ?? 0) + 1 }));
  if (folded.lookalike !== null) hits.push({ code: 'DID-047', level: 'warning', what: 'letters of another script that look like Latin ones', start: folded.lookalike, end: folded.lookalike + 1 });
  if (folded.undecoded !== null) hits.push({ code: 'DID-047', level: 'warning', what: 'characters that could not be decoded', start: folded.undecoded, end: folded.undecoded + 1 });
  if (cutAt !== null) hits.push({ code: 'DID-047', level: 'warning', what: 'more text than is scanned', start: cutAt, end: cutAt });
  return hits.length === 0 ? NO_HITS : hits;
}
