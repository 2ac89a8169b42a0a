import type { ClassTable } from './class-table.js';
import { project } from './projection.js';

/** Most columns of a set that is looked for. */
export const MAX_SET = 3;

/** A set of columns by which cases are unique, and by none of its parts. */
export interface UniqueSet {
  /** Columns, ascending. */
  columns: number[];
  /** Cases for which it is such a set. */
  cases: number;
}

/** What the search found. */
export interface UniqueSets {
  /** The smallest sets first, then those of most cases. */
  sets: UniqueSet[];
  /** Cases that are the only ones with their values of all columns; a missing value is one. */
  unique: number;
  /** Of these, cases that no set of up to MAX_SET columns makes unique. */
  deeper: number;
}

/**
 * Finds the minimal sets of at most three columns that make cases unique (SUDA, special uniques detection). Sets of one
 * size are looked at after all smaller ones, so a case that one of its parts makes unique is passed over.
 */
export function findUniqueSets(classes: ClassTable): UniqueSets {
  const uniques = [...classes.sizes.keys()].filter((at) => classes.sizes[at] === 1);
  /** Sets found so far by case, each a bit mask of columns. */
  const foundBy = uniques.map((): number[] => []);
  const sets: UniqueSet[] = [];
  for (const columns of combinations(classes.codes.length)) {
    const mask = columns.reduce((bits, column) => bits + 2 ** column, 0);
    const projection = project(classes, columns);
    let cases = 0;
    for (const [index, at] of uniques.entries()) {
      if (foundBy[index]!.some((part) => isPart(part, mask)) || projection.count(at) !== 1) continue;
      foundBy[index]!.push(mask);
      cases++;
    }
    if (cases > 0) sets.push({ columns, cases });
  }
  sets.sort((a, b) => a.columns.length - b.columns.length || b.cases - a.cases);
  return { sets, unique: uniques.length, deeper: foundBy.filter((found) => found.length === 0).length };
}

function isPart(part: number, whole: number): boolean {
  return (part & whole) === part;
}

/** All sets of one column, then of two, then of three. */
function combinations(columns: number): number[][] {
  const all = Array.from({ length: columns }, (_, column) => column);
  const extend = (sets: number[][]): number[][] => sets.flatMap((set) => all.filter((column) => column > (set.at(-1) ?? -1)).map((column) => [...set, column]));
  const sizes: number[][][] = [extend([[]])];
  while (sizes.length < MAX_SET) sizes.push(extend(sizes.at(-1)!));
  return sizes.flat();
}
