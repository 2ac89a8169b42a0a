import { CurationError } from '../../errors.js';
import { buildWishProgram, type Goal, type PartBounds } from './wish-program.js';
import type { Wishes, WishRule } from './wishes.js';

/** Rules that an explanation lists; of more it tells the number. */
const MAX_RULES = 12;

/** Says why a draw cannot be: the rules that contradict each other as they read, the numbers behind them, what to change. */
export async function explainConflict(wishes: Wishes, conflict: readonly number[], reach: (goal: Goal) => Promise<number | null>): Promise<CurationError> {
  const { split } = wishes.input;
  const rules = conflict.map((number) => ({ number, rule: wishes.rules[number]! }));
  const built = buildWishProgram(wishes, conflict);
  const bounds = typeof built === 'string' ? null : built.bounds;
  const lines = rules.slice(0, MAX_RULES).map(({ number, rule }) => `  - ${rule.text}${factOf(wishes, number, rule, bounds)}`);
  if (rules.length > MAX_RULES) lines.push(`  - and ${rules.length - MAX_RULES} more`);
  const what = rules.length === 1 ? 'this rule cannot be met' : `these ${rules.length} rules contradict each other`;
  const limit = rules.find(({ rule }) => rule.kind === 'limit')?.rule;
  const reached = limit === undefined ? null : await reach(goalOf(wishes, limit));
  const suggestions = [...(limit === undefined ? [] : adviseLimit(wishes, limit, reached)), ...new Set(rules.flatMap(({ rule }) => adviseOther(wishes, rule)))];
  return new CurationError('SPLIT_INFEASIBLE', [`${split} cannot be drawn: ${what}.`, ...lines].join('\n'), {
    ...(limit === undefined || reached === null ? {} : { expected: limit.text, found: `${goalOf(wishes, limit).direction === 'most' ? 'at most' : 'at least'} ${reached}, while all other rules hold` }),
    suggestions,
  });
}

/** The numbers behind a rule, in parentheses. */
function factOf(wishes: Wishes, number: number, { kind, part, limit }: WishRule, bounds: PartBounds[] | null): string {
  const { unit } = wishes.input;
  if (kind === 'share') return bounds === null ? '' : ` (${range(bounds[part]!.low, bounds[part]!.high)} of ${bounds.reduce((sum, { ideal }) => sum + ideal, 0).toFixed(0)} ${unit})`;
  if (kind === 'limit') return ` (${limitFact(wishes, limit, part)})`;
  if (kind === 'linked') return ` (${linkFact(wishes)})`;
  const own = wishes.cases.filter(({ bindings }) => bindings.includes(number)).reduce((sum, { count }) => sum + count, 0);
  const all = wishes.groups.filter(({ bindings }) => bindings.includes(number)).reduce((sum, { count, cases }) => sum + count * cases, 0);
  return ` (${counted(own, 'case')}${all > own ? `, with those linked to them ${all}` : ''})`;
}

function range(low: number, high: number): string {
  return low >= high ? String(high) : `${low} to ${high}`;
}

function limitFact({ cases, rules }: Wishes, limit: number, part: number): string {
  let [all, elsewhere] = [0, 0];
  for (const { count, counts, bindings } of cases) {
    if (!counts.some(([index]) => index === limit)) continue;
    all += count;
    if (bindings.some((number) => rules[number]!.part !== part)) elsewhere += count;
  }
  return `${counted(all, 'such case')}${elsewhere > 0 ? `, ${elsewhere} of them bound to other parts` : ''}`;
}

function linkFact({ groups }: Wishes): string {
  const linked = groups.filter(({ cases }) => cases > 1);
  const number = linked.reduce((sum, { count }) => sum + count, 0);
  return `${counted(number, 'group')} of more than one case, the largest of ${linked.reduce((most, { cases }) => Math.max(most, cases), 0)}`;
}

function goalOf({ input }: Wishes, { limit }: WishRule): Goal {
  return { limit, direction: input.limits[limit]!.min > 0 ? 'most' : 'least' };
}

function adviseLimit(wishes: Wishes, rule: WishRule, reached: number | null): string[] {
  const { input } = wishes;
  const { limit } = rule;
  const { direction } = goalOf(wishes, rule);
  const key = rule.text.split(':')[0];
  const few = direction === 'most' && input.limits[limit]!.cases.length < input.limits[limit]!.min;
  const leave = few ? [`Or leave out by \`where\` in ${key} what has too few cases in all.`] : [];
  if (reached === null) return [`${direction === 'most' ? 'Lower min' : 'Raise max'} in ${key}.`, ...leave];
  return [direction === 'most' ? `Write \`min: ${reached}\` in ${key}, or less.` : `Write \`max: ${reached}\` in ${key}, or more.`, ...leave];
}

function adviseOther({ input }: Wishes, { kind, part }: WishRule): string[] {
  const name = input.parts[part]?.name;
  const where = `splits.${input.split}`;
  if (kind === 'share') return [`Change the share of ${name} in ${where}.parts.`];
  if (kind === 'hold-out') return [`Narrow ${where}.hold_out.${name}, or take it out.`];
  if (kind === 'assign') return [`Give ${name} fewer cases in the \`assign\` file, or use hold_out: what is held out leaves the shares.`];
  if (kind === 'frozen') return ['What is frozen stays: change another of these rules, or start a split under another name.'];
  if (kind === 'linked') return [`Look whether the links are right: a column in ${where}.group_by, or a placeholder that many cases share, ties too much.`];
  return [];
}

function counted(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}
