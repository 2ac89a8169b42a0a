import type { LeakageReport, SharedByParts } from '../../model/split.js';
import { linkGroups, type Tie } from '../input/groups.js';
import { byCodeUnit } from '../input/problem.js';

/** What lies in two parts at once, in all and by pair of parts. */
export interface Leakage {
  leakage: LeakageReport;
  shared: SharedByParts[];
}

type Kind = Exclude<keyof SharedByParts, 'parts'>;

/** What is counted, and how its ties are known. */
const KINDS: readonly (readonly [Kind, (tie: Tie) => boolean])[] = [
  ['patients', ({ kind }) => kind === 'patient'],
  ['studies', ({ kind }) => kind === 'study'],
  ['instances', ({ kind }) => kind === 'instance'],
  // the key of an image tie begins with why the gate made it
  ['identical_images', ({ kind, key }) => kind === 'image' && key.startsWith('pixels ')],
  ['near_duplicates', ({ kind, key }) => kind === 'image' && !key.startsWith('pixels ')],
];

/**
 * Counts what lies in two parts at once: linked groups, patients, studies, identical instances. It looks at the ties of
 * the catalog as it is now, not at what the draw believed.
 * @param partOf Part of every assigned case.
 */
export function measureLeakage(partOf: ReadonlyMap<string, string>, ties: readonly Tie[]): LeakageReport {
  return findLeakage(partOf, ties).leakage;
}

/** The same, with what every pair of parts shares, images of equal pixels and of equal looks too. */
export function findLeakage(partOf: ReadonlyMap<string, string>, ties: readonly Tie[]): Leakage {
  const count = new LeakCounter();
  count.add('groups', groupParts(partOf, ties));
  for (const [name, counts] of KINDS) count.add(name, keyParts(partOf, ties, counts));
  return count.result();
}

function groupParts(partOf: ReadonlyMap<string, string>, ties: readonly Tie[]): Iterable<ReadonlySet<string>> {
  // a case without ties is a group by itself, and in one part
  const ids = [...new Set(ties.map(({ case_id }) => case_id))].filter((id) => partOf.has(id)).sort(byCodeUnit);
  const { count, groupOf } = linkGroups(ids, ties);
  const first: (string | undefined)[] = Array.from({ length: count });
  const torn = new Map<number, Set<string>>();
  for (const [index, id] of ids.entries()) {
    const group = groupOf[index]!;
    const part = partOf.get(id)!;
    const before = first[group];
    if (before === undefined) first[group] = part;
    else if (before !== part || torn.has(group)) torn.set(group, (torn.get(group) ?? new Set([before])).add(part));
  }
  return torn.values();
}

/** The parts of every key that is in two. */
function keyParts(partOf: ReadonlyMap<string, string>, ties: readonly Tie[], counts: (tie: Tie) => boolean): Iterable<ReadonlySet<string>> {
  const first = new Map<string, string>();
  const torn = new Map<string, Set<string>>();
  for (const tie of ties) {
    const part = counts(tie) ? partOf.get(tie.case_id) : undefined;
    if (part === undefined) continue;
    const before = first.get(tie.key);
    if (before === undefined) first.set(tie.key, part);
    else if (before !== part || torn.has(tie.key)) torn.set(tie.key, (torn.get(tie.key) ?? new Set([before])).add(part));
  }
  return torn.values();
}

class LeakCounter {
  private readonly total = none();
  private readonly pairs = new Map<string, SharedByParts>();

  add(name: Kind, torn: Iterable<ReadonlySet<string>>): void {
    for (const parts of torn) {
      this.total[name]++;
      const sorted = [...parts].sort(byCodeUnit);
      for (const [at, one] of sorted.entries()) for (const other of sorted.slice(at + 1)) this.pair(one, other)[name]++;
    }
  }

  result(): Leakage {
    const shared = [...this.pairs].sort(([a], [b]) => byCodeUnit(a, b)).map(([, pair]) => pair);
    const { groups, patients, studies, instances } = this.total;
    return { leakage: { groups, patients, studies, instances }, shared };
  }

  private pair(one: string, other: string): SharedByParts {
    const key = JSON.stringify([one, other]);
    let pair = this.pairs.get(key);
    if (pair === undefined) this.pairs.set(key, (pair = { parts: [one, other], ...none() }));
    return pair;
  }
}

function none(): Omit<SharedByParts, 'parts'> {
  return { groups: 0, patients: 0, studies: 0, instances: 0, identical_images: 0, near_duplicates: 0 };
}
