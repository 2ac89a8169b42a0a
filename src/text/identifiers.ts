import { hitTokens, type Reading } from './reading.js';
import { NUMBER, type Tokens, WORD } from './tokens.js';
import { FILLER, NUMBER_LABEL } from './word-classes.js';

/** Labels that nothing else is written as: three digits are enough after them. */
const PLAIN_LABELS = /^(mrn|mrno|mrnr|medrec|pmrn|emrn|empi|patid|patientid|ptid|ssn|acsn|accn|accno|accession|accessionnumber|acct|csn|hicn|mbi|passport|npi|dea|idno|caseno|orderno)$/i;
/** Labels that need another word before them: `medical record`, `social security`, `health plan`. */
const SECOND_WORDS = /^(record|security|chart|member|policy|visit|order|account|serial|encounter|insurance)$/i;
/** Among bytes a label may be there by chance. */
const BYTES_DIGITS = 6;
const MAX_BETWEEN = 6;
const MAX_VALUE_TOKENS = 9;

/** `MRN: 123456`, `ACC#17-0012345`, `SSN 123 45 6789`: the label is token `label`. */
export function scanNumberLabel(reading: Reading, label: number): void {
  const { tokens } = reading;
  const word = tokens.textOf(label);
  let announced = false;
  let index = label + 1;
  for (const end = label + MAX_BETWEEN; index <= end; index++) {
    const filler = tokens.isWord(index, FILLER) || tokens.isWord(index, NUMBER_LABEL);
    const sign = ['#', ':', '=', '.', '-', '_', '"', '(', '>', ';'].find((each) => tokens.isSign(index, each));
    if (sign === '#' || sign === ':' || sign === '=' || filler) announced = true;
    if (sign === undefined && !filler) break;
  }
  if ((reading.technical && !PLAIN_LABELS.test(word)) || !isLabel(tokens, label, word, announced)) return;
  const value = readValue(tokens, index);
  const least = reading.kind === 'bytes' || reading.technical ? BYTES_DIGITS : PLAIN_LABELS.test(word) ? 3 : 4;
  if (value === null || value.digits < least || value.digits > 24) return;
  hitTokens(reading, 'DID-041', 'error', 'a number after a word that announces an identifier', label, value.last);
}

function isLabel(tokens: Tokens, label: number, word: string, announced: boolean): boolean {
  if (PLAIN_LABELS.test(word)) return true;
  if (!SECOND_WORDS.test(word)) return announced || /^(id|acc|pid|fin|har|vin|ss|lic|npi|nhs)$/i.test(word);
  return announced || /^(medical|med|health|social|patient|pt|hospital)$/i.test(tokens.textOf(label - 1));
}

/** Letters and digits from `start` on: at most three letters before the first digit, then digits and single joining signs. */
function readValue(tokens: Tokens, start: number): { last: number; digits: number } | null {
  let digits = 0;
  let last = 0;
  for (let index = start; index < start + MAX_VALUE_TOKENS; index++) {
    const kind = tokens.kindOf(index);
    if (kind === NUMBER) {
      // Groups after a space belong to the number only while they are groups of it: `12 34 56`.
      if (index > start && tokens.gap[index] === 1 && (tokens.lengthOf(index) < 2 || tokens.kindOf(index - 1) !== NUMBER)) break;
      digits += tokens.lengthOf(index);
      last = index;
    } else if (kind === WORD && (index === start || tokens.gap[index] === 0) && tokens.lengthOf(index) <= 3) {
      digits += misreadDigits(tokens.textOf(index), index, tokens);
      if (index > start) last = index;
    } else if (index === start || tokens.gap[index] === 1 || !['-', '/', '.', '_'].some((sign) => tokens.isSign(index, sign))) break;
  }
  return last === 0 ? null : { last, digits };
}

/** Letters within digits that optical recognition reads for digits: `12O45B78`. */
function misreadDigits(word: string, index: number, tokens: Tokens): number {
  const within = tokens.gap[index] === 0 && tokens.kindOf(index - 1) === NUMBER;
  return within ? [...word].filter((letter) => 'OoIlBSZ'.includes(letter)).length : 0;
}
