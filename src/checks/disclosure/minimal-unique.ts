import type { ClassTable } from './class-table.js';
import { project } from './projection.js';

/** Most columns of a set that is looked for. */
const MAX_SET = 3;

/** Classes that are counted at most, over all sets; where that is too few, sets of three columns or of two are left out. */
const MAX_WORK = 100_000_000;

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
  /** Most columns of the sets that were looked at. */
  size: number;
  /** Of the unique cases, those that no set of up to so many columns makes unique. */
  deeper: number;
}

/**
 * Finds the minimal sets of at most three columns that make cases unique (SUDA, special uniques detection). Sets of one
 * size are looked at after all smaller ones, so a case that one of its parts makes unique is passed over.
 */
export function findUniqueSets(classes: ClassTable): UniqueSets {
  const uniques = Uint32Array.from([...classes.sizes.keys()].filter((at) => classes.sizes[at] === 1));
  const candidates = setsOfColumns(classes.codes.length, MAX_WORK / Math.max(1, classes.sizes.length));
  /** By set: whether it, or a part of it, makes each unique case unique. */
  const found = new Map<string, Uint8Array>();
  const known = new Uint8Array(uniques.length);
  const sets: UniqueSet[] = [];
  for (const columns of candidates) {
    const projection = project(classes, columns);
    const parts = columns.flatMap((column) => found.get(columns.filter((each) => each !== column).join()) ?? []);
    const flags = new Uint8Array(uniques.length);
    let cases = 0;
    for (const [index, at] of uniques.entries()) {
      if (parts.some((part) => part[index] === 1)) flags[index] = 1;
      else if (projection.count(at) === 1) {
        flags[index] = 1;
        known[index] = 1;
        cases++;
      }
    }
    // Nothing is asked of the largest sets.
    if (columns.length < MAX_SET) found.set(columns.join(), flags);
    if (cases > 0) sets.push({ columns, cases });
  }
  sets.sort((a, b) => a.columns.length - b.columns.length || b.cases - a.cases);
  return { sets, unique: uniques.length, size: candidates.at(-1)?.length ?? 0, deeper: known.filter((flag) => flag === 0).length };
}

/** All sets of one column, then of two, then of three; the larger ones only if all of their size are within the limit. */
function setsOfColumns(columns: number, limit: number): number[][] {
  const all = Array.from({ length: columns }, (_, column) => column);
  let largest: number[][] = all.map((column) => [column]);
  const sets = [...largest];
  for (let size = 2; size <= MAX_SET; size++) {
    largest = largest.flatMap((set) => all.filter((column) => column > set.at(-1)!).map((column) => [...set, column]));
    if (largest.length === 0 || sets.length + largest.length > limit) break;
    sets.push(...largest);
  }
  return sets;
}
