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
const DENSE_COMBINATIONS = 1 << 21;

/** Combinations of the columns of one step up to this many: with a number up to 2^22 before them they fit a double. */
const STEP_COMBINATIONS = 2 ** 31;

/** Some columns whose codes make a number, and what each code adds to it. */
interface Step {
  codes: Uint32Array[];
  weights: Float64Array[];
  /** Number of combinations. */
  size: number;
}

/** Cases by their values in some columns: a class table looked at from one side. */
export class Projection {
  private readonly counts: Uint32Array | Map<number, number>;
  private readonly steps: Step[];
  /** Numbers of the combinations met so far up to each step but the last, where there are several. */
  private readonly numbers: Map<number, number>[];

  constructor(sides: readonly Side[]) {
    this.steps = stepsOf(sides);
    this.numbers = this.steps.slice(1).map(() => new Map());
    const combinations = this.steps.length > 1 ? Infinity : (this.steps[0]?.size ?? 1);
    this.counts = combinations <= DENSE_COMBINATIONS ? new Uint32Array(combinations) : new Map();
  }

  /** Adds cases with the values of a class. */
  add(at: number, size: number): void {
    const key = this.keyOf(at);
    if (this.counts instanceof Map) this.counts.set(key, (this.counts.get(key) ?? 0) + size);
    else this.counts[key]! += size;
  }

  /** Cases with the values of a class. */
  count(at: number): number {
    const key = this.keyOf(at);
    return (this.counts instanceof Map ? this.counts.get(key) : this.counts[key]) ?? 0;
  }

  /** Cases with the values of a class, once: whoever asks again gets 0. */
  take(at: number): number {
    const key = this.keyOf(at);
    const cases = this.count(at);
    if (this.counts instanceof Map) this.counts.delete(key);
    else this.counts[key] = 0;
    return cases;
  }

  /** The cases of every combination that there is. */
  *sizes(): Generator<number> {
    for (const cases of this.counts.values()) if (cases > 0) yield cases;
  }

  private keyOf(at: number): number {
    let key = 0;
    for (let index = 0; index < this.steps.length; index++) {
      const { codes, weights, size } = this.steps[index]!;
      if (index > 0) key = numberOf(key, this.numbers[index - 1]!) * size;
      for (let column = 0; column < codes.length; column++) key += weights[column]![codes[column]![at]!]!;
    }
    return key;
  }
}

/** Numbers what comes in the order in which it comes. */
function numberOf(key: number, numbers: Map<number, number>): number {
  const known = numbers.get(key);
  if (known !== undefined) return known;
  numbers.set(key, numbers.size);
  return numbers.size - 1;
}

function stepsOf(sides: readonly Side[]): Step[] {
  const steps: Step[] = [];
  for (const { codes, map, size } of sides) {
    let step = steps.at(-1);
    if (step === undefined || step.size * size > STEP_COMBINATIONS) steps.push((step = { codes: [], weights: [], size: 1 }));
    const stride = step.size;
    step.codes.push(codes);
    step.weights.push(map === null ? Float64Array.from({ length: size }, (_, code) => code * stride) : Float64Array.from(map, (code) => code * stride));
    step.size *= size;
  }
  return steps;
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
