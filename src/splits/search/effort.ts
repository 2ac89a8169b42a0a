/** How long is searched: `high` takes many times as long for a better balance. */
export type Effort = 'normal' | 'high';

/** The effort that a text names; any other text, of a later version say, is the normal one. */
export function readEffort(text: string): Effort {
  return text === 'high' ? 'high' : 'normal';
}

/** What an effort comes to for so many free groups. */
export interface SearchPlan {
  /** Passes of swaps at most. */
  passes: number;
  /** Independent runs of threshold accepting, of which the best counts; never a matter of how many cores there are. */
  chains: number;
  /** Steps of each. */
  proposals: number;
}

/** Plans by the number of free groups, the first that fits: of small collections many short chains find more than a long one. */
const PLANS: Record<Effort, readonly (SearchPlan & { upTo: number })[]> = {
  normal: [
    { upTo: 100, passes: 12, chains: 8, proposals: 400_000 },
    { upTo: 500, passes: 12, chains: 12, proposals: 1_200_000 },
    { upTo: 2_000, passes: 12, chains: 2, proposals: 2_000_000 },
    { upTo: 20_000, passes: 12, chains: 2, proposals: 1_200_000 },
    { upTo: 200_000, passes: 6, chains: 1, proposals: 700_000 },
    { upTo: Infinity, passes: 8, chains: 1, proposals: 0 },
  ],
  high: [
    { upTo: 2_000, passes: 12, chains: 16, proposals: 12_000_000 },
    { upTo: 20_000, passes: 12, chains: 4, proposals: 20_000_000 },
    { upTo: Infinity, passes: 12, chains: 2, proposals: 30_000_000 },
  ],
};

/** Small collections are done long before: so many proposals a group are enough, and a pair of groups. */
const PROPOSALS_PER_GROUP = { normal: 5_000, high: 20_000 };
const PROPOSALS_PER_PAIR = { normal: 120, high: 500 };

/** A large extension of a very large collection is left to the passes too: what it adds is soon in proportion. */
const LARGE_EXTENSION = { groups: 20_000, cases: 200_000 };

/**
 * How so many free groups are searched.
 * @param cases That count in the quotas, bound ones included.
 */
export function planSearch(groups: number, cases: number, effort: Effort): SearchPlan {
  const large = groups > LARGE_EXTENSION.groups && cases > LARGE_EXTENSION.cases;
  const plan = PLANS[effort].find(({ upTo }) => (large ? Infinity : groups) <= upTo)!;
  const enough = Math.min(PROPOSALS_PER_GROUP[effort] * groups, PROPOSALS_PER_PAIR[effort] * groups * groups);
  return { ...plan, proposals: Math.min(plan.proposals, enough) };
}
