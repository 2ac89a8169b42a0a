import type { CountTable } from './count-table.js';

/** A variable whose units (cases or studies) each have a set of categories. */
export interface CodedVariable {
  categories: readonly string[];
  /** Every distinct set of categories. */
  sets: readonly ArrayLike<number>[];
  /** Set of every unit. */
  setOf: Uint32Array;
}

/** Units by part: the part of every unit, -1 for one that is left out, and how many there are in each. */
export interface PartedUnits {
  partOf: Int16Array;
  units: Float64Array;
}

/** Up to so many counts a table is an array (32 MB), above it a map of the rows that occur. */
const DENSE_COUNTS = 4_194_304;

/** Counts the units of every part. */
export function partUnits(partOf: Int16Array, parts: number): PartedUnits {
  const units = new Float64Array(parts);
  for (let unit = 0; unit < partOf.length; unit++) if (partOf[unit]! >= 0) units[partOf[unit]!]!++;
  return { partOf, units };
}

/** Counts a variable's categories by part. */
export function countCategories({ categories, sets, setOf }: CodedVariable, { partOf, units }: PartedUnits): CountTable {
  const parts = units.length;
  const bySet = new Tally(sets.length, parts);
  for (let unit = 0; unit < setOf.length; unit++) if (partOf[unit]! >= 0) bySet.add(setOf[unit]!, partOf[unit]!, 1);
  const byCategory = new Tally(categories.length, parts);
  bySet.visit((set, part, count) => {
    const members = sets[set]!;
    for (let at = 0; at < members.length; at++) byCategory.add(members[at]!, part, count);
  });
  return { parts, ...byCategory.rows(), units };
}

/**
 * Counts the pairs of categories of two variables by part, as code `first * (categories of the other) + second`. Whole sets
 * are counted first: there are few, and one with many members is then looked at once.
 */
export function countPairs(one: CodedVariable, other: CodedVariable, { partOf, units }: PartedUnits): CountTable {
  const parts = units.length;
  const width = other.sets.length;
  const bySets = new Tally(one.sets.length * width, parts);
  const [first, second] = [one.setOf, other.setOf];
  for (let unit = 0; unit < first.length; unit++) if (partOf[unit]! >= 0) bySets.add(first[unit]! * width + second[unit]!, partOf[unit]!, 1);
  const byPair = new Tally(one.categories.length * other.categories.length, parts);
  bySets.visit((both, part, count) => {
    const rows = one.sets[Math.floor(both / width)]!;
    const columns = other.sets[both % width]!;
    for (let a = 0; a < rows.length; a++)
      for (let b = 0; b < columns.length; b++) byPair.add(rows[a]! * other.categories.length + columns[b]!, part, count);
  });
  return { parts, ...byPair.rows(), units };
}

/** Counts by code and part. */
class Tally {
  private counts: Float64Array;
  /** Row of every code that occurred; null while the code itself is the row. */
  private readonly rowOf: Map<number, number> | null;

  constructor(
    private readonly codes: number,
    private readonly parts: number,
  ) {
    const dense = codes * parts <= DENSE_COUNTS;
    this.rowOf = dense ? null : new Map();
    this.counts = new Float64Array(dense ? codes * parts : 1024 * parts);
  }

  add(code: number, part: number, count: number): void {
    const at = (this.rowOf === null ? code : this.row(code)) * this.parts + part;
    this.counts[at] = this.counts[at]! + count;
  }

  /** Calls back for every count that is not 0, in ascending order of codes. */
  visit(each: (code: number, part: number, count: number) => void): void {
    for (const [code, row] of this.sorted()) {
      for (let part = 0; part < this.parts; part++) {
        const count = this.counts[row * this.parts + part]!;
        if (count > 0) each(code, part, count);
      }
    }
  }

  /** The codes that occur, ascending, with their counts. */
  rows(): Pick<CountTable, 'codes' | 'counts'> {
    const rows = this.sorted();
    const counts = new Float64Array(rows.length * this.parts);
    rows.forEach(([, row], at) => counts.set(this.counts.subarray(row * this.parts, (row + 1) * this.parts), at * this.parts));
    return { codes: Float64Array.from(rows, ([code]) => code), counts };
  }

  private row(code: number): number {
    const known = this.rowOf!.get(code);
    if (known !== undefined) return known;
    const row = this.rowOf!.size;
    this.rowOf!.set(code, row);
    if ((row + 1) * this.parts > this.counts.length) {
      const larger = new Float64Array(this.counts.length * 2);
      larger.set(this.counts);
      this.counts = larger;
    }
    return row;
  }

  private sorted(): [code: number, row: number][] {
    if (this.rowOf !== null) return [...this.rowOf].sort(([a], [b]) => a - b);
    const rows: [number, number][] = [];
    for (let code = 0; code < this.codes; code++) if (this.occurs(code)) rows.push([code, code]);
    return rows;
  }

  private occurs(row: number): boolean {
    for (let at = row * this.parts; at < (row + 1) * this.parts; at++) if (this.counts[at]! > 0) return true;
    return false;
  }
}
