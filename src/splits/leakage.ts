import type { LeakageReport } from '../model/split.js';
import { linkGroups, type Tie } from './groups.js';
import { byCodeUnit } from './problem.js';

/**
 * Counts what lies in two parts at once: linked groups, patients, studies, identical instances. It looks at the ties of
 * the catalog as it is now, not at what the draw believed.
 * @param partOf Part of every assigned case.
 */
export function measureLeakage(partOf: ReadonlyMap<string, string>, ties: readonly Tie[]): LeakageReport {
  const ids = [...partOf.keys()].sort(byCodeUnit);
  const { count, groupOf } = linkGroups(ids, ties);
  const groupPart: (string | undefined)[] = Array.from({ length: count });
  const torn = new Set<number>();
  for (const [index, id] of ids.entries()) {
    const group = groupOf[index]!;
    const part = partOf.get(id);
    if (groupPart[group] === undefined) groupPart[group] = part;
    else if (groupPart[group] !== part) torn.add(group);
  }
  const tornKeys = (kind: string) => countTornKeys(partOf, ties, kind);
  return { groups: torn.size, patients: tornKeys('patient'), studies: tornKeys('study'), instances: tornKeys('instance') };
}

function countTornKeys(partOf: ReadonlyMap<string, string>, ties: readonly Tie[], kind: string): number {
  const partOfKey = new Map<string, string>();
  const torn = new Set<string>();
  for (const tie of ties) {
    const part = tie.kind === kind ? partOf.get(tie.case_id) : undefined;
    if (part === undefined) continue;
    const before = partOfKey.get(tie.key);
    if (before === undefined) partOfKey.set(tie.key, part);
    else if (before !== part) torn.add(tie.key);
  }
  return torn.size;
}
