import { listCounted, shareBounds, type CohortTable } from './problem.js';
import type { IntegerProgram, ProgramColumn, ProgramRow } from '../search/integer-program.js';

/** A program over a cohort: a column a stratum (how many of its groups are taken), then the size, then what else it needs. */
export interface CohortProgram extends IntegerProgram {
  /** Place of the column that holds the size. */
  sizeAt: number;
}

/** Which part of a cohort's rules a program keeps. */
export interface ProgramRules {
  /** Places of the measures that must hold; all by default. */
  measures?: readonly number[];
  /** Cases in the sample; null leaves it open. As the table says by default. */
  size?: number | null;
}

/**
 * The largest sample that is as wanted. With the size a column N, "the share of c is at least t" is the linear row
 * n_c - t N >= 0, so neither size nor shares have to be guessed.
 */
export function largestProgram(table: CohortTable, { measures = [...table.measures.keys()], size = table.size }: ProgramRules = {}): CohortProgram {
  const sizeAt = table.strata.length;
  const supply = table.strata.reduce((sum, { cases, ids }) => sum + cases * ids.length, table.fixed.cases);
  const columns: ProgramColumn[] = [...strataColumns(table), { cost: -1, lower: size ?? Math.max(1, table.fixed.cases), upper: size ?? supply, integer: true }];
  return { columns, rows: [sizeRow(table), ...measureRows(table, measures)], sizeAt };
}

/** Costs of a deviation by thirds of the tolerance: convex, so that what has to deviate is spread as by squares. */
const DEVIATION_COSTS = [1, 3, 5];

/** The sample of `size` cases whose counts are nearest to their targets, in the sum over all measures of shares. */
export function nearestProgram(table: CohortTable, size: number): CohortProgram {
  const { columns, rows, sizeAt } = largestProgram(table, { size });
  const program = { columns: [...columns], rows: [...rows], sizeAt };
  program.columns[sizeAt] = { cost: 0, lower: size, upper: size, integer: true };
  const counts = listCounted(table);
  for (const [measure, { wanted }] of table.measures.entries()) {
    if (wanted.kind !== 'share') continue;
    const step = (wanted.tolerance * size) / DEVIATION_COSTS.length;
    const from = program.columns.length;
    for (const [at, cost] of DEVIATION_COSTS.entries()) program.columns.push({ cost, lower: 0, upper: at === DEVIATION_COSTS.length - 1 ? Infinity : step, integer: false });
    const deviation = (sign: number) => DEVIATION_COSTS.map((_, at): [number, number] => [from + at, sign]);
    const goal = wanted.target * size - table.fixed.counts[measure]!;
    program.rows.push({ lower: -Infinity, upper: goal, entries: [...counts[measure]!, ...deviation(-1)] });
    program.rows.push({ lower: goal, upper: Infinity, entries: [...counts[measure]!, ...deviation(1)] });
  }
  return program;
}

/**
 * The sample with the same counts as `taken` that is nearest to `wished`, in the sum over the strata.
 * @param taken groups taken of every stratum
 * @param wished the same, not whole
 */
export function evenProgram(table: CohortTable, taken: ArrayLike<number>, wished: ArrayLike<number>): IntegerProgram {
  const columns: ProgramColumn[] = strataColumns(table);
  const totals = countTaken(table, taken);
  const rows: ProgramRow[] = listCounted(table).map((entries, measure) => ({ lower: totals.counts[measure]!, upper: totals.counts[measure]!, entries }));
  rows.push({ lower: totals.cases, upper: totals.cases, entries: table.strata.map(({ cases }, at): [number, number] => [at, cases]) });
  for (let at = 0; at < table.strata.length; at++) {
    const deviation = columns.push({ cost: 1, lower: 0, upper: Infinity, integer: false }) - 1;
    rows.push({ lower: -Infinity, upper: wished[at]!, entries: [[at, 1], [deviation, -1]] }, { lower: wished[at]!, upper: Infinity, entries: [[at, 1], [deviation, 1]] });
  }
  return { columns, rows };
}

/** Cases of the taken groups, fixed ones left out, and how many of them every measure counts. */
export function countTaken({ strata, measures }: CohortTable, taken: ArrayLike<number>): { cases: number; counts: Float64Array } {
  const totals = { cases: 0, counts: new Float64Array(measures.length) };
  for (const [at, { cases, counts }] of strata.entries()) {
    totals.cases += cases * taken[at]!;
    for (const [measure, count] of counts) totals.counts[measure] = totals.counts[measure]! + count * taken[at]!;
  }
  return totals;
}

function strataColumns({ strata }: CohortTable): ProgramColumn[] {
  return strata.map(({ ids }) => ({ cost: 0, lower: 0, upper: ids.length, integer: true }));
}

/** N - cases of the taken groups = cases of the fixed groups. */
function sizeRow({ strata, fixed }: CohortTable): ProgramRow {
  return { lower: fixed.cases, upper: fixed.cases, entries: [...strata.map(({ cases }, at): [number, number] => [at, -cases]), [strata.length, 1]] };
}

function* measureRows(table: CohortTable, chosen: readonly number[]): Generator<ProgramRow> {
  const sizeAt = table.strata.length;
  const entries = listCounted(table);
  for (const measure of chosen) {
    const { wanted } = table.measures[measure]!;
    const counted = entries[measure]!;
    const before = table.fixed.counts[measure]!;
    if (wanted.kind === 'count') yield { lower: wanted.min - before, upper: wanted.max - before, entries: counted };
    else {
      const { low, high } = shareBounds(wanted);
      if (low > 0) yield { lower: -before, upper: Infinity, entries: [...counted, [sizeAt, -low]] };
      if (high < 1) yield { lower: -Infinity, upper: -before, entries: [...counted, [sizeAt, -high]] };
    }
  }
}
