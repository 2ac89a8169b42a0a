import { keysOfLists, type Keys } from './keys.js';
import { UnitSets } from './unit-sets.js';

/** The value of one case or study: one category, or several (in any order). `''` means missing. */
export type CellValue = string | readonly string[];

/**
 * A variable to balance, with its categories numbered and every distinct set of them held once. Equal values give an equal
 * variable, whatever the order in which they were met.
 */
export interface Variable {
  name: string;
  /** Weight in the objective, above 0. */
  weight: number;
  /** What its values are of, and what is counted: cases, or studies. */
  level: 'case' | 'study';
  /** In code unit order; `''` is missing. */
  categories: readonly string[];
  /** Ascending categories of every set; the sets in the order of their members. */
  sets: readonly Uint32Array[];
  /** Set of every case (level case) or of every study (level study). */
  setOf: Uint32Array;
  /** The number behind the bins, per case or study, NaN where there is none; null when the variable is no number. */
  numbers: Float64Array | null;
}

/** A variable as texts. */
export interface VariableTexts {
  name: string;
  weight?: number;
  level?: Variable['level'];
  values: readonly CellValue[];
  numbers?: Float64Array | null;
}

/** Numbers the categories of a variable that is given as texts; an empty list counts as missing. */
export function encodeVariable({ name, weight = 1, level = 'case', values, numbers = null }: VariableTexts): Variable {
  const sets = new UnitSets(values.length);
  const known = new Map<CellValue, number>();
  for (const [unit, value] of values.entries()) {
    let set = known.get(value);
    if (set === undefined) known.set(value, (set = sets.intern(typeof value === 'string' ? [value] : value)));
    sets.add(unit, set);
  }
  return sets.toVariable({ name, weight, level, numbers });
}

/** One number a case, equal where the values are equal: the set of the case, or the list of the sets of its studies. */
export function caseKeys({ level, sets, setOf }: Variable, studyStart: Uint32Array): Keys {
  const keys = { keys: setOf, range: sets.length };
  return level === 'case' ? keys : keysOfLists(studyStart, keys);
}
