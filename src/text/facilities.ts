import { isUnknown } from './name-strength.js';
import { hitTokens, type Reading } from './reading.js';
import { SMALL, WORD } from './tokens.js';
import { IMAGING, NAME, NOBODY, STATE, TOWN, TOWN_START } from './word-classes.js';

const CODE = 'DID-044';
/** Kinds of facilities that are one whatever stands beside them, once something names them. */
const HOUSE = /^(hospitals?|hosp|hsp|clinics?|clinica|clinique|klinik|klinikum|krankenhaus|ziekenhuis|spital|ospedale|policlinico|hopital|infirmary|university|univ|universit(at|e|y)|universidad|sanatorium|hospice)$/i;
/** Second words that make a house of a word that is none alone: `medical center`, `imaging associates`, `health system`. */
const SECOND = /^(centers?|centres?|ctr|cntr|system|services?|associates|group|partners|network|school|college|institute|pavilion)$/i;
/** Words before a facility that name none. */
const NO_NAME = /^(outside|other|another|local|mobile|referring|previous|prior|the|a|an|at|in|from|to|of|or|and|our|your|this|that|same|any|each|per|for|pain|breast|eye|fertility|walk|outpatient|inpatient|urgent|spine|bone|heart|lung|womens|women|men|sports|wound|fracture|cancer|research|teaching|academic|tertiary|acute|field|day|night|new|old|main|animal|veterinary|dental|vein|pre|post|op|s)$/i;

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
