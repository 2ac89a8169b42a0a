import assert from 'node:assert';
import type { OverlapCrossing, OverlapKey, OverlapMembership, OverlapPair, OverlapReport, OverlapSource } from '../../model/split-overlap.js';
import { byCodeUnit } from '../input/code-unit.js';
import type { OverlapInput, PartedIds } from './overlap-ids.js';

/** Sources that are compared at once, at most: memberships are bits of a 31-bit number. */
export const MAX_SOURCES = 30;

/** Part names that mean: kept back until it is used for measuring. Lower case. */
export const RESERVED_PARTS = ['test', 'testing', 'sequestered', 'seq', 'hidden', 'held-out', 'hold-out', 'holdout', 'eval', 'evaluation', 'reserved', 'private'];

export interface OverlapOptions {
  /** Part names, in any case, that must not be seen elsewhere. */
  reserved: readonly string[];
  /** Ids that are named of each thing that is wrong. */
  limit: number;
}

/**
 * Compares every two sources id by id. Contamination is an id that one source keeps back (a reserved part) and another has
 * in a part that is not: whoever learned from that one has seen what the other measures with.
 */
export function measureOverlap(inputs: readonly OverlapInput[], { reserved, limit }: OverlapOptions): OverlapReport {
  assert(inputs.length <= MAX_SOURCES, 'memberships fit into a number');
  const names = new Set(reserved.map((name) => name.toLowerCase()));
  const isReserved = (part: string): boolean => names.has(part.toLowerCase());
  const sources = inputs.map((input) => describeSource(input, isReserved, limit));
  const pairs = inputs.flatMap((a, index) => inputs.slice(index + 1).map((b) => comparePair(a, b, isReserved, limit)));
  return {
    sources,
    pairs,
    memberships: [...countMemberships(inputs, 'case'), ...countMemberships(inputs, 'object')],
    reserved: [...names].sort(byCodeUnit),
    contaminated: [...pairs, ...sources.map(({ torn }) => torn)].reduce((sum, { contaminated }) => sum + contaminated, 0),
    not_judged: pairs.filter(({ judged }) => !judged).length,
  };
}

type IsReserved = (part: string) => boolean;

function describeSource({ name, kind, ids }: OverlapInput, isReserved: IsReserved, limit: number): OverlapSource {
  const [cases, objects] = [ids.get('case'), ids.get('object')];
  const { partsOf, repeated } = (cases ?? objects)!;
  const parts = new Map<string, number>();
  const torn: string[] = [];
  let without = 0;
  let contaminated = 0;
  for (const [id, own] of partsOf) {
    if (own.length === 0) without++;
    for (const part of own) parts.set(part, (parts.get(part) ?? 0) + 1);
    if (own.length < 2) continue;
    torn.push(id);
    if (own.some(isReserved) && !own.every(isReserved)) contaminated++;
  }
  return {
    name,
    kind,
    cases: cases?.partsOf.size ?? null,
    objects: objects?.partsOf.size ?? null,
    repeated,
    parts: Object.fromEntries([...parts].sort(([a], [b]) => byCodeUnit(a, b))),
    without_part: without,
    torn: { ids: torn.length, contaminated, examples: torn.sort(byCodeUnit).slice(0, limit) },
  };
}

function comparePair(a: OverlapInput, b: OverlapInput, isReserved: IsReserved, limit: number): OverlapPair {
  const key = (['case', 'object'] as const).find((each) => a.ids.has(each) && b.ids.has(each)) ?? null;
  const nested = isNested(a, b) || isNested(b, a);
  const named = { a: a.name, b: b.name, key, nested };
  if (key === null) return { ...named, shared: 0, share_of_smaller: 0, alike: 0, judged: false, crossings: [], contaminated: 0 };
  const [one, other] = [a.ids.get(key)!, b.ids.get(key)!];
  const contaminates: Contaminates = (x, y) => !nested && x !== null && y !== null && isReserved(x) !== isReserved(y);
  const { shared, contaminated, crossings } = crossParts(one, other, contaminates, limit);
  const smaller = Math.min(one.partsOf.size, other.partsOf.size);
  return {
    ...named,
    shared,
    share_of_smaller: smaller === 0 ? 0 : shared / smaller,
    alike: countAlike(one, other),
    judged: nested || (hasPart(one, isReserved) && hasPart(other, () => true)) || (hasPart(other, isReserved) && hasPart(one, () => true)),
    crossings,
    contaminated,
  };
}

function isNested({ origin, within }: OverlapInput, outer: OverlapInput): boolean {
  return origin !== null && outer.origin !== null && origin.dataset === outer.origin.dataset && within.includes(outer.origin.split);
}

function hasPart({ partsOf }: PartedIds, wanted: IsReserved): boolean {
  for (const parts of partsOf.values()) if (parts.some(wanted)) return true;
  return false;
}

type Contaminates = (partA: string | null, partB: string | null) => boolean;

/** Shared ids by part in one and part in the other; an id of two parts counts in each of its crossings, and once as shared. */
function crossParts(one: PartedIds, other: PartedIds, contaminates: Contaminates, limit: number) {
  const found = new Map<string, OverlapCrossing>();
  let shared = 0;
  let contaminated = 0;
  for (const [id, partsA] of one.partsOf) {
    const partsB = other.partsOf.get(id);
    if (partsB === undefined) continue;
    shared++;
    let spoilt = false;
    for (const part_a of orNone(partsA)) {
      for (const part_b of orNone(partsB)) {
        const crossing = crossingOf(found, part_a, part_b, contaminates);
        crossing.shared++;
        if (crossing.contaminates) crossing.examples.push(id);
        spoilt ||= crossing.contaminates;
      }
    }
    if (spoilt) contaminated++;
  }
  const crossings = [...found.values()].sort((x, y) => byCodeUnit(keyOf(x.part_a, x.part_b), keyOf(y.part_a, y.part_b)));
  for (const crossing of crossings) crossing.examples = crossing.examples.sort(byCodeUnit).slice(0, limit);
  return { shared, contaminated, crossings };
}

function crossingOf(found: Map<string, OverlapCrossing>, part_a: string | null, part_b: string | null, contaminates: Contaminates): OverlapCrossing {
  const key = keyOf(part_a, part_b);
  let crossing = found.get(key);
  if (crossing === undefined) found.set(key, (crossing = { part_a, part_b, shared: 0, contaminates: contaminates(part_a, part_b), examples: [] }));
  return crossing;
}

function keyOf(partA: string | null, partB: string | null): string {
  return JSON.stringify([partA, partB]);
}

function orNone(parts: readonly string[]): readonly (string | null)[] {
  return parts.length === 0 ? [null] : parts;
}

/** Ids of the smaller source that only capitals, blanks or punctuation keep from being met: probably the same ones. */
function countAlike(one: PartedIds, other: PartedIds): number {
  const [small, large] = one.partsOf.size <= other.partsOf.size ? [one, other] : [other, one];
  const folded = new Set<string>();
  for (const id of large.partsOf.keys()) if (!small.partsOf.has(id)) folded.add(foldId(id));
  let alike = 0;
  for (const id of small.partsOf.keys()) if (!large.partsOf.has(id) && folded.has(foldId(id))) alike++;
  return alike;
}

function foldId(id: string): string {
  const folded = id.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '');
  return folded === '' ? id : folded;
}

/** How many ids are in exactly which sources; sources that do not know the key are left out. */
function countMemberships(inputs: readonly OverlapInput[], key: OverlapKey): OverlapMembership[] {
  const masks = new Map<string, number>();
  for (const [index, { ids }] of inputs.entries()) for (const id of ids.get(key)?.partsOf.keys() ?? []) masks.set(id, (masks.get(id) ?? 0) | (1 << index));
  const counts = new Map<number, number>();
  for (const mask of masks.values()) counts.set(mask, (counts.get(mask) ?? 0) + 1);
  return [...counts]
    .sort(([a, x], [b, y]) => y - x || a - b)
    .map(([mask, count]) => ({ key, sources: inputs.filter((_, index) => (mask & (1 << index)) !== 0).map(({ name }) => name), ids: count }));
}
