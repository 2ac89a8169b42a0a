import { CurationError } from '../../errors.js';
import type { LimitConfig } from '../../model/config.js';
import type { LoadContext } from './catalog-reader.js';
import { showCondition } from './condition.js';
import { casesThatMeet } from './load-conditions.js';
import type { Units } from './load-units.js';
import { readVariablesOf } from './load-variables.js';
import type { CaseLimit } from './problem.js';
import type { Variable } from './variable.js';

/** Values of an `each` column that make sense as a limit each. */
const MAX_VALUES = 1_000;

/** Longest value that a rule names, in UTF-16 code units. */
const MAX_SHOWN = 60;

/**
 * What the limits of a split come to: one bound a limit, and with `each` one a value that the counted cases have; a missing
 * value is none. A value that accepted cases have and none of the counted ones is warned of: no limit speaks of it.
 * @throws {CurationError} CONFIG_INVALID for a column or condition that the tables do not bear
 */
export async function readLimits(context: LoadContext, units: Units): Promise<CaseLimit[]> {
  const found: CaseLimit[] = [];
  for (const [index, limit] of context.settings.limits.entries()) {
    const key = `limits.${index}`;
    const counted = await countedCases(context, `splits.${context.settings.name}.${key}.where`, limit.where);
    if (limit.each === undefined) found.push(...bounds(key, limit, counted, null));
    else for (const { value, cases } of await casesByValue(context, units, key, limit, counted)) found.push(...bounds(key, limit, cases, `${limit.each} = ${value}`));
  }
  return found;
}

/** Indices of the cases that meet a condition, ascending; of all cases when there is none. */
async function countedCases({ cases, indexOf, ...context }: LoadContext, where: string, condition: string | undefined): Promise<Uint32Array> {
  if (condition === undefined) return Uint32Array.from(cases.keys());
  const ids = await casesThatMeet({ cases, indexOf, ...context }, where, condition);
  return Uint32Array.from(ids.flatMap((id) => indexOf.get(id) ?? [])).sort();
}

/** `min` and `max` as bounds of their own, so that each can be explained by itself. */
function bounds(key: string, { part, where, min, max }: LimitConfig, cases: Uint32Array, value: string | null): CaseLimit[] {
  const said = where === undefined ? [] : [showCondition(where)].map((text) => (value !== null && /\bor\b/i.test(text) ? `(${text})` : text));
  const kinds = [...said, ...(value === null ? [] : [value])];
  const what = `cases${kinds.length === 0 ? '' : ` with ${kinds.join(' and ')}`} in ${part}`;
  return [
    ...(min === undefined || min === 0 ? [] : [{ rule: `${key}: at least ${min} ${what}`, part, cases, min, max: Infinity }]),
    ...(max === undefined ? [] : [{ rule: `${key}: at most ${max} ${what}`, part, cases, min: 0, max }]),
  ];
}

/** The counted cases by the categories of a column, in code unit order; a column of `balance` has the bins that it has there. */
async function casesByValue(context: LoadContext, units: Units, key: string, limit: LimitConfig, counted: Uint32Array): Promise<{ value: string; cases: Uint32Array }[]> {
  const { settings, warn } = context;
  const column = limit.each!;
  const where = `splits.${settings.name}.${key}.each`;
  const known = settings.balance.find((variable) => variable.column === column);
  const [variable] = (await readVariablesOf(context, units, [{ ...known, column, level: 'case' }], where)) as [Variable];
  const { categories, sets, setOf } = variable;
  if (categories.length > MAX_VALUES)
    throw new CurationError('CONFIG_INVALID', `${where} names ${column}, which has ${categories.length} different values.`, {
      expected: `at most ${MAX_VALUES} values, each with a limit of its own`,
      found: String(categories.length),
      suggestions: [`Give ${column} bins in splits.${settings.name}.balance: the limit then holds for each bin.`, 'Choose another column.'],
    });
  const byCategory: number[][] = categories.map(() => []);
  for (const index of counted) for (const category of sets[setOf[index]!]!) byCategory[category]!.push(index);
  const without = categories.filter((category, at) => category !== '' && byCategory[at]!.length === 0).length;
  if (without > 0 && (limit.min ?? 0) > 0) warn(`${key} says nothing of ${without} of the ${categories.filter((category) => category !== '').length} values of ${column}: no case that it counts has them.`);
  return categories.flatMap((category, at) => (category === '' || byCategory[at]!.length === 0 ? [] : [{ value: showCategory(category), cases: Uint32Array.from(byCategory[at]!) }]));
}

function showCategory(category: string): string {
  const text = JSON.stringify(category);
  return text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}…` : text;
}
