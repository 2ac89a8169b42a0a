import { byCodeUnit } from './code-unit.js';
import type { Variable } from './variable.js';

/** Set of a unit of which nothing is known, and of an empty list of texts. */
export const NO_SET = -1;

/** Gathers the values of one variable per unit (case or study): several values of a unit become a set, equal sets one. */
export class UnitSets {
  private readonly setOf: Int32Array;
  private readonly sets: (readonly string[])[] = [];
  private readonly ids = new Map<string, number>();
  /** Union of two sets, under the number of both. */
  private readonly unions = new Map<number, number>();

  constructor(units: number) {
    this.setOf = new Int32Array(units).fill(NO_SET);
  }

  /** The number of a set of texts, in any order and repeated at will. */
  intern(texts: readonly string[]): number {
    if (texts.length === 0) return NO_SET;
    const distinct = texts.length === 1 ? texts : [...new Set(texts)].sort(byCodeUnit);
    const key = JSON.stringify(distinct);
    let id = this.ids.get(key);
    if (id === undefined) this.ids.set(key, (id = this.sets.push(distinct) - 1));
    return id;
  }

  /** Adds the members of a set to what a unit holds. */
  add(unit: number, set: number): void {
    const before = this.setOf[unit]!;
    if (before === set || set === NO_SET) return;
    this.setOf[unit] = before === NO_SET ? set : this.union(before, set);
  }

  /** Whether anything is known of a unit. */
  has(unit: number): boolean {
    return this.setOf[unit] !== NO_SET;
  }

  /** The variable: units without a value hold the category `''`. */
  toVariable(named: Pick<Variable, 'name' | 'weight' | 'level' | 'numbers'>): Variable {
    const missing = this.setOf.includes(NO_SET) ? this.intern(['']) : NO_SET;
    const used = new Uint8Array(this.sets.length);
    for (const set of this.setOf) used[set === NO_SET ? missing : set] = 1;
    const live = [...used.keys()].filter((set) => used[set] === 1);
    const categories = [...new Set(live.flatMap((set) => this.sets[set]!))].sort(byCodeUnit);
    const codeOf = new Map(categories.map((category, code) => [category, code]));
    const coded = new Map(live.map((set) => [set, Uint32Array.from(this.sets[set]!, (text) => codeOf.get(text)!)]));
    const order = live.sort((a, b) => compareCodes(coded.get(a)!, coded.get(b)!));
    const numberOf = new Int32Array(this.sets.length);
    for (const [number, set] of order.entries()) numberOf[set] = number;
    return {
      ...named,
      categories,
      sets: order.map((set) => coded.get(set)!),
      setOf: Uint32Array.from(this.setOf, (set) => numberOf[set === NO_SET ? missing : set]!),
    };
  }

  private union(one: number, other: number): number {
    const key = one < other ? one * 4294967296 + other : other * 4294967296 + one;
    let union = this.unions.get(key);
    if (union === undefined) this.unions.set(key, (union = this.intern([...this.sets[one]!, ...this.sets[other]!])));
    return union;
  }
}

function compareCodes(a: Uint32Array, b: Uint32Array): number {
  for (let at = 0; at < a.length && at < b.length; at++) if (a[at] !== b[at]) return a[at]! - b[at]!;
  return a.length - b.length;
}
