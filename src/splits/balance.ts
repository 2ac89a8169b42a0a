import type { BalanceReport } from '../model/split.js';
import type { Variable } from './variable.js';

/** How alike the parts are, per variable and per pair of variables (`a × b`, in the order given). */
export interface Balance {
  variables: Record<string, BalanceReport>;
  joint: Record<string, BalanceReport>;
}

/**
 * Measures the balance of an assignment. A case with several values counts once in each of them, a study in those that it
 * has: `max_difference` is about shares of cases (studies), the distances are about the distribution of all values.
 * @param partOf Part number of every case; -1 leaves the case out.
 */
export function measureBalance(variables: readonly Variable[], studyStart: Uint32Array, partOf: ArrayLike<number>, parts: number): Balance {
  const cases: Units = { partOf, caseOf: null, totals: totalsOf(partOf, parts) };
  const studies = unitsOfStudies(studyStart, partOf, parts);
  const balance: Balance = { variables: {}, joint: {} };
  for (const [at, one] of variables.entries()) {
    const own = one.level === 'case' ? cases : studies;
    balance.variables[one.name] = compare(countValues(one, own, parts), own.totals);
    for (const other of variables.slice(at + 1)) {
      const both = one.level === 'case' && other.level === 'case' ? cases : studies;
      balance.joint[`${one.name} × ${other.name}`] = compare(countPairs(one, other, both, parts), both.totals);
    }
  }
  return balance;
}

/** What is counted: cases, or studies with the case of each. */
interface Units {
  partOf: ArrayLike<number>;
  caseOf: Uint32Array | null;
  /** Units of every part. */
  totals: Float64Array;
}

function totalsOf(partOf: ArrayLike<number>, parts: number): Float64Array {
  const totals = new Float64Array(parts);
  for (let unit = 0; unit < partOf.length; unit++) if (partOf[unit]! >= 0) totals[partOf[unit]!]!++;
  return totals;
}

function unitsOfStudies(studyStart: Uint32Array, partOf: ArrayLike<number>, parts: number): Units {
  const caseOf = new Uint32Array(studyStart.at(-1) ?? 0);
  for (let index = 0; index + 1 < studyStart.length; index++) caseOf.fill(index, studyStart[index], studyStart[index + 1]);
  const partOfStudy = Int16Array.from(caseOf, (index) => partOf[index]!);
  return { partOf: partOfStudy, caseOf, totals: totalsOf(partOfStudy, parts) };
}

/** Cases per category and part. */
type Counts = Map<number, Float64Array>;

function countValues({ sets, setOf }: Variable, { partOf }: Units, parts: number): Counts {
  const counts: Counts = new Map();
  const perSet = countSets(partOf, parts, (unit) => setOf[unit]!);
  for (const [set, found] of perSet) for (const code of sets[set]!) addCounts(counts, code, found);
  return counts;
}

function countPairs(one: Variable, other: Variable, { partOf, caseOf }: Units, parts: number): Counts {
  const counts: Counts = new Map();
  const setIn = ({ level, setOf }: Variable, unit: number) => setOf[level === 'case' && caseOf !== null ? caseOf[unit]! : unit]!;
  const perSets = countSets(partOf, parts, (unit) => setIn(one, unit) * other.sets.length + setIn(other, unit));
  for (const [both, found] of perSets) {
    const seconds = other.sets[both % other.sets.length]!;
    for (const first of one.sets[Math.floor(both / other.sets.length)]!)
      for (const second of seconds) addCounts(counts, first * other.categories.length + second, found);
  }
  return counts;
}

/** Counts whole sets first: there are few, and a case with many values is then looked at once. */
function countSets(partOf: ArrayLike<number>, parts: number, key: (unit: number) => number): Counts {
  const counts: Counts = new Map();
  for (let unit = 0; unit < partOf.length; unit++) {
    const part = partOf[unit]!;
    if (part < 0) continue;
    const number = key(unit);
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
