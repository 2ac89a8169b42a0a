import type { GatePolicy } from '../model/policy.js';

/** Words that stand in names for a role instead of a person. */
const ROLE_WORDS = ['PATIENT', 'SUBJECT', 'CASE', 'PHANTOM', 'DUMMY', 'PHYSICIAN', 'REFERRING', 'PERFORMING', 'OPERATOR', 'READER', 'OBSERVER', 'DOCTOR', 'STAFF', 'NAME', 'ANONYMISED', 'ANONYMIZED', 'DEIDENTIFIED', 'PSEUDONYM', 'WITHHELD', 'REDACTED', 'MASKED'];

/** Dates that de-identifiers write for "none": nobody was imaged on them. */
const DUMMY_DATES = new Set(['00010101', '10000101', '18000101', '19000101', '19010101', '99991231', '00000000']);

/** Most digits of a running number beside a dummy word. */
const MAX_COUNTER_DIGITS = 6;

/** Values that stand for "removed". */
export class DummyValues {
  private readonly values: ReadonlySet<string>;
  private readonly words: ReadonlySet<string>;

  constructor(policy: GatePolicy) {
    this.values = new Set(policy.dummy_values.map(normalize));
    this.words = new Set([...policy.dummy_values.map(normalize), ...ROLE_WORDS]);
  }

  /** Whether a text is a dummy value, or nothing. */
  isText(text: string): boolean {
    const value = normalize(text);
    return value === '' || this.values.has(value) || /^(?:X{2,64}|\*{1,64}|-{1,8}|0{1,64}|\?{1,8})$/.test(value);
  }

  /** Whether one group of a person name names nobody: dummies, roles and a short running number. */
  isName(group: string): boolean {
    if (this.isText(group.replaceAll('^', ' '))) return true;
    const words = group.slice(0, 256).toUpperCase().split(/[\s^_.,-]/).filter((word) => word !== '');
    return words.some((word) => this.words.has(word)) && words.every((word) => this.words.has(word) || isCounter(word) || /^X+$/.test(word));
  }
}

/** Whether a DA, DT or TM value says no day: a conventional dummy, or midnight. */
export function isDummyDate(text: string): boolean {
  const value = text.trim();
  return DUMMY_DATES.has(value) || /^0{6}(?:\.0{1,6})?$/.test(value) || (DUMMY_DATES.has(value.slice(0, 8)) && /^[\d.]{8,21}(?:[+-]\d{4})?$/.test(value));
}

function isCounter(word: string): boolean {
  return word.length <= MAX_COUNTER_DIGITS && /^[0-9]+[A-Z]?$/.test(word);
}

function normalize(text: string): string {
  return text.trim().toUpperCase();
}
