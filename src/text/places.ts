import { isUnknown, nameStrength } from './name-strength.js';
import { valueOf } from './number-run.js';
import { hitTokens, type Reading } from './reading.js';
import { NUMBER, SMALL, WORD } from './tokens.js';
import { IMAGING, NAME, NOBODY, ORDINARY, STATE, STREET, SURNAME, TOWN, TOWN_START } from './word-classes.js';
import { isZipOfState } from './zip-prefixes.js';

const CODE = 'DID-044';
/** Kinds of facilities that are one whatever stands beside them, once something names them. */
const HOUSE = /^(hospitals?|hosp|hsp|clinics?|clinica|clinique|klinik|klinikum|krankenhaus|ziekenhuis|spital|ospedale|policlinico|hopital|infirmary|university|univ|universit(at|e|y)|universidad|sanatorium|hospice)$/i;
/** Second words that make a house of a word that is none alone: `medical center`, `imaging associates`, `health system`. */
const SECOND = /^(centers?|centres?|ctr|cntr|system|services?|associates|group|partners|network|school|college|institute|pavilion)$/i;
/** Words before a facility that name none. */
const NO_NAME = /^(outside|other|another|local|mobile|referring|previous|prior|the|a|an|at|in|from|to|of|or|and|our|your|this|that|same|any|each|per|for|pain|breast|eye|fertility|walk|outpatient|inpatient|urgent|spine|bone|heart|lung|womens|women|men|sports|wound|fracture|cancer|research|teaching|academic|tertiary|acute|field|day|night|new|old|main|animal|veterinary|dental|vein|pre|post|op|s)$/i;

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

/** `St. Mary's Hospital`, `Springfield Medical Center`, `University of X`: the facility is token `index`. */
export function scanFacility(reading: Reading, index: number): void {
  const { tokens, kind } = reading;
  const house = HOUSE.test(tokens.textOf(index)) ? index : SECOND.test(tokens.textOf(index + 1)) && tokens.kindOf(index + 1) === WORD ? index + 1 : 0;
  if (house === 0 || kind === 'bytes' && house === index && tokens.lengthOf(index) < 6) return;
  const before = nameBefore(reading, index);
  if (before !== 0) return hitTokens(reading, CODE, 'error', 'a named facility', before, house);
  const after = nameAfter(reading, house);
  if (after !== 0) hitTokens(reading, CODE, 'error', 'a named facility', index, after);
}

/** First word of a name in the three words before a facility; 0 when only vocabulary is there. */
function nameBefore(reading: Reading, index: number): number {
  const { tokens } = reading;
  for (let back = index - 1, steps = 0; steps < 4 && tokens.kindOf(back) !== 0; back--, steps++) {
    if (tokens.kindOf(back) !== WORD) {
      if (['.', '-', '_', '&', "'"].some((sign) => tokens.isSign(back, sign))) continue;
      return 0;
    }
    if (namesPlace(reading, back)) return back;
  }
  return 0;
}

/** `University of Chicago`, `Hospital San Juan`: a name directly after, over `of`, `de`, `at`. */
function nameAfter(reading: Reading, house: number): number {
  const { tokens } = reading;
  let index = house + 1;
  for (let steps = 0; steps < 3 && /^(of|de|del|della|di|du|da|at|the|for|la|le|san|st|saint|sankt)$/i.test(tokens.textOf(index)); steps++) index++;
  if (tokens.isSign(index, '.')) index++;
  const joined = index > house + 1 || /^(hospital|clinica|clinique|klinik|klinikum|ospedale|hopital|universit(at|e)|universidad)$/i.test(tokens.textOf(house));
  const state = index > house + 1 && tokens.isWord(index, STATE) && tokens.lengthOf(index) > 2;
  return joined && tokens.kindOf(index) === WORD && tokens.shape[index] !== SMALL && (namesPlace(reading, index) || state) ? index : 0;
}

/** A town, a name, or a word that no list has. */
function namesPlace(reading: Reading, index: number): boolean {
  const { tokens } = reading;
  if (NO_NAME.test(tokens.textOf(index)) || tokens.isWord(index, IMAGING | NOBODY)) return false;
  if (tokens.shape[index] === SMALL && reading.mixedCase) return false;
  if (tokens.isWord(index, TOWN | TOWN_START)) return true;
  if (tokens.isWord(index, NAME)) return tokens.lengthOf(index) > 2;
  return reading.kind !== 'bytes' && isUnknown(reading, index, 3);
}

/** `Ward 7B`, `RM 412`, `Bed 12`: one digit alone may count beds or rooms of the department, and is a warning. */
export function scanRoom(reading: Reading, index: number): void {
  const { tokens, kind } = reading;
  if (kind === 'bytes' || reading.technical) return;
  if (/^box$/i.test(tokens.textOf(index))) return scanBox(reading, index);
  let value = index + 1;
  while (tokens.isSign(value, '#') || tokens.isSign(value, ':') || /^(no|nr|number)$/i.test(tokens.textOf(value))) value++;
  if (tokens.isSign(value, '.') && tokens.lengthOf(index) === 2) value++;
  if (tokens.kindOf(value) !== NUMBER || tokens.lengthOf(value) > 5 || tokens.isSign(value + 1, '.')) return;
  const counted = /^(views?|vws?|v|vw|of|mm|cm|min|minutes?|positions?|beds?|phase|slices?|images?|d)$/i.test(tokens.textOf(value + 1)) || tokens.isSign(value + 1, '+');
  if (counted || /^(station|bay|suite)$/i.test(tokens.textOf(index)) && tokens.lengthOf(value) < 2) return;
  const lettered = tokens.kindOf(value + 1) === WORD && tokens.gap[value + 1] === 0 && tokens.lengthOf(value + 1) === 1;
  hitTokens(reading, CODE, tokens.lengthOf(value) > 1 || lettered ? 'error' : 'warning', 'a room, ward or bed', index, lettered ? value + 1 : value);
}

/** `1200 Main Street`, `12 Oak Ave`, `Hauptstrasse 5`: the kind of street is token `index`. */
export function scanStreet(reading: Reading, index: number): void {
  const { tokens, kind } = reading;
  if (kind === 'bytes') return;
  const weak = !tokens.isWord(index, STREET);
  let words = 0;
  for (let back = index - 1; back >= index - 5 && tokens.kindOf(back) !== 0; back--) {
    if (tokens.kindOf(back) === NUMBER) {
      const ordinal = /^(st|nd|rd|th)$/i.test(tokens.textOf(back + 1)) && tokens.gap[back + 1] === 0;
      if (ordinal && tokens.kindOf(back - 1) !== 0) { words++; continue; }
      if (words > 0 && tokens.lengthOf(back) <= 5 && (!weak || tokens.lengthOf(back) >= 2) && tokens.gap[back + 1] === 1) hitTokens(reading, CODE, 'error', 'a street', back, index);
      return;
    }
    if (tokens.isSign(back, '.') || tokens.isSign(back, '-')) continue;
    if (tokens.kindOf(back) !== WORD || tokens.isWord(back, weak ? IMAGING : 0)) return;
    words++;
  }
}

/** `Calle Mayor 12`, `Rue de la Paix 5`, `Hauptstr. 7`: the kind of street stands first or at the end of the word, then a number. */
export function scanStreetFirst(reading: Reading, index: number): void {
  const { tokens, kind } = reading;
  if (kind === 'bytes') return;
  const before = /^(rue|calle|avenida|via|viale|plaza|piazza|laan|straat|platz)$/i.test(tokens.textOf(index));
  if (!before) return;
  for (let next = index + 1; next <= index + 6 && tokens.kindOf(next) !== 0; next++) {
    if (tokens.kindOf(next) === NUMBER) return next > index + 1 && tokens.lengthOf(next) <= 4 ? hitTokens(reading, CODE, 'error', 'a street', index, next) : undefined;
    if (tokens.kindOf(next) !== WORD && !tokens.isSign(next, ',')) return;
  }
}

/** German compounds, `Bahnhofstrasse 12`: any word with this end and a number behind it. */
export function scanCompoundStreet(reading: Reading, number: number): void {
  const { tokens, kind } = reading;
  if (kind === 'bytes' || tokens.lengthOf(number) > 4) return;
  const word = tokens.isSign(number - 1, '.') ? number - 2 : number - 1;
  if (tokens.kindOf(word) === WORD && tokens.lengthOf(word) > 6 && /(strasse|str|gasse|platz|straat|laan|allee|weg|gatan|vej)$/i.test(tokens.textOf(word))) hitTokens(reading, CODE, 'error', 'a street', word, number);
}

/** `PA 19104`, `Texas 75201-1234`, `zip 19104`: the five digits are token `index`. */
export function scanZip(reading: Reading, index: number): void {
  const { tokens } = reading;
  if (tokens.lengthOf(index) !== 5 || reading.kind === 'bytes') return;
  const nine = tokens.isSign(index + 1, '-') && tokens.lengthOf(index + 2) === 4 && tokens.kindOf(index + 2) === NUMBER;
  const last = nine ? index + 2 : index;
  let back = index - 1;
  while (tokens.isSign(back, ',') || tokens.isSign(back, ':') || tokens.isSign(back, '.')) back--;
  const labelled = /^(zip|zipcode|postcode|postal|plz)$/i.test(tokens.textOf(back)) || (/^(code)$/i.test(tokens.textOf(back)) && /^(zip|postal)$/i.test(tokens.textOf(back - 1)));
  const state = tokens.isWord(back, STATE) && isZipOfState(tokens.textOf(back).toUpperCase(), valueOf(tokens, index));
  if (labelled || state) hitTokens(reading, CODE, 'error', 'a zip code', labelled ? index : back, last);
}

/** `P.O. Box 12`: the word is token `index`. */
function scanBox(reading: Reading, index: number): void {
  const { tokens } = reading;
  let back = index - 1;
  if (tokens.isSign(back, '.')) back--;
  const office = /^po$/i.test(tokens.textOf(back)) || (/^o$/i.test(tokens.textOf(back)) && /^p$/i.test(tokens.textOf(tokens.isSign(back - 1, '.') ? back - 2 : back - 1)));
  if (office && tokens.kindOf(index + 1) === NUMBER && reading.kind !== 'bytes') hitTokens(reading, CODE, 'error', 'a post office box', back, index + 1);
}
