import { nearPairs } from './near-pairs.js';
import { DIGESTED_PICTURES } from './pixel-facts.js';

/**
 * SQL of the pairs of accepted cases that share images, (case_a, case_b, why): equal pixels, or pictures that look the
 * same. Splits keep such cases in one part. Cases of one picture are each linked to the least of them: the links are
 * connected, and no more than there are cases. `fillLikeness` must have run.
 */
export function caseLinks(bits: number): string {
  return `
    WITH shared AS (SELECT min(case_id) AS case_a, unnest(list(DISTINCT case_id)) AS case_b FROM ${DIGESTED_PICTURES} GROUP BY pixel_digest),
    near AS (SELECT least(a.case_id, b.case_id) AS case_a, greatest(a.case_id, b.case_id) AS case_b FROM (${nearPairs(bits)}))
    SELECT DISTINCT case_a, case_b, 'pixels' AS why FROM shared WHERE case_a <> case_b
    UNION SELECT DISTINCT case_a, case_b, 'likeness' FROM near
    ORDER BY ALL`;
}
