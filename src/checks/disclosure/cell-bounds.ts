import { Simplex } from './simplex.js';

/** Published counts and how they hang together. */
export interface CellSystem {
  /** The count of each cell; null: suppressed. */
  cells: readonly (number | null)[];
  /** Cells that add up to another one. */
  sums: readonly CellSum[];
}

export interface CellSum {
  total: number;
  parts: readonly number[];
}

/** What anybody can compute of a suppressed cell from the others. */
export interface CellBounds {
  cell: number;
  least: number;
  /** Infinity: nothing bounds it. */
  most: number;
}

/** Suppressed cells that hang together are solved exactly up to this many; a table of more is no table for people. */
export const MAX_UNKNOWN = 120;

/** Sums of such a group that are solved together at most. */
const MAX_SUMS = 500;

/** What was found out about a system. */
export type Derivation =
  | { kind: 'bounds'; bounds: CellBounds[]; /** Suppressed cells of groups that are too large to be solved. */ unsolved: number }
  /** The published counts contradict each other. */
  | { kind: 'contradiction' };

/**
 * The bounds of every suppressed cell, knowing only the sums and that no count is negative; that a suppressed cell is a
 * small one is not used. Exact for tables of two dimensions with their margins; for more, bounds over fractions, rounded
 * inwards, which whole numbers may narrow still.
 */
export function deriveCells({ cells, sums }: CellSystem): Derivation {
  const equations = sums.map((sum) => reduceSum(sum, cells));
  if (equations.some(({ terms, rest }) => terms.size === 0 && rest !== 0)) return { kind: 'contradiction' };
  const bounds: CellBounds[] = cells.flatMap((count, cell) => (count === null && !equations.some(({ terms }) => terms.has(cell)) ? [{ cell, least: 0, most: Infinity }] : []));
  let unsolved = 0;
  for (const group of connected(equations.filter(({ terms }) => terms.size > 0))) {
    const unknown = [...new Set(group.flatMap(({ terms }) => [...terms.keys()]))].sort((a, b) => a - b);
    if (unknown.length > MAX_UNKNOWN || group.length > MAX_SUMS) {
      unsolved += unknown.length;
      continue;
    }
    const solved = solve(group, unknown);
    if (solved === null) return { kind: 'contradiction' };
    bounds.push(...solved);
  }
  return { kind: 'bounds', bounds: bounds.sort((a, b) => a.cell - b.cell), unsolved };
}

/** An equation between suppressed cells: the sum of the terms is `rest`. */
interface Equation {
  /** Coefficient by cell. */
  terms: Map<number, number>;
  rest: number;
}

function reduceSum({ total, parts }: CellSum, cells: readonly (number | null)[]): Equation {
  const terms = new Map<number, number>();
  let rest = 0;
  for (const [cell, sign] of [...parts.map((part): [number, number] => [part, 1]), [total, -1] as [number, number]]) {
    const count = cells[cell] ?? null;
    if (count === null) terms.set(cell, (terms.get(cell) ?? 0) + sign);
    else rest -= sign * count;
  }
  for (const [cell, factor] of terms) if (factor === 0) terms.delete(cell);
  return { terms, rest };
}

/** Groups of equations that share suppressed cells. */
function connected(equations: readonly Equation[]): Equation[][] {
  const byCell = new Map<number, Equation[]>();
  for (const equation of equations)
    for (const cell of equation.terms.keys()) {
      const sharing = byCell.get(cell);
      if (sharing === undefined) byCell.set(cell, [equation]);
      else sharing.push(equation);
    }
  const seen = new Set<Equation>();
  return equations.flatMap((first) => {
    if (seen.has(first)) return [];
    const group: Equation[] = [];
    const waiting = [first];
    seen.add(first);
    for (let equation = waiting.pop(); equation !== undefined; equation = waiting.pop()) {
      group.push(equation);
      for (const next of [...equation.terms.keys()].flatMap((cell) => byCell.get(cell)!)) {
        if (seen.has(next)) continue;
        seen.add(next);
        waiting.push(next);
      }
    }
    return [group];
  });
}

/** Null when the equations have no solution. */
function solve(group: readonly Equation[], unknown: readonly number[]): CellBounds[] | null {
  const simplex = new Simplex(
    group.map(({ terms, rest }) => [...unknown.map((cell) => terms.get(cell) ?? 0), rest]),
    unknown.length,
  );
  if (!simplex.feasible) return null;
  // Counts are whole: what is a hair off one is that one.
  return unknown.map((cell, at) => ({ cell, least: Math.max(0, Math.ceil(simplex.least(at) - 1e-6)), most: Math.floor(simplex.most(at) + 1e-6) }));
}
