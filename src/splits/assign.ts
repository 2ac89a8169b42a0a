import assert from 'node:assert';
import { sha256Hex } from '../fixity/digest.js';
import type { SplitConflict, UnassignedCase } from '../model/split.js';
import { Allocation } from './allocation.js';
import { listBlocks, type GroupTable } from './blocks.js';
import { buildCells } from './cells.js';
import { byCodeUnit, type SplitInput } from './problem.js';
import { drawQuotas } from './quotas.js';
import { keyedRandom } from './random.js';
import { searchAllocation } from './search.js';
import { judgeGroups, type GroupVerdict } from './verdict.js';

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
}

/**
 * Draws a split, or extends one: frozen cases stay, their newcomers follow, hold-out rules force, the rest is placed so
 * that the whole is balanced (search.ts tells how). Pure: equal input in any order gives an equal outcome.
 */
export function assignCases(input: SplitInput): SplitOutcome {
  const targets = input.parts.filter(({ target }) => target > 0).sort((a, b) => byCodeUnit(a.name, b.name));
  const verdicts = judgeGroups(input);
  const counted = verdicts.flatMap((verdict) => countedGroups(verdict, targets.map(({ name }) => name)));
  const { placed, objective, unpaired } = drawParts(input, counted, Float64Array.from(targets, ({ target }) => target));
  const drawn = new Map(counted.map(({ verdict }, index) => [verdict, targets[placed[index]!]!.name]));
  const outcome: SplitOutcome = { assigned: [], unassigned: [], conflicts: [], unpaired, objective };
  for (const verdict of verdicts) settleGroup(verdict, verdict.part ?? drawn.get(verdict) ?? null, outcome);
  outcome.assigned.sort((a, b) => byCodeUnit(a.case_id, b.case_id));
  outcome.unassigned.sort((a, b) => byCodeUnit(a.case_id, b.case_id));
  return outcome;
}

function settleGroup({ members, group_id, frozen, heldOut, conflict }: GroupVerdict, part: string | null, into: SplitOutcome): void {
  if (conflict !== null) into.conflicts.push(conflict);
  for (const case_id of members) {
    const frozenPart = frozen.get(case_id);
    if (frozenPart !== undefined) into.assigned.push({ case_id, group_id, part: frozenPart, frozen: true, held_out: heldOut });
    else if (conflict !== null) into.unassigned.push({ case_id, reason: `withheld: ${conflict.message}` });
    else if (part === null) into.unassigned.push({ case_id, reason: 'no part has a target above 0' });
    else into.assigned.push({ case_id, group_id, part, frozen: false, held_out: heldOut });
  }
}

/** A group as the quotas see it; one torn by a conflict counts in each of its parts with the members frozen there. */
interface CountedGroup {
  verdict: GroupVerdict;
  members: string[];
  /** Index into the targets; -1 when it is free. */
  fixed: number;
}

function countedGroups(verdict: GroupVerdict, names: string[]): CountedGroup[] {
  const { members, part, frozen, conflict, heldOut } = verdict;
  if (heldOut) return [];
  if (conflict !== null)
    return names
      .map((name, fixed) => ({ verdict, fixed, members: members.filter((id) => frozen.get(id) === name) }))
      .filter((torn) => torn.members.length > 0);
  if (part === null) return names.length === 0 ? [] : [{ verdict, members, fixed: -1 }];
  const fixed = names.indexOf(part);
  return fixed < 0 ? [] : [{ verdict, members, fixed }];
}

/** Places the free groups; returns the part of every counted group. */
function drawParts(input: SplitInput, counted: CountedGroup[], targets: Float64Array) {
  const groups = tabulate(input, counted);
  const variables = [...input.variables].sort((a, b) => byCodeUnit(a.name, b.name));
  const { blocks, unpaired } = listBlocks(variables, input.studyStart);
  const cells = buildCells(groups, blocks);
  const key = drawKey(input);
  const quotas = drawQuotas(groups, cells, targets, keyedRandom(key, 'quotas'));
  const allocation = new Allocation(groups, cells, quotas, targets);
  const free = Uint32Array.from(counted.keys()).filter((group) => groups.fixed[group]! < 0);
  searchAllocation(allocation, variables, input.studyStart, free, key);
  return { placed: allocation.part, objective: allocation.objective(), unpaired };
}

/** Key of the generator: SHA-256(seed | config digest | digest of the sorted ids). */
function drawKey({ seed, config_digest, cases }: SplitInput): string {
  const ids = sha256Hex(cases.map((id) => JSON.stringify(id)).join('\n'));
  return sha256Hex(`${seed}|${config_digest}|${ids}`);
}

/** The counted groups as arrays. */
function tabulate({ cases, studyStart }: SplitInput, counted: CountedGroup[]): GroupTable {
  const indexOf = new Map(cases.map((id, index) => [id, index]));
  assert(indexOf.size === cases.length, 'every case is given once');
  const members = Uint32Array.from(counted.flatMap((group) => group.members.map((id) => indexOf.get(id)!)));
  const memberStart = new Uint32Array(counted.length + 1);
  const rows = new Uint32Array(counted.length);
  for (const [group, { members: ids }] of counted.entries()) {
    const from = memberStart[group]!;
    memberStart[group + 1] = from + ids.length;
    for (let at = from; at < from + ids.length; at++) rows[group] = rows[group]! + studyStart[members[at]! + 1]! - studyStart[members[at]!]!;
  }
  return {
    count: counted.length,
    memberStart,
    members,
    cases: Uint32Array.from(counted, ({ members: ids }) => ids.length),
    rows,
    fixed: Int16Array.from(counted, ({ fixed }) => fixed),
  };
}
