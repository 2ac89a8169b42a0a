import type { BalanceReport } from '../model/split.js';
import { encodeVariable, type EncodedVariable, type Variable } from './variable.js';

/** How alike the parts are, per variable and per pair of variables (`a × b`, in the order given). */
export interface Balance {
  variables: Record<string, BalanceReport>;
  joint: Record<string, BalanceReport>;
}

/**
 * Measures the balance of an assignment. A case with several values counts once in each of them: `max_difference` is about
 * shares of cases, the distances are about the distribution of all values.
 * @param partOf Part number of every case, aligned with the values; -1 leaves the case out.
 */
export function measureBalance(variables: readonly Variable[], partOf: ArrayLike<number>, parts: number): Balance {
  const order = Uint32Array.from({ length: partOf.length }, (_, index) => index);
  const encoded = variables.map((variable) => encodeVariable(variable, order));
  const partCases = new Float64Array(parts);
  for (let index = 0; index < partOf.length; index++) if (partOf[index]! >= 0) partCases[partOf[index]!]!++;
  const balance: Balance = { variables: {}, joint: {} };
  for (const [at, one] of encoded.entries()) {
    balance.variables[one.name] = compare(countValues(one, partOf, parts), partCases);
    for (const other of encoded.slice(at + 1)) {
      balance.joint[`${one.name} × ${other.name}`] = compare(countPairs(one, other, partOf, parts), partCases);
    }
  }
  return balance;
}

/** Cases per category and part. */
type Counts = Map<number, Float64Array>;

function countValues({ sets, setOf }: EncodedVariable, partOf: ArrayLike<number>, parts: number): Counts {
  const counts: Counts = new Map();
  const perSet = countSets(setOf, partOf, parts, (set) => set);
  for (const [set, found] of perSet) for (const code of sets[set]!) addCounts(counts, code, found);
  return counts;
}

function countPairs(one: EncodedVariable, other: EncodedVariable, partOf: ArrayLike<number>, parts: number): Counts {
  const counts: Counts = new Map();
  const perSets = countSets(one.setOf, partOf, parts, (set, index) => set * other.sets.length + other.setOf[index]!);
  for (const [both, found] of perSets) {
    const seconds = other.sets[both % other.sets.length]!;
    for (const first of one.sets[Math.floor(both / other.sets.length)]!)
      for (const second of seconds) addCounts(counts, first * other.categories.length + second, found);
  }
  return counts;
}

/** Counts whole sets first: there are few, and a case with many values is then looked at once. */
function countSets(setOf: Uint32Array, partOf: ArrayLike<number>, parts: number, key: (set: number, index: number) => number): Counts {
  const counts: Counts = new Map();
  for (let index = 0; index < setOf.length; index++) {
    const part = partOf[index]!;
    if (part < 0) continue;
    const number = key(setOf[index]!, index);
    let found = counts.get(number);
    if (found === undefined) counts.set(number, (found = new Float64Array(parts)));
    found[part] = found[part]! + 1;
  }
  return counts;
}

function addCounts(counts: Counts, code: number, found: Float64Array): void {
  const sum = counts.get(code);
  if (sum === undefined) counts.set(code, found.slice());
  else for (let part = 0; part < sum.length; part++) sum[part] = sum[part]! + found[part]!;
}

/** Parts without a case are left out of all three. */
function compare(counts: Counts, partCases: Float64Array): BalanceReport {
  const filled = Array.from(partCases.keys()).filter((part) => partCases[part]! > 0);
  const rows = [...counts.values()].map((row) => filled.map((part) => row[part]!));
  const cases = filled.map((part) => partCases[part]!);
  const values = filled.map((_, at) => rows.reduce((sum, row) => sum + row[at]!, 0));
  return {
    max_difference: round(largestDifference(rows, cases)),
    total_variation: round(meanTotalVariation(rows, values)),
    jsd: round(meanJensenShannon(rows, values)),
  };
}

function largestDifference(rows: number[][], cases: number[]): number {
  const all = add(cases);
  let largest = 0;
  for (const row of rows) {
    const overall = add(row) / all;
    for (const [at, count] of row.entries()) largest = Math.max(largest, Math.abs(count / cases[at]! - overall));
  }
  return largest;
}

function meanTotalVariation(rows: number[][], values: number[]): number {
  const all = add(values);
  const perPart = values.map((total, at) => {
    let sum = 0;
    for (const row of rows) sum += Math.abs(row[at]! / total - add(row) / all);
    return sum / 2;
  });
  return mean(perPart);
}

/** Square root of the Jensen-Shannon divergence in bits, as in Whitney et al. 2023 (doi 10.1117/1.JMI.10.6.061105). */
function meanJensenShannon(rows: number[][], values: number[]): number {
  const distances = values.flatMap((_, a) =>
    values.slice(a + 1).map((__, offset) => {
      const b = a + 1 + offset;
      let divergence = 0;
      for (const row of rows) {
        const [p, q] = [row[a]! / values[a]!, row[b]! / values[b]!];
        divergence += (halfRelativeEntropy(p, q) + halfRelativeEntropy(q, p)) / 2;
      }
      return Math.sqrt(Math.max(0, divergence));
    }),
  );
  return mean(distances);
}

/** p log2(p / m) with m the mean of both. */
function halfRelativeEntropy(p: number, q: number): number {
  return p === 0 ? 0 : p * Math.log2((2 * p) / (p + q));
}

function add(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}

function mean(values: readonly number[]): number {
  return values.length === 0 ? 0 : add(values) / values.length;
}

/** Six digits: the last bits of a logarithm differ between engines. */
function round(value: number): number {
  return Math.round(value * 1e6) / 1e6;
}
