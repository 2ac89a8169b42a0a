import { OVERLAP_KEYS, type Contamination, type OverlapKey, type OverlapPair, type OverlapReport, type OverlapSource } from '../model/split-overlap.js';
import { byCodeUnit } from './problem.js';

/** A source with its ids: part by id, '' when it has no parts, for every key that it can be compared by. */
export interface OverlapSet extends Pick<OverlapSource, 'name' | 'kind' | 'unmatched' | 'repeated' | 'notes'> {
  ids: ReadonlyMap<OverlapKey, ReadonlyMap<string, string>>;
}

/** Parts that are trained or tuned on, and parts that are tested on, by name in lower case. */
export interface PartRoles {
  train: ReadonlySet<string>;
  test: ReadonlySet<string>;
}

/** What parts are called; whoever calls them otherwise says so. */
export const USUAL_ROLES: PartRoles = {
  train: new Set(['train', 'training', 'development', 'dev', 'val', 'valid', 'validation', 'tune', 'tuning']),
  test: new Set(['test', 'testing', 'sequestered', 'seq', 'hidden', 'holdout', 'hold-out', 'hold_out', 'evaluation', 'eval', 'leaderboard']),
};

/** Shared ids that a contamination names. */
const MAX_EXAMPLES = 10;

/** Compares every two sources by every key that both have. */
export function compareSources(given: readonly OverlapSet[], roles: PartRoles = USUAL_ROLES): OverlapReport {
  const sets = given.map((set) => recogniseIds(set, given));
  const report: OverlapReport = { sources: sets.map(describeSource), pairs: [], not_comparable: [], contamination: [] };
  for (const [at, a] of sets.entries()) {
    for (const b of sets.slice(at + 1)) {
      const keys = OVERLAP_KEYS.filter((key) => a.ids.has(key) && b.ids.has(key));
      if (keys.length === 0) report.not_comparable.push({ a: a.name, b: b.name, reason: `${a.name} names ${keysOf(a)}, ${b.name} names ${keysOf(b)}, and the catalog does not lead from one to the other` });
      for (const key of keys) {
        report.pairs.push(comparePair(a, b, key));
        report.contamination.push(...findContamination(a, b, key, roles));
      }
    }
  }
  report.contamination.sort((x, y) => y.shared - x.shared || byCodeUnit(x.train.source, y.train.source) || byCodeUnit(x.test.source, y.test.source));
  return report;
}

/** Ids of an unknown kind are what most of them are in the other sources. */
function recogniseIds(set: OverlapSet, others: readonly OverlapSet[]): OverlapSet {
  const ids = set.ids.get('id');
  if (ids === undefined) return set;
  let best: { key: OverlapKey; known: number } = { key: 'id', known: 0 };
  for (const key of OVERLAP_KEYS.filter((each) => each !== 'id')) {
    const known = [...ids.keys()].filter((id) => others.some((other) => other !== set && other.ids.get(key)?.has(id) === true)).length;
    if (known > best.known) best = { key, known };
  }
  if (best.key === 'id') return { ...set, notes: [...set.notes, 'Nothing says what its ids are: they are compared as they stand.'] };
  return { ...set, ids: new Map([[best.key, ids]]), notes: [...set.notes, `Its ids are taken for ${PLURALS[best.key]}: ${best.known} of ${ids.size} are in another source.`] };
}

const PLURALS: Record<OverlapKey, string> = { case: 'cases', object: 'objects', study: 'studies', series: 'series', instance: 'instances', id: 'ids of an unknown kind' };

function keysOf({ ids }: OverlapSet): string {
  return [...ids.keys()].map((key) => PLURALS[key]).join(', ') || 'nothing';
}

function describeSource({ name, kind, ids, unmatched, repeated, notes }: OverlapSet): OverlapSource {
  const keys = OVERLAP_KEYS.filter((key) => ids.has(key));
  const [first] = keys;
  return {
    name,
    kind,
    sizes: keys.map((key) => ({ key, size: ids.get(key)!.size })),
    parts: first === undefined ? {} : countParts(ids.get(first)!),
    unmatched,
    repeated,
    notes,
  };
}

function countParts(ids: ReadonlyMap<string, string>): Record<string, number> {
  const counts = new Map<string, number>();
  for (const part of ids.values()) if (part !== '') counts.set(part, (counts.get(part) ?? 0) + 1);
  return Object.fromEntries([...counts].sort(([a], [b]) => byCodeUnit(a, b)));
}

function comparePair(a: OverlapSet, b: OverlapSet, key: OverlapKey): OverlapPair {
  const [one, other] = [a.ids.get(key)!, b.ids.get(key)!];
  const counts = new Map<string, OverlapPair['parts'][number]>();
  let shared = 0;
  for (const [, part_a, part_b] of sharedIds(one, other)) {
    shared++;
    const cell = JSON.stringify([part_a, part_b]);
    const known = counts.get(cell);
    if (known === undefined) counts.set(cell, { part_a, part_b, shared: 1 });
    else known.shared++;
  }
  const smaller = Math.min(one.size, other.size);
  const parts = [...counts].sort(([x], [y]) => byCodeUnit(x, y)).map(([, cell]) => cell);
  return { a: a.name, b: b.name, key, size_a: one.size, size_b: other.size, shared, share_of_smaller: smaller === 0 ? 0 : shared / smaller, parts };
}

function* sharedIds(one: ReadonlyMap<string, string>, other: ReadonlyMap<string, string>): Generator<[id: string, part: string, otherPart: string]> {
  const swapped = other.size < one.size;
  for (const [id, part] of swapped ? other : one) {
    const met = (swapped ? one : other).get(id);
    if (met !== undefined) yield swapped ? [id, met, part] : [id, part, met];
  }
}

/** What a trains on and b tests on, and the other way round. */
function findContamination(a: OverlapSet, b: OverlapSet, key: OverlapKey, roles: PartRoles): Contamination[] {
  const [one, other] = [a.ids.get(key)!, b.ids.get(key)!];
  const found = new Map<string, Contamination & { all: string[] }>();
  const note = (train: Contamination['train'], test: Contamination['test'], id: string): void => {
    const cell = JSON.stringify([train, test]);
    const known = found.get(cell) ?? { train, test, key, shared: 0, share_of_test: 0, examples: [], all: [] };
    known.all.push(id);
    found.set(cell, known);
  };
  for (const [id, partA, partB] of sharedIds(one, other)) {
    if (plays(partA, roles.train) && plays(partB, roles.test)) note({ source: a.name, part: partA }, { source: b.name, part: partB }, id);
    if (plays(partA, roles.test) && plays(partB, roles.train)) note({ source: b.name, part: partB }, { source: a.name, part: partA }, id);
  }
  return [...found.values()].map(({ all, ...contamination }) => {
    const tested = contamination.test.source === a.name ? one : other;
    const size = [...tested.values()].filter((part) => part === contamination.test.part).length;
    return { ...contamination, shared: all.length, share_of_test: all.length / size, examples: all.sort(byCodeUnit).slice(0, MAX_EXAMPLES) };
  });
}

function plays(part: string, role: ReadonlySet<string>): boolean {
  return role.has(part.toLowerCase());
}
