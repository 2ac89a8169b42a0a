import type { ClassTable } from './class-table.js';

/** A column as a projection sees it. */
export interface Side {
  /** Code by class. */
  codes: Uint32Array;
  /** What each code counts as: itself, or a coarser one. */
  map: Uint32Array | null;
  /** Number of codes that it counts as. */
  size: number;
}

/** Combinations up to this many are counted in an array with a place for each. */
const DENSE_COMBINATIONS = 1 << 20;

/** Cases by their values in some columns: a class table looked at from one side. */
export class Projection {
  private readonly counts: Uint32Array | Map<number | bigint, number>;
  /** What each code adds to the key, by column; null when a double does not tell all combinations apart. */
  private readonly weights: Float64Array[] | null;

  constructor(private readonly sides: readonly Side[]) {
    const combinations = sides.reduce((product, { size }) => product * size, 1);
    this.counts = combinations <= DENSE_COMBINATIONS ? new Uint32Array(combinations) : new Map();
    this.weights = combinations <= Number.MAX_SAFE_INTEGER ? weightsOf(sides) : null;
  }

  /** Adds cases with the values of a class. */
  add(at: number, size: number): void {
    const key = this.keyOf(at);
    if (this.counts instanceof Map) this.counts.set(key, (this.counts.get(key) ?? 0) + size);
    else this.counts[key as number]! += size;
  }

  /** Cases with the values of a class. */
  count(at: number): number {
    const key = this.keyOf(at);
    return (this.counts instanceof Map ? this.counts.get(key) : this.counts[key as number]) ?? 0;
  }

  /** Cases with the values of a class, once: whoever asks again gets 0. */
  take(at: number): number {
    const key = this.keyOf(at);
    const cases = this.count(at);
    if (this.counts instanceof Map) this.counts.delete(key);
    else this.counts[key as number] = 0;
    return cases;
  }

  /** The cases of every combination that there is. */
  *sizes(): Generator<number> {
    for (const cases of this.counts.values()) if (cases > 0) yield cases;
  }

  private keyOf(at: number): number | bigint {
    if (this.weights === null) return this.sides.reduce((key, { codes, map, size }) => key * BigInt(size) + BigInt(map?.[codes[at]!] ?? codes[at]!), 0n);
    let key = 0;
    for (let column = 0; column < this.weights.length; column++) key += this.weights[column]![this.sides[column]!.codes[at]!]!;
    return key;
  }
}

function weightsOf(sides: readonly Side[]): Float64Array[] {
  let stride = 1;
  return sides.map(({ map, size }) => {
    const weights = map === null ? Float64Array.from({ length: size }, (_, code) => code * stride) : Float64Array.from(map, (code) => code * stride);
    stride *= size;
    return weights;
  });
}

/** Some columns of a class table, as they are. */
export function sidesOf({ values, codes }: ClassTable, columns: readonly number[]): Side[] {
  return columns.map((column) => ({ codes: codes[column]!, map: null, size: values[column]!.length }));
}

/** Counts the cases of a class table by some of its columns. */
export function project(classes: ClassTable, columns: readonly number[]): Projection {
  const projection = new Projection(sidesOf(classes, columns));
  for (let at = 0; at < classes.sizes.length; at++) projection.add(at, classes.sizes[at]!);
  return projection;
}
