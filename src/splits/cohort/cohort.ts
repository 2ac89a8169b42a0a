import { FEW_STRATA, findLargest } from './largest.js';
import { countBounds, type CohortProblem, type CohortTable } from './problem.js';
import { countTaken, evenProgram, nearestProgram } from './program.js';
import { rakeStrata } from './raking.js';
import { tabulateCohort } from './strata.js';
import { solveProgram, type ProgramSolution } from '../search/integer-program.js';
import { byCodeUnit } from '../input/problem.js';

/** A chosen sample, or why there is none. */
export type CohortOutcome =
  | {
      kind: 'chosen';
      /** Groups in the sample, fixed ones included, by code unit. */
      groups: string[];
      /** Cases in it. */
      size: number;
      /** No sample that is as wanted is larger; null when the size was given. */
      bound: number | null;
    }
  | { kind: 'infeasible' }
  /** The nodes ran out before a sample was found. */
  | { kind: 'undecided' };

/** The steps that make a sample better, not larger: there, near the optimum is as good. */
const NEAREST = { nodes: 20, gap: 0.02 };
const EVEN = { nodes: 10, gap: 0.1 };

/**
 * Chooses the largest sample that is as wanted, or one of the given size; among these one that is near its targets; and
 * among these one that is otherwise like the supply. Pure: groups in any order give an equal outcome.
 */
export async function solveCohort(problem: CohortProblem): Promise<CohortOutcome> {
  const table = tabulateCohort(problem);
  const { status, taken, bound } = await findLargest(table);
  if (status === 'infeasible') return { kind: 'infeasible' };
  if (status === 'undecided' || !isAsWanted(table, taken)) return { kind: 'undecided' };
  const size = table.fixed.cases + countTaken(table, taken).cases;
  const chosen = table.strata.length > FEW_STRATA ? taken : await improve(table, taken, size);
  const groups = [...table.fixed.ids, ...table.strata.flatMap(({ ids }, at) => ids.slice(0, chosen[at]))].sort(byCodeUnit);
  return { kind: 'chosen', groups, size, bound: table.size === null ? Math.max(size, bound) : null };
}

/** The most cases that a sample can have by its targets; null when there is none, or none was found. */
export async function boundCohort(problem: CohortProblem): Promise<number | null> {
  const { status, bound } = await findLargest(tabulateCohort({ ...problem, size: null }));
  return status === 'found' ? bound : null;
}

/** Of many strata the search starts near the targets and like the supply, so that only few need this. */
async function improve(table: CohortTable, taken: Float64Array, size: number): Promise<Float64Array> {
  const nearest = better(table, taken, await solveProgram(nearestProgram(table, size), NEAREST));
  return better(table, nearest, await solveProgram(evenProgram(table, nearest, rakeStrata(table, nearest)), EVEN));
}

/** The values of a solution that is no smaller and as wanted; those before it otherwise. */
function better(table: CohortTable, before: Float64Array, { values }: ProgramSolution): Float64Array {
  return values.length > 0 && isAsWanted(table, values) && countTaken(table, values).cases === countTaken(table, before).cases ? values : before;
}

/**
 * Whether whole numbers of groups meet every measure: the solver works within tolerances of its own, about a millionth of a
 * case.
 */
function isAsWanted(table: CohortTable, values: Float64Array): boolean {
  const { cases, counts } = countTaken(table, values);
  const size = cases + table.fixed.cases;
  if (table.strata.some(({ ids }, at) => !(values[at]! >= 0 && values[at]! <= ids.length))) return false;
  return table.measures.every((measure, at) => {
    const { low, high } = countBounds(measure, size);
    const count = counts[at]! + table.fixed.counts[at]!;
    return count >= low - 1e-5 && count <= high + 1e-5;
  });
}
