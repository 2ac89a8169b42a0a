import { sha256Hex } from '../fixity/digest.js';
import type { SplitConflict, UnassignedCase } from '../model/split.js';
import { Allocation, type AllocationData } from './search/allocation.js';
import { listBlocks } from './search/blocks.js';
import { buildCells } from './search/cells.js';
import type { Effort } from './search/effort.js';
import { limitWeights } from './search/limit-counts.js';
import { byCodeUnit, type SplitInput } from './input/problem.js';
import { lookAtCases, profileGroups, type Profiles } from './search/profiles.js';
import { drawQuotas } from './search/quotas.js';
import { keyedRandom } from './search/random.js';
import { searchAllocation } from './search/search.js';
import { certainPart, NONE, standCases, type StandingCases } from './search/standing-cases.js';

/** A case's place in the draw. */
export interface DrawnCase {
  case_id: string;
  group_id: string;
  part: string;
  frozen: boolean;
  /** Forced by a hold-out rule, and so no part of the quotas. */
  held_out: boolean;
}

export interface SplitOutcome {
  /** Accepted cases that have a part, by case_id. */
  assigned: DrawnCase[];
  /** Accepted cases that have none, by case_id. */
  unassigned: UnassignedCase[];
  conflicts: SplitConflict[];
  /** Variables that are balanced by themselves only, because their pairs would not fit into memory. */
  unpaired: string[];
  /** J of the result: 0 is perfect, a random allocation has about 4. */
  objective: number;
  effort: Effort;
}

/** How a draw is searched for. */
export interface SearchOptions {
  /** `normal` by default. */
  effort?: Effort;
}

/**
 * Draws a split, or extends one: frozen cases stay, their newcomers follow, rules and files bind, the rest is placed so
 * that limits are met and the whole is balanced (search.ts tells how). Pure: equal input in any order gives an equal outcome.
 * @throws {CurationError} SPLIT_INFEASIBLE when a limit cannot be met
 */
export async function assignCases(input: SplitInput, { effort = 'normal' }: SearchOptions = {}): Promise<SplitOutcome> {
  const targets = input.parts.filter(({ target }) => target > 0).sort((a, b) => byCodeUnit(a.name, b.name));
  const names = targets.map(({ name }) => name);
  const standing = standCases(input, names);
  const { partOf, objective, unpaired } = await drawParts(input, standing, names, Float64Array.from(targets, ({ target }) => target), effort);
  const outcome: SplitOutcome = { assigned: [], unassigned: [], conflicts: [], unpaired, objective, effort };
  for (const { conflict } of standing.verdicts) if (conflict !== null) outcome.conflicts.push(conflict);
  for (let index = 0; index < input.cases.length; index++) settleCase(input, index, standing, (group) => names[partOf[group]!] ?? null, outcome);
  return outcome;
}

function settleCase({ cases, frozen }: SplitInput, index: number, standing: StandingCases, drawn: (group: number) => string | null, into: SplitOutcome): void {
  const case_id = cases[index]!;
  const verdict = standing.verdicts[standing.verdictOf[index]!];
  const row = frozen[standing.rowOf[index]!];
  const part = certainPart(standing, frozen, index) ?? drawn(standing.groupOf[index]!);
  if (row === undefined && verdict !== undefined && verdict.conflict !== null) into.unassigned.push({ case_id, reason: `withheld: ${verdict.conflict.message}` });
  else if (part === null) into.unassigned.push({ case_id, reason: 'no part has a target above 0' });
  else {
    const group_id = verdict?.group_id ?? row?.group_id ?? case_id;
    into.assigned.push({ case_id, group_id, part, frozen: row !== undefined, held_out: verdict?.heldOut ?? false });
  }
}

/** Places the free groups; returns the part of each. */
async function drawParts(input: SplitInput, standing: StandingCases, names: readonly string[], targets: Float64Array, effort: Effort) {
  const { studyStart, images, boundTo } = { ...input, ...standing };
  const variables = [...input.variables].sort((a, b) => byCodeUnit(a.name, b.name));
  const looks = lookAtCases(variables, studyStart);
  const profiles = profileGroups(standing.groups, { ...input, variables }, looks);
  const { blocks, unpaired } = listBlocks({ ...input, variables, strata: looks.strata });
  const bound = { partOf: boundTo, parts: names.length, some: boundTo.some((part) => part !== NONE) };
  const cases = { ofProfile: profiles.cases, ofCase: () => 1 };
  const studies = { ofProfile: profiles.rows, ofCase: (index: number) => studyStart[index + 1]! - studyStart[index]! };
  const size = { cases, studies, images: { ofProfile: profiles.units, ofCase: (index: number) => images[index]! } }[input.unit];
  const cells = buildCells(profiles, [size, ...[cases, studies].filter((plain) => plain !== size)], blocks, bound);
  const key = drawKey(input);
  const quotas = drawQuotas(cells, targets, keyedRandom(key, 'quotas'));
  const allocation = new Allocation({ profiles, cells, quotas, targets, limits: countLimits(input, standing, profiles, names) });
  await searchAllocation(allocation, key, effort);
  return { partOf: handOut(allocation, key), objective: allocation.objective(), unpaired };
}

/** The limits with what is in their parts before the draw; null when there are none. */
function countLimits(input: SplitInput, standing: StandingCases, profiles: Profiles, names: readonly string[]): AllocationData['limits'] {
  if (input.limits.length === 0) return null;
  const limits = [...input.limits].sort((a, b) => byCodeUnit(a.part, b.part) || byCodeUnit(a.rule, b.rule));
  const settled = limits.map(({ part, cases }) => cases.reduce((sum, index) => sum + (certainPart(standing, input.frozen, index) === part ? 1 : 0), 0));
  const partLimits = limits.map((limit) => ({ ...limit, part: names.indexOf(limit.part), weights: limitWeights(profiles, limit, input.cases.length) }));
  return { limits: partLimits, settled };
}

/** The part of every group: which groups of a profile go where is left to chance. */
function handOut({ profiles, placed, parts }: Allocation, key: string): Int16Array {
  const random = keyedRandom(key, 'groups');
  const order = Uint32Array.from({ length: profiles.groups.count }, (_, group) => group);
  random.shuffle(order);
  const left = placed.slice();
  const partOf = new Int16Array(order.length);
  for (const group of order) {
    let at = profiles.of[group]! * parts;
    while (left[at] === 0) at++;
    left[at] = left[at]! - 1;
    partOf[group] = at % parts;
  }
  return partOf;
}

/** Key of the generator: SHA-256(seed | config digest | digest of the sorted ids). */
function drawKey({ seed, config_digest, cases }: SplitInput): string {
  const ids = sha256Hex(cases.map((id) => JSON.stringify(id)).join('\n'));
  return sha256Hex(`${seed}|${config_digest}|${ids}`);
}
