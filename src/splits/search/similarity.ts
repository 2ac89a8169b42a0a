import type { Keys } from '../input/keys.js';
import { maximum, type Profiles } from './profiles.js';
import type { Random } from './random.js';

/**
 * The profiles sorted by size, then by the variables in a fresh random order, so that neighbours look alike; equals are in
 * random order (radix sort from the least significant key).
 * @param of Profiles to sort, each once.
 */
export function orderBySimilarity(profiles: Profiles, of: Uint32Array, random: Random): Uint32Array {
  const variables = profiles.looks.slice();
  random.shuffle(variables);
  let order = of.slice();
  let spare = new Uint32Array(order.length);
  random.shuffle(order);
  for (const looks of [...variables, { keys: profiles.cases, range: maximum(profiles.cases) + 1 }]) {
    countingSort(order, spare, looks);
    [order, spare] = [spare, order];
  }
  return order;
}

function countingSort(order: Uint32Array, into: Uint32Array, { keys, range }: Keys): void {
  const places = new Uint32Array(range + 1);
  for (let at = 0; at < order.length; at++) {
    const after = keys[order[at]!]! + 1;
    places[after] = places[after]! + 1;
  }
  for (let key = 0; key < range; key++) places[key + 1] = places[key + 1]! + places[key]!;
  for (let at = 0; at < order.length; at++) {
    const profile = order[at]!;
    const key = keys[profile]!;
    const place = places[key]!;
    into[place] = profile;
    places[key] = place + 1;
  }
}
