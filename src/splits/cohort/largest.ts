import type { CohortTable } from './problem.js';
import { largestProgram } from './program.js';
import { searchCohort } from './search.js';
import { solveProgram, type IntegerProgram, type ProgramSolution } from '../search/integer-program.js';

/** The largest sample that was found. */
export interface LargestCohort {
  status: 'found' | 'infeasible' | 'undecided';
  /** Groups taken of every stratum; empty when none was found. */
  taken: Float64Array;
  /** No sample that is as wanted is larger. */
  bound: number;
}

/** Strata up to which the program is solved as it is, and up to which it is tried at all. */
export const FEW_STRATA = 1000;
const MANY_STRATA = 4000;
/** How far inside the bounds of a measure the divisible solution stays, in cases, so that rounding does not leave them. */
const MARGINS = [0.25, 0.5, 1, 1.5, 2, 3, 5, 8];
/** Nodes after which the largest so far is taken. */
const FEW_NODES = 2000;
const MANY_NODES = 20;

/**
 * Finds the largest sample, or one of the given size: by branch and bound over the strata; where these are many (each case
 * unlike the others), first by rounding what divisible groups would give, and exchanging.
 */
export async function findLargest(table: CohortTable): Promise<LargestCohort> {
  const program = largestProgram(table);
  const few = table.strata.length <= FEW_STRATA;
  const direct = few ? readSolution(table, await solveProgram(program, { nodes: FEW_NODES })) : null;
  if (direct !== null && direct.status !== 'undecided') return direct;
  const divisible = await solveProgram(relax(program), { nodes: 1 });
  if (divisible.status === 'infeasible') return { status: 'infeasible', taken: new Float64Array(), bound: 0 };
  const bound = Math.min(wholeBound(divisible), direct?.bound ?? Infinity);
  const found = await searchByRounding(table);
  if ((found?.size ?? 0) >= bound || table.strata.length > MANY_STRATA) return settle(found, bound);
  // is there one that is larger still?
  const larger = { ...program, columns: [...program.columns] };
  const size = larger.columns[program.sizeAt]!;
  if (found !== null) larger.columns[program.sizeAt] = { ...size, lower: Math.max(size.lower, found.size + 1) };
  const solved = readSolution(table, await solveProgram(larger, { nodes: found === null ? FEW_NODES : MANY_NODES }));
  if (solved.status === 'found') return solved;
  if (solved.status === 'infeasible') return found === null ? solved : settle(found, found.size);
  return settle(found, Math.min(bound, solved.bound));
}

interface FoundCohort {
  taken: Float64Array;
  size: number;
}

function settle(found: FoundCohort | null, bound: number): LargestCohort {
  if (found === null) return { status: 'undecided', taken: new Float64Array(), bound };
  return { status: 'found', taken: found.taken, bound: Math.max(bound, found.size) };
}

function readSolution({ strata }: CohortTable, solution: ProgramSolution): LargestCohort {
  if (solution.status === 'infeasible') return { status: 'infeasible', taken: new Float64Array(), bound: 0 };
  if (solution.values.length === 0) return { status: 'undecided', taken: new Float64Array(), bound: wholeBound(solution) };
  return { status: 'found', taken: solution.values.subarray(0, strata.length), bound: wholeBound(solution) };
}

/** Rounds solutions with wider and wider margins until one can be mended. */
async function searchByRounding(table: CohortTable): Promise<FoundCohort | null> {
  for (const margin of MARGINS) {
    const { values } = await solveProgram(relax(withMargin(largestProgram(table), margin)), { nodes: 1 });
    if (values.length === 0) return null;
    const taken = searchCohort(table, values.subarray(0, table.strata.length), table.size);
    if (taken !== null) return { taken, size: table.strata.reduce((sum, { cases }, at) => sum + cases * taken[at]!, table.fixed.cases) };
  }
  return null;
}

/** The program with every measure of shares kept so many cases inside its bounds; the first row, the size, stays. */
function withMargin(program: IntegerProgram, margin: number): IntegerProgram {
  return { ...program, rows: program.rows.map((row, at) => (at === 0 || row.lower === row.upper ? row : { ...row, lower: row.lower + margin, upper: row.upper - margin })) };
}

function relax({ columns, rows }: IntegerProgram): IntegerProgram {
  return { columns: columns.map((column) => ({ ...column, integer: false })), rows };
}

function wholeBound({ bound }: ProgramSolution): number {
  return Math.floor(-bound + 1e-6);
}
