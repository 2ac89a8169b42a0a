import type { Allocation } from './allocation.js';
import { annealInChains } from './chains.js';
import { planSearch, type Effort } from './effort.js';
import { placeGreedily } from './greedy.js';
import { meetLimits } from './meet-limits.js';
import { settleMargins } from './margins.js';
import { keyedRandom } from './random.js';
import { settleSizes } from './sizes.js';
import { swapLookAlikes } from './swaps.js';

/**
 * Finds a part for every free group: greedily, hardest first; limits are met; then by swaps of look-alikes; then by threshold accepting;
 * last, sizes and single categories are settled, should balance have been bought with a case too many. Each step has random numbers of its own.
 * @throws {CurationError} SPLIT_INFEASIBLE when a limit cannot be met
 */
export async function searchAllocation(allocation: Allocation, key: string, effort: Effort = 'normal'): Promise<void> {
  placeGreedily(allocation, keyedRandom(key, 'greedy'));
  await meetLimits(allocation);
  if (allocation.parts < 2) return;
  const { profiles, cells } = allocation;
  const groups = profiles.free.reduce((sum, count) => sum + count, 0);
  const plan = planSearch(groups, cells.total[cells.sizeCell] ?? 0, effort);
  swapLookAlikes(allocation, plan.passes, keyedRandom(key, 'swaps'));
  if (plan.proposals > 0) await annealInChains(allocation, plan.chains, plan.proposals, key);
  settleSizes(allocation);
  settleMargins(allocation, keyedRandom(key, 'margins'));
}
