/** The value of one case: one category, or several (in any order). `''` means missing. */
export type CellValue = string | readonly string[];

/** A variable to balance, as it comes in: one value a case, aligned with the cases. */
export interface Variable {
  name: string;
  /** Weight in the objective, above 0. */
  weight: number;
  values: readonly CellValue[];
}

/** A variable with its categories numbered, and every distinct set of them once. */
export interface EncodedVariable {
  name: string;
  weight: number;
  /** In code unit order. */
  categories: string[];
  /** Ascending categories of every set. */
  sets: Uint32Array[];
  /** Set of every case, aligned with the order that was asked for. */
  setOf: Uint32Array;
}

/**
 * Numbers the categories by code unit order and the sets by first appearance.
 * @param order Index into `values` of every case, in the order of the result.
 */
export function encodeVariable({ name, weight, values }: Variable, order: Uint32Array): EncodedVariable {
  const normal = new Map<CellValue, readonly string[]>();
  for (const value of values) if (!normal.has(value)) normal.set(value, distinctSorted(value));
  const categories = distinctSorted([...normal.values()].flat());
  const codes = new Map(categories.map((category, code) => [category, code]));
  const sets: Uint32Array[] = [];
  const setOfText = new Map<string, number>();
  const setOfValue = new Map<CellValue, number>();
  const setOf = new Uint32Array(order.length);
  for (const [index, from] of order.entries()) {
    const value = values[from]!;
    let set = setOfValue.get(value);
    if (set === undefined) {
      const members = Uint32Array.from(normal.get(value)!, (category) => codes.get(category)!);
      const text = members.join();
      set = setOfText.get(text) ?? sets.push(members) - 1;
      setOfText.set(text, set);
      setOfValue.set(value, set);
    }
    setOf[index] = set;
  }
  return { name, weight, categories, sets, setOf };
}

/** The members once each, in code unit order; an empty list counts as missing. */
function distinctSorted(value: CellValue): string[] {
  if (typeof value === 'string') return [value];
  return value.length === 0 ? [''] : [...new Set(value)].sort((a, b) => (a < b ? -1 : 1));
}
