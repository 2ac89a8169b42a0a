import type { ClassTable } from './class-table.js';
import { Projection, sidesOf } from './projection.js';

/** Classes that are counted at most, over all patterns: of a million classes, those of some sixty patterns. */
const MAX_WORK = 64_000_000;

/**
 * Size of each class when a missing value matches everything: the cases that agree with it in every column where both
 * have a value. sdcMicro counts so by default (`alpha = 1`); ARX takes `*` for a value of its own. No class gets smaller
 * by it. The time is that of counting the classes once for each pattern of missing values, not the square of the classes;
 * where that is too long, a missing value stays one of its own, which errs on the side of the person.
 */
export function wildcardSizes(classes: ClassTable): Uint32Array {
  const patterns = byPattern(classes);
  if (patterns.size * classes.sizes.length > MAX_WORK) return classes.sizes.slice();
  const sizes = new Uint32Array(classes.sizes.length);
  for (const pattern of patterns.keys()) addCompatible(sizes, classes, patterns, pattern);
  return sizes;
}

/** Columns of a pattern that have values; the pattern is a text of 0 and 1, a digit a column. */
function filled(pattern: string): number[] {
  return [...pattern].flatMap((digit, column) => (digit === '1' ? [column] : []));
}

function byPattern({ codes, sizes }: ClassTable): Map<string, number[]> {
  const patterns = new Map<string, number[]>();
  for (let at = 0; at < sizes.length; at++) {
    let pattern = '';
    for (const column of codes) pattern += column[at] === 0 ? '0' : '1';
    const members = patterns.get(pattern);
    if (members === undefined) patterns.set(pattern, [at]);
    else members.push(at);
  }
  return patterns;
}

/** Fills in the sizes of the classes of one pattern. */
function addCompatible(result: Uint32Array, classes: ClassTable, patterns: ReadonlyMap<string, number[]>, pattern: string): void {
  const own = filled(pattern);
  // Patterns that share the same columns with this one are counted together.
  const shared = new Map<string, Projection>();
  for (const [other, members] of patterns) {
    const columns = own.filter((column) => other[column] === '1');
    const key = columns.join();
    const projection = shared.get(key) ?? new Projection(sidesOf(classes, columns));
    shared.set(key, projection);
    for (const at of members) projection.add(at, classes.sizes[at]!);
  }
  for (const projection of shared.values()) for (const at of patterns.get(pattern)!) result[at]! += projection.count(at);
}
