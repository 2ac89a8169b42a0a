import { RELEASED_IMAGES } from '../sql.js';

/** Image files of accepted cases with the facts of their pixels, as a subquery. */
export const PICTURES = `(
  SELECT i.source, i.path, i.case_id, i.sha256, i.SOPInstanceUID, f.pixel_probe, f.pixel_digest, f.perceptual_hash, f.perceptual_detail
  FROM ${RELEASED_IMAGES} AS i JOIN pixel_fact AS f ON f.source = i.source AND f.path = i.path)`;

/** Pictures that are told apart by what they hold. */
export const IDENTIFIED_PICTURES = `(SELECT * FROM ${PICTURES} WHERE pixel_probe IS NOT NULL OR pixel_digest IS NOT NULL)`;

/** Pictures that can be compared by their looks. */
export const HASHED_PICTURES = `(SELECT * FROM ${PICTURES} WHERE perceptual_hash IS NOT NULL AND perceptual_detail IS NOT NULL)`;

/**
 * Files that need a digest and have none: another file has the same probe. Looking at them adds no probe, so once is
 * enough. Selects (source, path).
 */
export const PROBED_ALIKE = `
  SELECT source, path FROM pixel_fact WHERE pixel_digest IS NULL AND pixel_probe IN
    (SELECT pixel_probe FROM pixel_fact WHERE pixel_probe IS NOT NULL GROUP BY pixel_probe HAVING count(*) > 1)`;

/** Where a picture is, and the one that it was compared with. */
export interface PictureRow {
  source: string;
  path: string;
  other_source: string;
  other_path: string;
}
