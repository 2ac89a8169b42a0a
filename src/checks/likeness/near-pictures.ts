import { sqlCheck } from '../sql.js';
import { NEAR_LOOKS } from './near-hashes.js';
import { nearPairs } from './near-pairs.js';
import { HASHED_PICTURES, type PictureRow } from './pixel-facts.js';

interface NearRow extends PictureRow {
  distance: number;
  /** Other cases with near duplicates of images of this one. */
  cases: number;
  /** Hash of the picture and of the other. */
  looks: string;
}

/**
 * Each case with pictures that look like those of a lesser case id, once: with its nearest pair and how many cases there
 * are. Equal pixels are no near duplicates: DUP-003 names them.
 */
function nearCases(bits: number): string {
  return `
    WITH pair AS (${nearPairs(bits)}),
    met AS (
      SELECT CASE WHEN a.case_id > b.case_id THEN a ELSE b END AS later, CASE WHEN a.case_id > b.case_id THEN b ELSE a END AS earlier, distance FROM pair
    ), found AS (
      SELECT l.case_id, e.case_id AS other_case, m.distance, l.source, l.path, e.source AS other_source, e.path AS other_path,
        l.h::VARCHAR || ' ' || e.h::VARCHAR AS looks
      FROM met AS m
      JOIN ${NEAR_LOOKS} AS l ON l.case_id = m.later.case_id AND l.h = m.later.h AND l.d = m.later.d
      JOIN ${NEAR_LOOKS} AS e ON e.case_id = m.earlier.case_id AND e.h = m.earlier.h AND e.d = m.earlier.d
      WHERE l.pixel_digest IS NULL OR e.pixel_digest IS NULL OR l.pixel_digest <> e.pixel_digest
    )
    SELECT first.*, cases FROM (
      SELECT case_id, count(DISTINCT other_case)::INTEGER AS cases,
        min({distance: distance, source: source, path: path, other_source: other_source, other_path: other_path, looks: looks}) AS first
      FROM found GROUP BY case_id)
    ORDER BY first.source, first.path`;
}

/** DUP-004: pictures of two cases that look the same, but for their coding, size, window or a mask. */
export const nearPicturesCheck = sqlCheck<NearRow>('DUP-004', (input) => {
  if (input.images === 0) return 'there are no image files';
  return [
    {
      subjects: HASHED_PICTURES,
      sql: nearCases(input.policy.near_duplicate_bits),
      draft: (row) => ({
        message: row.cases === 1 ? 'The picture looks like one of another case.' : `Pictures of the case look like those of ${row.cases} other cases.`,
        location: { kind: 'file', path: `${row.source}/${row.path}` },
        expected: `more than ${input.policy.near_duplicate_bits} bits between the looks of two patients`,
        found: `${row.distance} bits to ${row.other_source}/${row.other_path}`,
        content: row.looks,
      }),
    },
  ];
});
