/** Counts of categories by part; a row is a category, or a pair of them, that occurs at all. */
export interface CountTable {
  parts: number;
  /** Code of every row, ascending. */
  codes: Float64Array;
  /** `counts[row * parts + part]`: cases (or studies) of the part that have the category; a case counts once in each it has. */
  counts: Float64Array;
  /** Cases (or studies) of every part. */
  units: Float64Array;
}

/** A column of numbers that are counts, or shares, of the same categories. */
export type Distribution = ReadonlyMap<string, number>;

/** The rows of two distributions over the union of their categories, as the parts 0 and 1 of a table. */
export interface UnionTable {
  categories: string[];
  table: CountTable;
}

/** Puts two distributions side by side; a category that one of them lacks counts 0 there. */
export function uniteDistributions(one: Distribution, other: Distribution): UnionTable {
  const categories = [...new Set([...one.keys(), ...other.keys()])].sort((a, b) => (a < b ? -1 : 1));
  const counts = Float64Array.from(categories.flatMap((category) => [one.get(category) ?? 0, other.get(category) ?? 0]));
  const codes = Float64Array.from(categories.keys());
  const units = new Float64Array(2);
  for (const [at, count] of counts.entries()) units[at % 2] = units[at % 2]! + count;
  return { categories, table: { parts: 2, codes, counts, units } };
}

/** Sum of all counts of every part, rows that are skipped left out: cases for categories that exclude each other. */
export function columnTotals({ parts, codes, counts }: CountTable, skip?: ReadonlySet<number>): Float64Array {
  const totals = new Float64Array(parts);
  for (let row = 0; row < codes.length; row++) {
    if (skip?.has(codes[row]!) === true) continue;
    for (let part = 0; part < parts; part++) totals[part] = totals[part]! + counts[row * parts + part]!;
  }
  return totals;
}

/** Sum of a row over all parts. */
export function rowTotal({ parts, counts }: CountTable, row: number): number {
  let total = 0;
  for (let part = 0; part < parts; part++) total += counts[row * parts + part]!;
  return total;
}

/** The pairs of parts that both have cases, in order: [0, 1], [0, 2], [1, 2], ... */
export function filledPairs({ units }: CountTable): [number, number][] {
  const filled = Array.from(units.keys()).filter((part) => units[part]! > 0);
  return filled.flatMap((a, at) => filled.slice(at + 1).map((b): [number, number] => [a, b]));
}
