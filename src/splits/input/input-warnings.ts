import { CurationError } from '../../errors.js';
import { NO_NUMBER } from './bins.js';
import type { SplitInput } from './problem.js';
import type { Variable } from './variable.js';

/** A variable with more sets of values than this share of its cases, and than this many, is nearly an id. */
const MANY_VALUES_SHARE = 1 / 3;
const MANY_VALUES = 20;

/** So many categories with fewer units each, on average, are names rather than kinds. */
const NAME_LIKE_CATEGORIES = 1_000;
const UNITS_PER_CATEGORY = 10;

/**
 * A variable of thousands of categories that hardly two cases share is an id, a date or a free text. To balance it is to
 * balance noise, at the cost of time and memory.
 * @throws {CurationError} CONFIG_INVALID
 */
export function assertBalanceable({ split, variables }: SplitInput): void {
  for (const { name, categories, setOf, level } of variables) {
    if (categories.length <= NAME_LIKE_CATEGORIES || categories.length * UNITS_PER_CATEGORY <= setOf.length) continue;
    throw new CurationError('CONFIG_INVALID', `splits.${split}.balance names ${name}, which has ${categories.length} different values among ${setOf.length} ${level === 'case' ? 'cases' : 'studies'}: too many to balance.`, {
      expected: `a variable with at most ${NAME_LIKE_CATEGORIES} values, or ${UNITS_PER_CATEGORY} ${level === 'case' ? 'cases' : 'studies'} a value`,
      found: `${categories.length} values`,
      suggestions: [`When ${name} is a number, give it bins or quantiles: {column: ${name}, quantiles: 5}.`, `When its cells are lists, name their separator: {column: ${name}, separator: ","}.`, `Take ${name} out of balance.`],
    });
  }
}

/** What in the input of a draw a person should know before trusting the result: one sentence each, none that stops it. */
export function inputWarnings(input: SplitInput): string[] {
  return [...input.variables.flatMap((variable) => [...variableWarnings(variable)]), ...emptyParts(input), ...overfullParts(input)];
}

function* variableWarnings(variable: Variable): Generator<string> {
  const { name, categories, sets, setOf, level, numbers } = variable;
  const units = level === 'case' ? 'cases' : 'studies';
  if (categories.length === 1 && setOf.length > 1)
    yield `${name} is ${categories[0] === '' ? 'missing' : 'the same'} in all ${setOf.length} ${units}: there is nothing to balance, and it is left out; take it out of balance, or give it other bins.`;
  const isNumber = numbers !== null;
  if (!isNumber && sets.length > Math.max(MANY_VALUES, setOf.length * MANY_VALUES_SHARE))
    yield `${name} has ${sets.length} different values among ${setOf.length} ${units}, too many to balance; give it bins or quantiles, or leave it out.`;
  const odd = isNumber ? countOf(variable, NO_NUMBER) : 0;
  if (odd > 0) yield `${name} is no finite number in ${odd} of ${setOf.length} ${units}; they are balanced as a category of their own, \`${NO_NUMBER}\`. Correct them at their source.`;
}

function countOf({ categories, sets, setOf }: Variable, category: string): number {
  const code = categories.indexOf(category);
  if (code < 0) return 0;
  const holds = sets.map((set) => set.includes(code));
  return setOf.reduce((count, set) => count + (holds[set] === true ? 1 : 0), 0);
}

/** Parts whose share comes to less than half a case. */
function* emptyParts({ parts, split, cases, holdOuts }: SplitInput): Generator<string> {
  const counted = cases.length - new Set(holdOuts.map(({ case_id }) => case_id)).size;
  for (const { name, target } of parts)
    if (target > 0 && target * counted < 0.5)
      yield `${name} may stay empty: its share of ${counted} cases is less than half a case; raise splits.${split}.parts.${name}, or wait for more cases.`;
}

/** Parts that forced cases alone take beyond their share. */
function* overfullParts({ parts, split, forced, unit, cases }: SplitInput): Generator<string> {
  if (unit !== 'cases') return;
  for (const { name, target } of parts) {
    const own = forced.filter(({ part }) => part === name).length;
    if (target > 0 && own > Math.ceil(target * cases.length)) yield `the assign file puts ${own} cases into ${name}, more than its share of ${cases.length} cases: the other parts share the rest; change splits.${split}.parts when that is meant.`;
  }
}
