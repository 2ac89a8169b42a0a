import { sqlCheck } from '../sql.js';
import { DIGESTED_PICTURES, IDENTIFIED_PICTURES, type PictureRow } from './pixel-facts.js';

interface SamePixelsRow extends PictureRow {
  across: boolean;
  pixel_digest: string;
}

/** Every picture with the pixels of another instance, and the first of those: of another case when there is one. */
const SAME_PIXELS = `
  WITH picture AS ${DIGESTED_PICTURES},
  first AS (
    SELECT pixel_digest, case_id, min({source: source, path: path, uid: SOPInstanceUID}) AS it FROM picture GROUP BY pixel_digest, case_id
  ), least AS (
    SELECT pixel_digest, min(it) AS it, arg_min(case_id, it) AS case_id FROM first GROUP BY pixel_digest HAVING count(*) > 1
  )
  SELECT p.source, p.path, p.pixel_digest,
    l.it IS NOT NULL AND l.case_id <> p.case_id AS across,
    CASE WHEN across THEN l.it.source ELSE f.it.source END AS other_source,
    CASE WHEN across THEN l.it.path ELSE f.it.path END AS other_path
  FROM picture AS p
  JOIN first AS f ON f.pixel_digest = p.pixel_digest AND f.case_id = p.case_id
  LEFT JOIN least AS l ON l.pixel_digest = p.pixel_digest
  WHERE across OR coalesce(f.it.uid, '') <> coalesce(p.SOPInstanceUID, '')
  ORDER BY p.source, p.path`;

/** DUP-003: two instances with the same decoded pixels. */
export const samePixelsCheck = sqlCheck<SamePixelsRow>('DUP-003', (input) => {
  if (input.images === 0) return 'there are no image files';
  return [
    {
      subjects: IDENTIFIED_PICTURES,
      sql: SAME_PIXELS,
      draft: (row) => ({
        level: row.across ? 'error' : 'warning',
        message: row.across ? 'The picture is that of an image of another case.' : 'The picture is that of another image of the case.',
        location: { kind: 'file', path: `${row.source}/${row.path}` },
        expected: 'pixels of its own',
        found: `the pixels of ${row.other_source}/${row.other_path}`,
        content: row.pixel_digest,
      }),
    },
  ];
});
