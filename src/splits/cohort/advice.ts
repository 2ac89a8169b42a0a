import type { CohortProblem, CohortTable } from './problem.js';
import { countTaken, largestProgram, type ProgramRules } from './program.js';
import { FEW_STRATA } from './largest.js';
import { tabulateCohort } from './strata.js';
import { solveCohort } from './cohort.js';
import { solveProgram, type IntegerProgram } from '../search/integer-program.js';

/** Why there is no sample, and what would make one. */
export interface CohortAdvice {
  /** Places of the measures that contradict each other: without any one of them the rest could be met. */
  contradiction: number[];
  /** Whether the given size takes part in the contradiction. */
  size: boolean;
  /** The least tolerance with which there is a sample, in thousandths; null when tolerance does not help. */
  tolerance: number | null;
  /** Cases of the largest sample within the targets; null when there is none. */
  largest: number | null;
}

/** A rule that takes part in a contradiction: a measure, or the size. */
type Rule = number | 'size';

const NODES = 500;
/** Tolerances are proposed in steps of a thousandth. */
const TOLERANCE_STEP = 0.001;

/**
 * Explains a problem that has no solution. The contradiction is found by leaving out one rule after the other and keeping
 * out those without which there is still no sample (deletion filter; Chinneck & Dravnieks 1991, ORSA J Comput 3, 157).
 */
export async function adviseCohort(problem: CohortProblem): Promise<CohortAdvice> {
  const table = tabulateCohort(problem);
  // what is tried last is kept most often, and a rare category explains more than a common one
  const counts = countSupply(table);
  const measuresByCount = [...table.measures.keys()].sort((a, b) => counts[b]! - counts[a]! || a - b);
  const rules: Rule[] = [...(table.size === null ? [] : ['size' as const]), ...measuresByCount];
  const contradiction = await filterRules(table, rules);
  const measures = contradiction.filter((rule) => rule !== 'size').sort((a, b) => a - b);
  return {
    contradiction: measures,
    size: contradiction.includes('size'),
    tolerance: measures.some((at) => table.measures[at]!.wanted.kind === 'share') ? await leastTolerance(table) : null,
    largest: table.size === null ? null : await largestSize(problem),
  };
}

function countSupply(table: CohortTable): Float64Array {
  const { counts } = countTaken(table, table.strata.map(({ ids }) => ids.length));
  return counts.map((count, at) => count + table.fixed.counts[at]!);
}

/**
 * Filters by the quick program of divisible groups first, where that has no solution either, then by that of whole ones. Rules
 * are left out in halves, quarters, and so on down to one by one.
 */
async function filterRules(table: CohortTable, rules: readonly Rule[]): Promise<Rule[]> {
  let kept = [...rules];
  for (const relaxed of table.strata.length > FEW_STRATA ? [true] : [true, false]) {
    if (await isFeasible(largestProgram(table, rulesOf(table, kept)), relaxed)) continue;
    for (let step = kept.length >> 1 || 1; step >= 1; step >>= 1) {
      for (const chunk of chunksOf(kept, step)) {
        const without = kept.filter((rule) => !chunk.includes(rule));
        if (!(await isFeasible(largestProgram(table, rulesOf(table, without)), relaxed))) kept = without;
      }
    }
  }
  return kept;
}

function chunksOf(rules: readonly Rule[], size: number): Rule[][] {
  return Array.from({ length: Math.ceil(rules.length / size) }, (_, at) => rules.slice(at * size, (at + 1) * size));
}

function rulesOf({ size }: CohortTable, rules: readonly Rule[]): ProgramRules {
  return { measures: rules.filter((rule) => rule !== 'size'), size: rules.includes('size') ? size : null };
}

async function isFeasible({ columns, rows }: IntegerProgram, relaxed: boolean): Promise<boolean> {
  // any sample will do: the largest is not asked for
  const sought = columns.map((column) => ({ ...column, cost: 0, integer: column.integer && !relaxed }));
  return (await solveProgram({ columns: sought, rows }, { nodes: NODES })).status !== 'infeasible';
}

/** The least tolerance, in steps, with which there is a sample; null when there is none even with 1. */
async function leastTolerance(table: CohortTable): Promise<number | null> {
  const steps = Math.round(1 / TOLERANCE_STEP);
  const large = table.strata.length > FEW_STRATA;
  const feasible = (step: number, relaxed: boolean) => isFeasible(largestProgram(withTolerance(table, step * TOLERANCE_STEP)), relaxed || large);
  if (!(await feasible(steps, false))) return null;
  let [low, high] = [0, steps];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (await feasible(middle, true)) high = middle;
    else low = middle;
  }
  for (let step = high; step <= steps; step = step < high + 4 ? step + 1 : step * 2) if (await feasible(step, false)) return Number((step * TOLERANCE_STEP).toFixed(3));
  return 1;
}

function withTolerance(table: CohortTable, tolerance: number): CohortTable {
  const measures = table.measures.map((measure) => (measure.wanted.kind === 'share' ? { ...measure, wanted: { ...measure.wanted, tolerance } } : measure));
  return { ...table, measures };
}

async function largestSize(problem: CohortProblem): Promise<number | null> {
  const outcome = await solveCohort({ ...problem, size: null });
  return outcome.kind === 'chosen' ? outcome.size : null;
}
