import assert from 'node:assert';
import type { SplitInput } from './problem.js';
import { caseKeys } from './variable.js';

/** The categories of a variable case by case, also where its values are of studies. */
export interface CaseCategories {
  categories: readonly string[];
  /** Equal for cases with equal categories. */
  keys: Uint32Array;
  /** Places of the categories that a case has, ascending: of a study-level variable those that any of its studies has. */
  of: (index: number) => Uint32Array;
}

/** Reads one of the variables of an input; a case without studies has the missing value of a study-level variable. */
export function caseCategories({ variables, studyStart }: SplitInput, name: string): CaseCategories {
  const variable = variables.find((known) => known.name === name);
  assert(variable !== undefined, `the input has the variable ${name}`);
  const { level, sets, setOf } = variable;
  const { keys } = caseKeys(variable, studyStart);
  if (level === 'case') return { categories: variable.categories, keys, of: (index) => sets[setOf[index]!]! };
  const categories = variable.categories.includes('') ? variable.categories : ['', ...variable.categories];
  const shift = categories.length - variable.categories.length;
  const of = (index: number) => {
    const codes = new Set<number>();
    for (let study = studyStart[index]!; study < studyStart[index + 1]!; study++) for (const code of sets[setOf[study]!]!) codes.add(code + shift);
    return codes.size === 0 ? Uint32Array.of(categories.indexOf('')) : Uint32Array.from(codes).sort();
  };
  return { categories, keys, of };
}
