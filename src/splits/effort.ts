/** How long is searched: `high` takes several times as long for a better balance. */
export type Effort = 'normal' | 'high';

/** The effort that a text names; any other text, of a later version say, is the normal one. */
export function readEffort(text: string): Effort {
  return text === 'high' ? 'high' : 'normal';
}

/** Proposals by the number of free groups; a larger collection is left to the swap passes. */
const PROPOSALS: Record<Effort, readonly { upTo: number; proposals: number }[]> = {
  normal: [
    { upTo: 20_000, proposals: 3_000_000 },
    { upTo: 200_000, proposals: 2_000_000 },
  ],
  high: [{ upTo: 200_000, proposals: 20_000_000 }],
};

/** Small collections are done long before: so many proposals a group are enough, or for fewer than 100 a pair of groups. */
const PROPOSALS_PER_GROUP = 8_000;
const PROPOSALS_PER_PAIR = 400;
const PROPOSALS_PAIRED = 400_000;

/** Steps of threshold accepting for so many free groups. */
export function countProposals(groups: number, effort: Effort): number {
  const limit = PROPOSALS[effort].find(({ upTo }) => groups <= upTo)?.proposals ?? 0;
  const paired = Math.min(PROPOSALS_PAIRED, PROPOSALS_PER_PAIR * groups * groups);
  return Math.min(limit, Math.max(paired, PROPOSALS_PER_GROUP * groups));
}
