import type { ReferenceDistance, ReferenceReport, ReferenceVariableReport } from '../../../model/split.js';
import { uniteDistributions, type Distribution } from './count-table.js';
import { jensenShannonDistance, largestDifferenceBetween } from './distances.js';
import { innerEdges, parseScale } from './interval-label.js';
import { isNotReported } from './not-reported.js';
import { roundMeasure as round } from './rounding.js';

/** A reference population: per variable, counts or percentages of its categories. */
export interface Reference {
  source: string;
  sha256: string;
  variables: ReadonlyMap<string, Distribution>;
  /** Date of the figures of a variable, YYYY-MM-DD; a variable without dates is not in it. */
  dates: ReadonlyMap<string, string>;
}

/** A variable of the split, by part. */
export interface ReferredVariable {
  name: string;
  /** Part to counts of its categories. */
  parts: ReadonlyMap<string, Distribution>;
  /** Counts by the ranges below, between and from ascending edges on, in their order, then of missing numbers under `''`; null when not continuous. */
  binBy: ((edges: readonly number[]) => ReadonlyMap<string, Distribution>) | null;
}

/** How missing values and all their spellings read in the comparison. */
const NOT_REPORTED = 'Not Reported';

/** Holds the variables of a split against a reference population; variables meet by name (`age_at_index` and `Age at Index`). */
export function compareWithReference(variables: readonly ReferredVariable[], reference: Reference): ReferenceReport {
  const known = new Map([...reference.variables.keys()].map((name) => [variableKey(name), name]));
  const used = new Set<string>();
  const report: ReferenceReport = { source: reference.source, sha256: reference.sha256, variables: {}, not_compared: [], unused: [] };
  const compared: [string, ReferenceVariableReport][] = [];
  for (const variable of variables) {
    const name = known.get(variableKey(variable.name));
    if (name === undefined) {
      report.not_compared.push({ variable: variable.name, reason: 'the reference does not have it' });
      continue;
    }
    used.add(name);
    const found = compareVariable(variable, reference.variables.get(name)!);
    if (typeof found === 'string') report.not_compared.push({ variable: variable.name, reason: found });
    else compared.push([variable.name, { reference: name, date: reference.dates.get(name) ?? null, ...found }]);
  }
  report.variables = Object.fromEntries(compared);
  report.unused = [...reference.variables.keys()].filter((name) => !used.has(name));
  return report;
}

/** The column without its table, in lower case, letters and digits only. */
function variableKey(name: string): string {
  return (name.split('.').at(-1) ?? '').toLowerCase().replace(/[^\p{L}\p{N}]+/gu, '');
}

function compareVariable(variable: ReferredVariable, reference: Distribution): Omit<ReferenceVariableReport, 'reference' | 'date'> | string {
  const aligned = alignScales(variable, foldNotReported(reference));
  if (typeof aligned === 'string') return aligned;
  const target = aligned.reference;
  const parts = [...aligned.parts].map(([part, counts]): [string, Distribution] => [part, renameLike(foldNotReported(counts), target)]);
  const whole = addUp(parts.map(([, counts]) => counts));
  const [total, referenceTotal] = [sum(whole), sum(target)];
  if (referenceTotal <= 0) return 'the reference has no count of it';
  const categories = [...new Set([...target.keys(), ...whole.keys()])];
  return {
    ...distance(whole, target),
    parts: Object.fromEntries(parts.map(([part, counts]) => [part, distance(counts, target)])),
    categories: categories.map((category) => ({
      category,
      share: total === 0 ? 0 : round((whole.get(category) ?? 0) / total),
      reference_share: round((target.get(category) ?? 0) / referenceTotal),
    })),
    only_in_split: categories.filter((category) => !target.has(category) && category !== NOT_REPORTED && whole.get(category)! > 0),
    only_in_reference: categories.filter((category) => !whole.has(category) && category !== NOT_REPORTED && target.get(category)! > 0),
  };
}

/**
 * Brings ranges of numbers to the same edges: numbers are counted by the reference's own, bins by the edges that both have.
 * Categories that are no ranges stay as they are.
 */
function alignScales({ parts, binBy }: ReferredVariable, reference: Distribution): { parts: ReadonlyMap<string, Distribution>; reference: Distribution } | string {
  const scale = parseScale([...reference.keys()].filter((label) => label !== NOT_REPORTED));
  if (scale === null) return binBy === null ? { parts, reference } : 'its numbers do not meet the categories of the reference, which are no ranges that follow each other';
  const wanted = innerEdges(scale);
  if (binBy !== null) return { parts: relabelParts(binBy(wanted), scale.map(({ label }) => label)), reference };
  const own = parseScale([...new Set([...parts.values()].flatMap((counts) => [...counts.keys()]))].filter((label) => !isNotReported(label)));
  if (own === null) return { parts, reference };
  const ownEdges = new Set(innerEdges(own));
  const common = wanted.filter((edge) => ownEdges.has(edge));
  if (common.length === 0) return 'its bins share no edge with those of the reference';
  return { parts: new Map([...parts].map(([part, counts]) => [part, coarsen(counts, common)])), reference: coarsen(reference, common) };
}

/** Adds up ranges between the edges, under labels of their own; what is no range stays. */
function coarsen(counts: Distribution, edges: readonly number[]): Distribution {
  const labels = rangeLabels(edges);
  const scale = new Map((parseScale([...counts.keys()].filter((label) => !isNotReported(label))) ?? []).map((range) => [range.label, range]));
  const coarse = new Map<string, number>();
  for (const [label, count] of counts) {
    const range = scale.get(label);
    const to = range === undefined ? label : labels[edges.filter((edge) => edge <= range.low).length]!;
    coarse.set(to, (coarse.get(to) ?? 0) + count);
  }
  return coarse;
}

function rangeLabels(edges: readonly number[]): string[] {
  return [`<${edges[0]}`, ...edges.slice(1).map((high, at) => `[${edges[at]},${high})`), `>=${edges.at(-1)}`];
}

/** Gives ranges in their order the labels of the reference; what follows them is what is missing. */
function relabelParts(parts: ReadonlyMap<string, Distribution>, labels: readonly string[]): ReadonlyMap<string, Distribution> {
  return new Map([...parts].map(([part, counts]) => [part, new Map([...counts.values()].map((count, at) => [labels[at] ?? NOT_REPORTED, count]))]));
}

/** All spellings of "nothing is known" as one category. */
function foldNotReported(counts: Distribution): Distribution {
  const folded = new Map<string, number>();
  for (const [category, count] of counts) {
    const name = isNotReported(category) ? NOT_REPORTED : category;
    folded.set(name, (folded.get(name) ?? 0) + count);
  }
  return folded;
}

/** Categories under the reference's own spelling where only case and spaces differ. */
function renameLike(counts: Distribution, reference: Distribution): Distribution {
  const spelling = new Map([...reference.keys()].map((category) => [categoryKey(category), category]));
  const renamed = new Map<string, number>();
  for (const [category, count] of counts) {
    const name = spelling.get(categoryKey(category)) ?? category;
    renamed.set(name, (renamed.get(name) ?? 0) + count);
  }
  return renamed;
}

function categoryKey(category: string): string {
  return category.trim().toLowerCase().replace(/\s+/g, ' ');
}

function addUp(distributions: readonly Distribution[]): Distribution {
  const all = new Map<string, number>();
  for (const counts of distributions) for (const [category, count] of counts) all.set(category, (all.get(category) ?? 0) + count);
  return all;
}

function sum(counts: Distribution): number {
  let total = 0;
  for (const count of counts.values()) total += count;
  return total;
}

function distance(counts: Distribution, reference: Distribution): ReferenceDistance {
  const { table, categories } = uniteDistributions(counts, reference);
  const skip = new Set(Array.from(categories.keys()).filter((code) => categories[code] === NOT_REPORTED));
  return {
    count: table.units[0]!,
    max_difference: round(largestDifferenceBetween(table, 0, 1)),
    jsd: round(jensenShannonDistance(table, 0, 1)),
    jsd_reported: round(jensenShannonDistance(table, 0, 1, skip)),
  };
}
