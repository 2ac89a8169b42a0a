import { CurationError } from '../../errors.js';
import { findSmallestConflict } from './conflict-set.js';
import { explainConflict } from './explain.js';
import { solveProgram } from '../search/integer-program.js';
import type { SplitInput } from '../input/problem.js';
import { linkGroups } from '../input/groups.js';
import { judgeGroups, type GroupVerdict } from '../input/verdict.js';
import { buildWishProgram, type Goal } from './wish-program.js';
import { gatherWishes, weightOf, type Wishes } from './wishes.js';

/** Nodes of branch and bound after which a program counts as one that can be met: the search then shows. */
const NODES = 5_000;

/** Columns solved in the search for a smaller conflict, over all programs: about 10 s. */
const COLUMN_BUDGET = 400_000;

/** A free group of at least this share of what is shared out leaves nothing to choose; a small one is no matter. */
const DECIDING_SHARE = 0.5;
const DECIDING_CASES = 10;

/**
 * Makes sure that a draw can meet its rules: shares, limits, hold-outs, forced and frozen cases, and that linked cases stay
 * together. What cannot be told in time passes; the search then shows.
 * @throws {CurationError} SPLIT_INFEASIBLE with the smallest set of rules that contradict each other
 */
export async function assertFeasible(input: SplitInput): Promise<void> {
  assertCounted(input);
  if (isPlain(input)) return;
  const verdicts = judgeGroups(input);
  assertFileAgrees(input, verdicts);
  const fits = assertChoice(input, verdicts);
  if (input.limits.length === 0 && input.forced.length === 0 && fits) return;
  const wishes = gatherWishes(input, verdicts);
  const rules = [...wishes.rules.keys()];
  const questions = Math.floor(COLUMN_BUDGET / Math.max(100, wishes.groups.length * input.parts.length));
  const conflict = await findSmallestConflict(rules, (chosen) => canBeMet(wishes, chosen), questions);
  if (conflict.length === 0) return;
  throw await explainConflict(wishes, conflict, (goal) => reach(wishes, goal));
}

/** Shares of studies or images need some. */
function assertCounted({ split, unit, cases, studyStart, images }: SplitInput): void {
  const counted = unit === 'studies' ? studyStart.at(-1)! : unit === 'images' ? images.reduce((sum, count) => sum + count, 0) : 1;
  if (counted > 0 || cases.length === 0) return;
  throw new CurationError('SPLIT_INFEASIBLE', `${split} cannot be drawn: its shares are of ${unit}, and none of its ${cases.length} cases has any.`, {
    suggestions: [`Write \`unit: cases\` in splits.${split}.`, `Pull the source that holds the ${unit}.`],
  });
}

/** Whether nothing but the shares has to be met, and no group is so large that it could stand in their way. */
function isPlain({ cases, ties, limits, forced, parts }: SplitInput): boolean {
  if (limits.length > 0 || forced.length > 0) return false;
  const { count, groupOf } = linkGroups(cases, ties);
  const sizes = new Uint32Array(count);
  for (const group of groupOf) sizes[group] = sizes[group]! + 1;
  const largest = sizes.reduce((most, size) => Math.max(most, size), 0);
  const least = parts.reduce((low, { target }) => (target > 0 ? Math.min(low, target) : low), 1);
  return largest < DECIDING_CASES || largest < least * DECIDING_SHARE * cases.length;
}

async function canBeMet(wishes: Wishes, chosen: readonly number[]): Promise<boolean> {
  const built = buildWishProgram(wishes, chosen);
  if (built === 'contradiction') return false;
  if (built === 'too-large' || built.program.columns.length === 0) return true;
  return (await solveProgram(built.program, { nodes: NODES })).status !== 'infeasible';
}

/** The most (least) cases that a limit can count while all other rules hold; null when that is not known. */
async function reach(wishes: Wishes, goal: Goal): Promise<number | null> {
  const others = [...wishes.rules.keys()].filter((number) => wishes.rules[number]!.limit !== goal.limit);
  const built = buildWishProgram(wishes, others, goal);
  if (typeof built === 'string') return null;
  if (built.program.columns.length === 0) return built.constant;
  const { status, objective } = await solveProgram(built.program, { nodes: NODES });
  if (status !== 'optimal') return null;
  return built.constant + Math.round(goal.direction === 'most' ? -objective : objective);
}

/** The file must not say of a case, or of cases that are linked, what a hold-out rule, the record or another line denies. */
function assertFileAgrees({ split }: SplitInput, verdicts: readonly GroupVerdict[]): void {
  const conflict = verdicts.find((verdict) => verdict.conflict?.kind === 'forced')?.conflict;
  if (conflict === undefined || conflict === null) return;
  throw new CurationError('SPLIT_INFEASIBLE', `${split} cannot be drawn. ${conflict.message}`, { suggestions: conflict.choices });
}

/**
 * A free group of half of all cases is a draw of one coin: most often a placeholder in a linking column, else a decision
 * that a person has to take. Returns whether every free group is within the largest share.
 */
function assertChoice(input: SplitInput, verdicts: readonly GroupVerdict[]): boolean {
  const large = verdicts.filter(({ members, part, conflict }) => members.length >= DECIDING_CASES && part === null && conflict === null);
  if (large.length === 0) return true;
  const indexOf = new Map(input.cases.map((id, index) => [id, index]));
  const sizeOf = (members: readonly string[]) => members.reduce((sum, id) => sum + weightOf(input, indexOf.get(id)!), 0);
  const all = verdicts.reduce((sum, { members, heldOut, conflict, frozen }) => sum + (heldOut ? 0 : sizeOf(conflict === null ? members : members.filter((id) => frozen.has(id)))), 0);
  const found = large.find(({ members }) => sizeOf(members) >= DECIDING_SHARE * all);
  const most = input.parts.reduce((high, { target }) => Math.max(high, target), 0) * all;
  if (found === undefined) return large.every(({ members }) => sizeOf(members) <= most);
  const tied = tyingColumns(input, new Set(found.members));
  throw new CurationError('SPLIT_INFEASIBLE', `${input.split} cannot be drawn: one group of linked cases holds ${found.members.length} of ${input.cases.length} cases, and it has to stay whole.`, {
    expected: 'groups that are small against the parts',
    found: `${found.members.length} cases around ${found.group_id}, tied by ${tied}`,
    suggestions: [
      'Look for a placeholder that many cases share, such as UNKNOWN or ANONYMOUS, and make it empty at its source: a missing value ties nothing.',
      'Take the column out of group_by, when equal values there do not mean the same patient.',
      `When the link is right, say where the group goes: a rule in splits.${input.split}.hold_out, or a line of an \`assign\` file.`,
    ],
  });
}

/** What ties the most cases of a group, as words: the kinds of its ties, the strongest first. */
function tyingColumns({ ties }: SplitInput, members: ReadonlySet<string>): string {
  const cases = new Map<string, Map<string, number>>();
  for (const { kind, key, case_id } of ties) {
    if (!members.has(case_id)) continue;
    const keys = cases.get(kind) ?? new Map<string, number>();
    cases.set(kind, keys.set(key, (keys.get(key) ?? 0) + 1));
  }
  const strongest = [...cases].map(([kind, keys]) => ({ kind, most: [...keys.values()].reduce((a, b) => Math.max(a, b), 0) }));
  strongest.sort((a, b) => b.most - a.most || (a.kind < b.kind ? -1 : 1));
  return strongest.slice(0, 3).map(({ kind, most }) => `${kind} (${most} cases with one value)`).join(', ');
}
