import { CurationError } from '../errors.js';
import type { LimitConfig } from '../model/config.js';
import type { LoadContext } from './catalog-reader.js';
import { casesThatMeet } from './load-conditions.js';
import type { Units } from './load-units.js';
import { readVariablesOf } from './load-variables.js';
import type { CaseLimit } from './problem.js';
import type { Variable } from './variable.js';

/**
 * The limits of a split over the cases they count: one for each value of `each`, when it is given; a missing value is none.
 * @throws {CurationError} CONFIG_INVALID for a condition or column that the tables do not bear
 */
export async function readLimits(context: LoadContext, units: Units): Promise<CaseLimit[]> {
  const limits: CaseLimit[] = [];
  for (const [index, limit] of context.settings.limits.entries()) limits.push(...(await readLimit(context, units, limit, `limits.${index}`)));
  return limits;
}

async function readLimit(context: LoadContext, units: Units, limit: LimitConfig, key: string): Promise<CaseLimit[]> {
  const { part, where, each } = limit;
  const place = `splits.${context.settings.name}.${key}`;
  const bounds = { part, min: limit.min ?? 0, max: limit.max ?? Infinity };
  const counted = where === undefined ? Uint32Array.from(context.cases.keys()) : await indicesThatMeet(context, `${place}.where`, where);
  const said = where === undefined ? '' : ` with ${where}`;
  if (each === undefined) return [{ rule: `${key}: ${wordsOf(limit)}${said} in ${part}`, cases: counted, ...bounds }];
  const [variable] = await readVariablesOf(context, units, [{ column: each, level: 'case' }], `${place}.each`);
  return casesByCategory(variable!, counted).map(([category, cases]) => ({
    rule: `${key}: ${wordsOf(limit)}${said} and ${each} = ${category} in ${part}`,
    cases,
    ...bounds,
  }));
}

async function indicesThatMeet(context: LoadContext, where: string, condition: string): Promise<Uint32Array> {
  const ids = await casesThatMeet(context, where, condition);
  return Uint32Array.from(ids.flatMap((id) => context.indexOf.get(id) ?? [])).sort();
}

function wordsOf({ min, max }: LimitConfig): string {
  if (min !== undefined && max !== undefined) return `${min} to ${max} cases`;
  return min === undefined ? `at most ${max} cases` : `at least ${min} cases`;
}

/** More values than this are no kinds to be counted one by one. */
const MAX_CATEGORIES = 1000;

function casesByCategory({ name, categories, sets, setOf }: Variable, counted: Uint32Array): [string, Uint32Array][] {
  if (categories.length > MAX_CATEGORIES)
    throw new CurationError('CONFIG_INVALID', `A limit for each value of ${name} would be ${categories.length} limits.`, {
      expected: `at most ${MAX_CATEGORIES} values`,
      found: `${categories.length} values`,
      suggestions: [`Name the values that count in \`where\`, e.g. ${name} = 'A'.`],
    });
  const members: number[][] = categories.map(() => []);
  for (const index of counted) for (const category of sets[setOf[index]!]!) members[category]!.push(index);
  return categories.flatMap((category, code): [string, Uint32Array][] => (category === '' ? [] : [[category, Uint32Array.from(members[code]!)]]));
}
