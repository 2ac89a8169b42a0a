import type { Allocation } from './allocation.js';
import { annealAllocation } from './anneal.js';
import { placeGreedily } from './greedy.js';
import { keyedRandom } from './random.js';
import { profileGroups } from './similarity.js';
import { settleSizes } from './sizes.js';
import { swapLookAlikes } from './swaps.js';
import type { Variable } from './variable.js';

/**
 * Finds a part for every free group: greedily, hardest first; then by swaps of look-alikes; then by threshold accepting;
 * last, sizes are settled, should balance have been bought with a case too many. Each step has random numbers of its own.
 */
export function searchAllocation(allocation: Allocation, variables: readonly Variable[], studyStart: Uint32Array, free: Uint32Array, key: string): void {
  placeGreedily(allocation, free, keyedRandom(key, 'greedy'));
  if (allocation.parts < 2) return;
  const profiles = profileGroups(allocation.groups, variables, studyStart);
  swapLookAlikes(allocation, profiles, free, keyedRandom(key, 'swaps'));
  annealAllocation(allocation, profiles, free, keyedRandom(key, 'anneal'));
  settleSizes(allocation, free);
}
