import type { SplitConflict } from '../../model/split.js';
import { linkGroups, type Groups } from './groups.js';
import { byCodeUnit, type BoundCase, type SplitInput } from './problem.js';

/** What is known about a linked group before anything is drawn. */
export interface GroupVerdict {
  /** Accepted members, by code unit. */
  members: string[];
  group_id: string;
  /** Part that frozen members, a hold-out rule or the `assign` file decide, in this order; null when the draw decides. */
  part: string | null;
  /** Whether a hold-out rule decides or confirms the part: then the group is left out of the quotas. */
  heldOut: boolean;
  /** Part of every accepted member that is frozen. */
  frozen: ReadonlyMap<string, string>;
  conflict: SplitConflict | null;
}

/** How many cases a conflict names per part. */
const NAMED_CASES = 10;

/** Judges every group that has an accepted member, in the order of their least members. */
export function judgeGroups(input: SplitInput): GroupVerdict[] {
  const accepted = new Set(input.cases);
  const frozen = new Map(input.frozen.map((row) => [row.case_id, row]));
  const ids = [...new Set([...input.cases, ...frozen.keys()])].sort(byCodeUnit);
  const [held, forced] = [byCase(input.holdOuts), byCase(input.forced)];
  return membersOf(linkGroups(ids, input.ties), ids)
    .filter((members) => members.some((id) => accepted.has(id)))
    .map((members) => judgeGroup(members, accepted, frozen, held, forced));
}

function byCase(bound: readonly BoundCase[]): Map<string, BoundCase[]> {
  const found = new Map<string, BoundCase[]>();
  for (const row of bound) {
    const known = found.get(row.case_id);
    if (known === undefined) found.set(row.case_id, [row]);
    else known.push(row);
  }
  return found;
}

function membersOf({ count, groupOf }: Groups, ids: readonly string[]): string[][] {
  const members: string[][] = Array.from({ length: count }, () => []);
  for (const [index, id] of ids.entries()) members[groupOf[index]!]!.push(id);
  return members;
}

type FrozenRows = Map<string, { group_id: string; part: string }>;
type BoundRows = Map<string, BoundCase[]>;

const NONE_FROZEN: ReadonlyMap<string, string> = new Map();

function judgeGroup(all: string[], accepted: Set<string>, frozenRows: FrozenRows, heldRows: BoundRows, forcedRows: BoundRows): GroupVerdict {
  const [only] = all;
  // most groups of a large collection are one new case that nothing binds
  if (all.length === 1 && only !== undefined && !frozenRows.has(only) && !heldRows.has(only) && !forcedRows.has(only))
    return { members: all, group_id: only, part: null, heldOut: false, frozen: NONE_FROZEN, conflict: null };
  const members = all.filter((id) => accepted.has(id));
  const bound = all.flatMap((case_id) => {
    const row = frozenRows.get(case_id);
    return row === undefined ? [] : [{ case_id, part: row.part, group_id: row.group_id }];
  });
  const active = bound.filter(({ case_id }) => accepted.has(case_id));
  // cases withdrawn since decide only where no active one does: withdrawing one side is how a conflict is solved
  const deciding = active.length > 0 ? active : bound;
  const held = members.flatMap((case_id) => heldRows.get(case_id) ?? []);
  const forced = members.flatMap((case_id) => forcedRows.get(case_id) ?? []);
  const frozen = new Map(active.map(({ case_id, part }) => [case_id, part]));
  const withheld = members.filter((id) => !frozen.has(id));
  const conflict = findConflict(deciding, held, withheld) ?? findForcedConflict([...deciding, ...held], forced, withheld);
  const part = deciding[0]?.part ?? held[0]?.part ?? forced[0]?.part ?? null;
  const group_id = bound.map((row) => row.group_id).sort(byCodeUnit)[0] ?? members[0]!;
  return { members, group_id, part, heldOut: held.length > 0 && conflict === null, frozen, conflict };
}

function findConflict(frozen: BoundCase[], held: BoundCase[], withheld: string[]): SplitConflict | null {
  const frozenParts = new Set(frozen.map(({ part }) => part));
  if (frozenParts.size > 1)
    return {
      kind: 'frozen-apart',
      cases: nameCases(frozen),
      withheld,
      message: `Linked cases are frozen in different parts: ${describe(frozen)}.`,
      choices: [
        'Withdraw the case on one side (withdrawals.yaml): it keeps its row in the record and leaves the next release.',
        'Accept the leak with a recorded waiver of the gate; cases that join this group later stay out all the same.',
        'Correct the link, when it is wrong, at its source.',
      ],
    };
  if (new Set([...frozenParts, ...held.map(({ part }) => part)]).size < 2) return null;
  return {
    kind: 'hold-out',
    cases: nameCases([...frozen, ...held]),
    withheld,
    message: `Linked cases are bound to different parts by ${frozen.length > 0 ? 'the record and a hold-out rule' : 'hold-out rules'}: ${describe([...frozen, ...held])}.`,
    choices: [
      'Narrow the hold_out rule so that it leaves these cases out.',
      'Withdraw the cases on one side (withdrawals.yaml).',
      'Correct the link, when it is wrong, at its source.',
    ],
  };
}

/** The `assign` file says of linked cases what another of its lines, a hold-out rule or the record denies. */
function findForcedConflict(others: BoundCase[], forced: BoundCase[], withheld: string[]): SplitConflict | null {
  const all = [...forced, ...others];
  if (forced.length === 0 || new Set(all.map(({ part }) => part)).size < 2) return null;
  const [first] = forced as [BoundCase];
  const other = all.find(({ part }) => part !== first.part)!;
  const linked = first.case_id === other.case_id ? '' : ', and the two are linked';
  return {
    kind: 'forced',
    cases: nameCases(all),
    withheld,
    message: `The assign file puts ${first.case_id} into ${first.part}${sourceOf(first)}, but ${other.case_id} is bound to ${other.part}${sourceOf(other) || ' by the record'}${linked}.`,
    choices: [
      'Correct or take out the line of the assign file: linked cases go where one of them is bound to.',
      'Narrow the hold_out rule, when it is one that binds the other.',
      'Correct the link, when it is wrong, at its source.',
    ],
  };
}

function sourceOf({ rule, line }: BoundCase): string {
  if (line !== undefined) return ` (line ${line})`;
  return rule === undefined ? '' : ` (${rule})`;
}

function nameCases(bound: BoundCase[]): BoundCase[] {
  const named = new Map<string, number>();
  return bound
    .map(({ case_id, part }) => ({ case_id, part }))
    .sort((a, b) => byCodeUnit(a.part, b.part) || byCodeUnit(a.case_id, b.case_id))
    .filter(({ part }) => {
      named.set(part, (named.get(part) ?? 0) + 1);
      return named.get(part)! <= NAMED_CASES;
    });
}

/** One case a part is enough for a sentence. */
function describe(bound: BoundCase[]): string {
  const first = new Map<string, string>();
  for (const { case_id, part } of nameCases(bound)) if (!first.has(part)) first.set(part, case_id);
  return [...first].map(([part, id]) => `${id} (${part})`).join(', ');
}
