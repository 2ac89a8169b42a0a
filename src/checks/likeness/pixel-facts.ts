import { RELEASED_IMAGES } from '../sql.js';

/** Image files of accepted cases with the facts of their pixels, as a subquery. */
export const PICTURES = `(
  SELECT i.source, i.path, i.case_id, i.sha256, i.SOPInstanceUID, f.pixel_probe, f.pixel_digest, f.perceptual_hash, f.perceptual_detail
  FROM ${RELEASED_IMAGES} AS i JOIN inspection AS f ON f.source = i.source AND f.path = i.path)`;

/** Pictures that are told apart by what they hold. */
export const IDENTIFIED_PICTURES = `(SELECT * FROM ${PICTURES} WHERE pixel_probe IS NOT NULL OR pixel_digest IS NOT NULL)`;

/** Pictures that can be compared by their looks. */
export const HASHED_PICTURES = `(SELECT * FROM ${PICTURES} WHERE perceptual_hash IS NOT NULL AND perceptual_detail IS NOT NULL)`;

/** Where a picture is, and the one that it was compared with. */
export interface PictureRow {
  source: string;
  path: string;
  other_source: string;
  other_path: string;
}
