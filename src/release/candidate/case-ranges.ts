import type { Catalog } from '../../catalog/catalog.js';

/** Cases from one to another, both among them, in the order that SQL compares them by. */
export interface CaseRange {
  first: string;
  last: string;
}

/**
 * The cases of `candidate_instance` in ranges of about so many images, which lie side by side in a catalog that was pulled case by
 * case. A case is never torn: one that holds more is a range of its own.
 */
export function caseRanges(catalog: Catalog, images: number): Promise<CaseRange[]> {
  return catalog.all<CaseRange>(
    `WITH counted AS (SELECT case_id, count(*) AS images FROM candidate_instance GROUP BY case_id),
     placed AS (SELECT case_id, (sum(images) OVER (ORDER BY case_id) - images) // ? AS part FROM counted)
     SELECT min(case_id) AS first, max(case_id) AS last FROM placed GROUP BY part ORDER BY first`,
    [images],
  );
}
