import type { Reading } from './reading.js';
import { SMALL, WORD } from './tokens.js';
import { EPONYM, type GIVEN, IMAGING, NOBODY, ORDINARY, PARTICLE, PLAIN, type SURNAME } from './word-classes.js';

/** Strengths of a name: nothing else, also a term named after somebody, also a plain word, a word of imaging. */
export const STRONG = 3;
export const TERM = 2;
export const SOFT = 1;

/** How much a word speaks for a given name (or, with SURNAME, a surname), 0 to 3; 0 when it is not in that list. */
export function nameStrength(reading: Reading, index: number, list: typeof GIVEN | typeof SURNAME): number {
  const classes = reading.tokens.classes[index] as number;
  if (reading.tokens.kindOf(index) !== WORD || (classes & list) === 0 || (classes & IMAGING) !== 0) return 0;
  const strength = (classes & PLAIN) !== 0 ? SOFT : (classes & EPONYM) !== 0 ? TERM : STRONG;
  const small = reading.mixedCase && reading.tokens.shape[index] === SMALL;
  const short = reading.tokens.lengthOf(index) < 3;
  if (strength === STRONG) return short ? SOFT : STRONG;
  return small || short ? strength - 1 : strength;
}

/** Like `nameStrength`, where the form of the text itself says that a name is here: any listed name counts at least as soft. */
export function formStrength(reading: Reading, index: number, list: typeof GIVEN | typeof SURNAME): number {
  const listed = ((reading.tokens.classes[index] ?? 0) & list) !== 0 && reading.tokens.kindOf(index) === WORD;
  return listed ? Math.max(SOFT, nameStrength(reading, index, list)) : 0;
}

/** Whether a word is in no list of other words: what is left is a name, an abbreviation of the house, or a slip. */
export function isUnknown(reading: Reading, index: number, minLetters: number): boolean {
  const { tokens } = reading;
  const other = ORDINARY | EPONYM | NOBODY | PARTICLE;
  return tokens.kindOf(index) === WORD && ((tokens.classes[index] as number) & other) === 0 && tokens.lengthOf(index) >= minLetters;
}

/** Whether a word is vocabulary and no name. */
export function isOrdinary(reading: Reading, index: number): boolean {
  return reading.tokens.isWord(index, ORDINARY | NOBODY);
}

/** A single capital letter, perhaps with a dot. */
export function isInitial(reading: Reading, index: number): boolean {
  const { tokens } = reading;
  return tokens.kindOf(index) === WORD && tokens.lengthOf(index) === 1 && tokens.shape[index] !== SMALL;
}
