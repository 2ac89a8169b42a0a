import assert from 'node:assert';
import { findCases } from './case-index.js';
import { byCodeUnit, type FrozenCase, type SplitInput } from '../input/problem.js';
import type { GroupTable } from './profiles.js';
import { judgeGroups, type GroupVerdict } from '../input/verdict.js';

/** No group, part, verdict or row. */
export const NONE = -1;

/** What is known of every case before anything is drawn, and the groups that are to be placed. Arrays are aligned by case. */
export interface StandingCases {
  /** Groups that the draw places: those of several cases or tied ones by their least member, then those that stand alone. */
  groups: GroupTable;
  /** Group that the draw places; NONE for a case that it does not place. */
  groupOf: Int32Array;
  /** Part with a share that a case is bound to and counts in; NONE for others. */
  boundTo: Int16Array;
  /** Verdicts of the cases that something ties or binds by a rule; the others stand alone, and are most of all. */
  verdicts: readonly GroupVerdict[];
  verdictOf: Int32Array;
  /** Row among the frozen ones. */
  rowOf: Int32Array;
}

/**
 * Judges the groups that are tied or bound, and lists the groups to be placed.
 * @param targets Names of the parts with a share.
 */
export function standCases(input: SplitInput, targets: readonly string[]): StandingCases {
  const { cases, frozen } = input;
  for (let index = 1; index < cases.length; index++) assert(cases[index - 1]! < cases[index]!, 'cases are in code unit order, each once');
  const rowOf = new Int32Array(cases.length).fill(NONE);
  findCases(cases, idsOf(frozen)).forEach((index, row) => {
    if (index !== NONE) rowOf[index] = row;
  });
  const { verdicts, verdictOf } = judgeNamed(input, rowOf);
  const standing: StandingCases = {
    groups: { count: 0, memberStart: new Uint32Array(cases.length + 1), members: new Uint32Array(cases.length) },
    groupOf: new Int32Array(cases.length).fill(NONE),
    boundTo: new Int16Array(cases.length).fill(NONE),
    verdicts,
    verdictOf,
    rowOf,
  };
  for (const verdict of verdicts) standGroup(standing, verdict, cases, targets);
  standLoners(standing, frozen, targets);
  // there was room for as many groups as there are cases
  standing.groups.memberStart = standing.groups.memberStart.slice(0, standing.groups.count + 1);
  return standing;
}

function* idsOf(rows: readonly { case_id: string }[]): Generator<string> {
  for (const { case_id } of rows) yield case_id;
}

/** The verdicts of all cases that a tie, a rule or a file names. */
function judgeNamed(input: SplitInput, rowOf: Int32Array): Pick<StandingCases, 'verdicts' | 'verdictOf'> {
  const { cases, frozen } = input;
  const named = new Set<string>();
  for (const rows of [input.ties, input.holdOuts, input.forced]) for (const { case_id } of rows) named.add(case_id);
  const indices = findCases(cases, [...named].sort(byCodeUnit)).filter((index) => index !== NONE);
  const rows: FrozenCase[] = [];
  for (const index of indices) if (rowOf[index] !== NONE) rows.push(frozen[rowOf[index]!]!);
  // cases that are accepted no more bind those who are tied to them
  if (frozen.length > countRows(rowOf)) for (const row of departed(frozen, rowOf)) if (named.has(row.case_id)) rows.push(row);
  const verdicts = judgeGroups({ ...input, cases: Array.from(indices, (index) => cases[index]!), frozen: rows });
  const verdictOf = new Int32Array(cases.length).fill(NONE);
  verdicts.forEach(({ members }, number) => findCases(cases, members).forEach((index) => (verdictOf[index] = number)));
  return { verdicts, verdictOf };
}

function countRows(rowOf: Int32Array): number {
  return rowOf.reduce((sum, row) => sum + (row === NONE ? 0 : 1), 0);
}

function departed(frozen: readonly FrozenCase[], rowOf: Int32Array): FrozenCase[] {
  const accepted = new Uint8Array(frozen.length);
  for (const row of rowOf) if (row !== NONE) accepted[row] = 1;
  return frozen.filter((_, row) => accepted[row] === 0);
}

function standGroup(standing: StandingCases, verdict: GroupVerdict, cases: readonly string[], targets: readonly string[]): void {
  if (verdict.heldOut) return;
  const { members, conflict, part, frozen } = verdict;
  const indices = findCases(cases, members);
  if (conflict === null && part === null) {
    if (targets.length > 0) addGroup(standing, indices);
    return;
  }
  // of a group torn by a conflict, the members count that are frozen, where they are
  indices.forEach((index, at) => (standing.boundTo[index] = targets.indexOf((conflict === null ? part : frozen.get(members[at]!)) ?? '')));
}

function standLoners(standing: StandingCases, frozen: readonly FrozenCase[], targets: readonly string[]): void {
  const numbers = new Map(targets.map((name, number) => [name, number]));
  const { verdictOf, rowOf, boundTo } = standing;
  for (let index = 0; index < verdictOf.length; index++) {
    if (verdictOf[index] !== NONE) continue;
    if (rowOf[index] !== NONE) boundTo[index] = numbers.get(frozen[rowOf[index]!]!.part) ?? NONE;
    else if (targets.length > 0) addGroup(standing, [index]);
  }
}

function addGroup({ groups, groupOf }: StandingCases, members: ArrayLike<number>): void {
  const from = groups.memberStart[groups.count]!;
  for (let at = 0; at < members.length; at++) {
    groups.members[from + at] = members[at]!;
    groupOf[members[at]!] = groups.count;
  }
  groups.memberStart[++groups.count] = from + members.length;
}

/** Part that is certain for a case before the draw; null when the draw decides, or when it has none. */
export function certainPart({ verdicts, verdictOf, rowOf }: StandingCases, frozen: readonly FrozenCase[], index: number): string | null {
  if (rowOf[index] !== NONE) return frozen[rowOf[index]!]!.part;
  const verdict = verdicts[verdictOf[index]!];
  return verdict === undefined || verdict.conflict !== null ? null : verdict.part;
}
