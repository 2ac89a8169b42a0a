import { PairNumbers } from './pair-numbers.js';

/** One number an item, equal where the items are equal. */
export interface Keys {
  keys: Uint32Array;
  /** Keys are below this. */
  range: number;
}

/** Keys that are equal where both are. Numbered by first appearance. */
export function combineKeys(one: Keys, other: Keys): Keys {
  if (other.range <= 1) return one;
  if (one.range <= 1) return other;
  const numbers = new PairNumbers();
  const keys = new Uint32Array(one.keys.length);
  for (let item = 0; item < keys.length; item++) keys[item] = numbers.numberOf(one.keys[item]!, other.keys[item]!);
  return { keys, range: numbers.count };
}

/**
 * One key for a list of items, equal where the lists hold equal items in any order.
 * @param start List i is `start[i]` up to, not including, `start[i + 1]` of `members`, or of the items themselves without it.
 */
export function keysOfLists(start: Uint32Array, { keys, range }: Keys, members?: Uint32Array): Keys {
  const numbers = new PairNumbers();
  const lists = new Uint32Array(start.length - 1);
  // a list of one keeps its item's key; longer ones are numbered from `range` on, item by item; the empty list comes last
  let emptyLists = 0;
  for (let list = 0; list < lists.length; list++) {
    const [from, to] = [start[list]!, start[list + 1]!];
    const keyAt = (at: number) => keys[members === undefined ? at : members[at]!]!;
    if (to - from === 1) lists[list] = keyAt(from);
    else if (to === from) emptyLists++;
    else {
      const sorted = Uint32Array.from({ length: to - from }, (_, index) => keyAt(from + index)).sort();
      let key = sorted[0]!;
      for (let at = 1; at < sorted.length; at++) key = range + numbers.numberOf(key, sorted[at]!);
      lists[list] = key;
    }
  }
  const empty = range + numbers.count;
  if (emptyLists > 0) for (let list = 0; list < lists.length; list++) if (start[list] === start[list + 1]) lists[list] = empty;
  return { keys: lists, range: empty + (emptyLists > 0 ? 1 : 0) };
}
