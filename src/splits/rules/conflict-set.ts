/** Tells whether some rules, given by their numbers, can all be met; what cannot be told counts as yes. */
export type Oracle = (rules: readonly number[]) => Promise<boolean>;

/** How large sets are looked for one by one: beyond it, a set from which no rule can be left out is as good as the smallest. */
const LARGEST_LISTED = 3;

/**
 * The smallest set of rules that cannot be met together, [] when all of them can. First a set from which no rule can be left
 * out (QuickXplain, Junker 2004), then every smaller set of up to three rules, least first, while questions are left.
 * @param questions how often the oracle may be asked in the second step
 */
export async function findSmallestConflict(rules: readonly number[], canBeMet: Oracle, questions: number): Promise<number[]> {
  if (await canBeMet(rules)) return [];
  const minimal = (await explain([], false, rules, canBeMet)).sort((a, b) => a - b);
  let left = questions;
  for (let size = 1; size < minimal.length && size <= LARGEST_LISTED; size++) {
    for (const set of combinations(rules, size)) {
      if (left-- <= 0) return minimal;
      if (!(await canBeMet(set))) return set;
    }
  }
  return minimal;
}

/** Rules of `open` that cannot be met together with `kept`, none of them needless. Its depth is the logarithm of their number. */
async function explain(kept: readonly number[], added: boolean, open: readonly number[], canBeMet: Oracle): Promise<number[]> {
  if (added && !(await canBeMet(kept))) return [];
  if (open.length === 1) return [...open];
  const [first, second] = [open.slice(0, open.length >> 1), open.slice(open.length >> 1)];
  const ofSecond = await explain([...kept, ...first], true, second, canBeMet);
  const ofFirst = await explain([...kept, ...ofSecond], ofSecond.length > 0, first, canBeMet);
  return [...ofFirst, ...ofSecond];
}

/** Sets of so many of the items, each in the order of the items. */
export function* combinations(items: readonly number[], size: number): Generator<number[]> {
  const at = Array.from({ length: size }, (_, index) => index);
  while (at.length <= items.length) {
    yield at.map((index) => items[index]!);
    let last = size - 1;
    while (last >= 0 && at[last] === items.length - size + last) last--;
    if (last < 0) return;
    at[last] = at[last]! + 1;
    for (let next = last + 1; next < size; next++) at[next] = at[next - 1]! + 1;
  }
}
