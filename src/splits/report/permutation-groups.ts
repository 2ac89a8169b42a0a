import { linkGroups } from '../input/groups.js';
import type { GroupCodes, PermutationInput } from './measures/permutation.js';
import type { SplitInput } from '../input/problem.js';
import type { Variable } from '../input/variable.js';

/** The groups of a split as the permutation test needs them; members of a torn group in another part are a group of their own. */
export function permutationGroups(input: SplitInput, partOf: ArrayLike<number>, parts: number): PermutationInput {
  const members = membersByGroup(input, partOf);
  const size = new Uint32Array(members.count);
  const stays = new Uint8Array(members.count);
  const forced = new Set(input.forced.map(({ case_id }) => case_id));
  for (let group = 0; group < members.count; group++) {
    for (let at = members.start[group]!; at < members.start[group + 1]!; at++) {
      const index = members.list[at]!;
      size[group]! += input.unit === 'studies' ? input.studyStart[index + 1]! - input.studyStart[index]! : 1;
      if (forced.size > 0 && forced.has(input.cases[index]!)) stays[group] = 1;
    }
  }
  return { parts, partOf: members.partOf, size, stays, variables: input.variables.map((variable) => groupCodes(variable, input.studyStart, members)) };
}

interface Members {
  count: number;
  /** Members of group g: `list[start[g]]` up to, not including, `list[start[g + 1]]`. */
  start: Uint32Array;
  list: Uint32Array;
  partOf: Int16Array;
}

function membersByGroup(input: SplitInput, partOf: ArrayLike<number>): Members {
  const linked = linkGroups(input.cases, input.ties);
  const groupPart: number[] = new Array<number>(linked.count).fill(-1);
  const groupOf = new Int32Array(input.cases.length).fill(-1);
  const torn = new Map<string, number>();
  for (let index = 0; index < groupOf.length; index++) {
    const part = partOf[index]!;
    if (part < 0) continue;
    let group = linked.groupOf[index]!;
    if (groupPart[group] === -1) groupPart[group] = part;
    else if (groupPart[group] !== part) {
      const key = `${group} ${part}`;
      const known = torn.get(key);
      torn.set(key, (group = known ?? groupPart.push(part) - 1));
    }
    groupOf[index] = group;
  }
  const start = new Uint32Array(groupPart.length + 1);
  for (const group of groupOf) if (group >= 0) start[group + 1]!++;
  for (let group = 0; group < groupPart.length; group++) start[group + 1]! += start[group]!;
  const next = start.slice();
  const list = new Uint32Array(start.at(-1)!);
  for (let index = 0; index < groupOf.length; index++) if (groupOf[index]! >= 0) list[next[groupOf[index]!]!++] = index;
  return { count: groupPart.length, start, list, partOf: Int16Array.from(groupPart) };
}

function groupCodes({ level, categories, sets, setOf }: Variable, studyStart: Uint32Array, { count, start, list }: Members): GroupCodes {
  const codeStart = new Uint32Array(count + 1);
  const unitsOf = (index: number): [number, number] => (level === 'case' ? [index, index + 1] : [studyStart[index]!, studyStart[index + 1]!]);
  for (let group = 0; group < count; group++) {
    let entries = 0;
    for (let at = start[group]!; at < start[group + 1]!; at++) {
      const [from, to] = unitsOf(list[at]!);
      for (let unit = from; unit < to; unit++) entries += sets[setOf[unit]!]!.length;
    }
    codeStart[group + 1] = codeStart[group]! + entries;
  }
  const code = new Uint32Array(codeStart[count]!);
  let next = 0;
  for (let group = 0; group < count; group++) {
    for (let at = start[group]!; at < start[group + 1]!; at++) {
      const [from, to] = unitsOf(list[at]!);
      for (let unit = from; unit < to; unit++) for (const member of sets[setOf[unit]!]!) code[next++] = member;
    }
  }
  return { categories: categories.length, start: codeStart, code };
}
