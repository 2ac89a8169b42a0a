/**
 * Where ids stand among the cases; -1 for one that is not among them. Runs of ascending ids, as a record has them, are
 * followed step by step, others by bisection.
 * @param cases In code unit order.
 */
export function findCases(cases: readonly string[], ids: Iterable<string>): Int32Array {
  const found: number[] = [];
  let at = 0;
  for (const id of ids) {
    if (at < cases.length && cases[at]! < id) at++;
    if (cases[at] !== id) at = bisect(cases, id);
    found.push(cases[at] === id ? at : -1);
  }
  return Int32Array.from(found);
}

/** Place of the first case that is not below an id. */
function bisect(cases: readonly string[], id: string): number {
  let [low, high] = [0, cases.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (cases[middle]! < id) low = middle + 1;
    else high = middle;
  }
  return low;
}
