import assert from 'node:assert';
import { byCodeUnit, type FrozenCase, type SplitInput } from './problem.js';
import type { GroupTable } from './profiles.js';
import { judgeGroups, type GroupVerdict } from './verdict.js';

/** No counted group, or no verdict. */
export const NONE = -1;

/** What is known of every case before anything is drawn, and the groups that the quotas are about. */
export interface StandingCases {
  /** Groups that the quotas are about; hold-outs are not among them. */
  groups: GroupTable;
  /** Counted group of every case; NONE for one that no draw places. */
  groupOf: Int32Array;
  /** Verdicts of the cases that something ties or binds by a rule; the others stand alone, and are most of all. */
  verdicts: readonly GroupVerdict[];
  /** Verdict of every case; NONE for one that stands alone. */
  verdictOf: Int32Array;
  /** Row of every frozen case that is accepted. */
  frozen: ReadonlyMap<string, FrozenCase>;
}

/**
 * Judges the groups that are tied or bound, and lists all groups that count in the quotas: those in the order of their least
 * members, then the cases that stand alone.
 * @param targets Names of the parts with a share.
 */
export function standCases(input: SplitInput, targets: readonly string[]): StandingCases {
  const { cases } = input;
  for (let index = 1; index < cases.length; index++) assert(cases[index - 1]! < cases[index]!, 'cases are in code unit order, each once');
  const named = new Set([input.ties, input.holdOuts, input.forced].flatMap((rows) => rows.map(({ case_id }) => case_id)));
  const isNamed = ({ case_id }: FrozenCase) => named.has(case_id);
  const verdicts = judgeGroups({ ...input, cases: cases.filter((id) => named.has(id)), frozen: input.frozen.filter(isNamed) });
  const standing: StandingCases = {
    groups: { count: 0, memberStart: new Uint32Array(cases.length + 1), members: new Uint32Array(cases.length), fixed: new Int16Array(cases.length) },
    groupOf: new Int32Array(cases.length).fill(NONE),
    verdicts,
    verdictOf: new Int32Array(cases.length).fill(NONE),
    frozen: new Map(input.frozen.map((row) => [row.case_id, row])),
  };
  addBound(standing, cases, named, targets);
  addLoners(standing, cases, targets);
  return standing;
}

function addBound(standing: StandingCases, cases: readonly string[], named: ReadonlySet<string>, targets: readonly string[]): void {
  const indexOf = new Map<string, number>();
  for (let index = 0; index < cases.length; index++) if (named.has(cases[index]!)) indexOf.set(cases[index]!, index);
  for (const [number, verdict] of standing.verdicts.entries()) {
    const indices = verdict.members.map((id) => indexOf.get(id)!);
    for (const index of indices) standing.verdictOf[index] = number;
    if (verdict.heldOut) continue;
    // a group torn by a conflict counts in each of its parts with the members frozen there
    if (verdict.conflict !== null)
      targets.forEach((target, part) => addGroup(standing, indices.filter((index) => verdict.frozen.get(cases[index]!) === target), part));
    else if (verdict.part === null) addGroup(standing, targets.length > 0 ? indices : [], NONE);
    else if (targets.includes(verdict.part)) addGroup(standing, indices, targets.indexOf(verdict.part));
  }
}

function addLoners(standing: StandingCases, cases: readonly string[], targets: readonly string[]): void {
  const numbers = new Map(targets.map((name, number) => [name, number]));
  const members = [0];
  for (let index = 0; index < cases.length; index++) {
    if (standing.verdictOf[index] !== NONE) continue;
    members[0] = index;
    const row = standing.frozen.get(cases[index]!);
    const part = row === undefined ? NONE : numbers.get(row.part);
    if (part !== undefined && targets.length > 0) addGroup(standing, members, part);
  }
}

function addGroup({ groups, groupOf }: StandingCases, members: readonly number[], fixed: number): void {
  if (members.length === 0) return;
  const from = groups.memberStart[groups.count]!;
  members.forEach((index, at) => {
    groups.members[from + at] = index;
    groupOf[index] = groups.count;
  });
  groups.fixed[groups.count] = fixed;
  groups.memberStart[++groups.count] = from + members.length;
}

/** Part that is certain for a case before the draw; null when the draw decides, or when it has none. */
export function certainPart({ verdicts, verdictOf, frozen }: StandingCases, id: string, index: number): string | null {
  const verdict = verdicts[verdictOf[index]!];
  const frozenPart = frozen.get(id)?.part;
  if (frozenPart !== undefined || verdict === undefined) return frozenPart ?? null;
  return verdict.conflict === null ? verdict.part : null;
}

/** The parts that have a share, by name. */
export function sharingParts({ parts }: SplitInput): SplitInput['parts'] {
  return parts.filter(({ target }) => target > 0).sort((a, b) => byCodeUnit(a.name, b.name));
}
