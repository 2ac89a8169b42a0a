import { RELEASED_IMAGES } from '../sql.js';

/** A number a released picture: of its case, of its looks (NULL: not to be compared), and whether its pixels are told apart. */
export const PICTURES = 'check_picture';

/** The pictures whose decoded pixels have a digest: mostly few, since only those are digested that look like another one. */
export const DIGESTED = 'check_digested';

/** Released pictures that are told apart by what they hold. */
export const IDENTIFIED_PICTURES = `(FROM ${PICTURES} WHERE identified)`;

/** Released pictures that can be compared by their looks. */
export const HASHED_PICTURES = `(FROM ${PICTURES} WHERE h IS NOT NULL)`;

/** Those of DIGESTED that would be released. */
export const DIGESTED_PICTURES = `(FROM ${DIGESTED} WHERE released)`;

/** SQL of the perceptual hash as a number, where a picture can be compared by it. */
export const LOOKS = "CASE WHEN perceptual_detail IS NOT NULL THEN ('0x' || perceptual_hash)::UBIGINT END";

/** SQL condition: the header of the image at `source` and `path` of a relation was judged, without which nothing is known of it. */
export function hasHeaderFacts(relation: string): string {
  return `EXISTS (FROM header_facts AS h WHERE h.source = ${relation}.source AND h.path = ${relation}.path)`;
}

/**
 * Statements that fill PICTURES and DIGESTED. Images and their facts meet by source and path here, and only once: those of
 * ten million images fill the memory. What asks for few of them looks here first.
 */
export const FILL_PICTURES: readonly string[] = [
  `CREATE OR REPLACE TABLE ${PICTURES} AS
    SELECT c.number, p.h, coalesce(p.identified, false) OR d.path IS NOT NULL AS identified
    FROM ${RELEASED_IMAGES} AS i
    JOIN (SELECT case_id, row_number() OVER (ORDER BY case_id) AS number FROM case_) AS c ON c.case_id = i.case_id
    LEFT JOIN (SELECT source, path, ${LOOKS} AS h, pixel_probe IS NOT NULL OR pixel_digest IS NOT NULL AS identified FROM pixel_facts) AS p ON p.source = i.source AND p.path = i.path
    LEFT JOIN (SELECT source, path FROM pixel_digests WHERE pixel_digest IS NOT NULL) AS d ON d.source = i.source AND d.path = i.path
    WHERE ${hasHeaderFacts('i')}`,
  `CREATE OR REPLACE TABLE ${DIGESTED} AS
    WITH digest AS (
      SELECT coalesce(d.source, p.source) AS source, coalesce(d.path, p.path) AS path, coalesce(d.pixel_digest, p.pixel_digest) AS pixel_digest
      FROM (SELECT source, path, pixel_digest FROM pixel_digests WHERE pixel_digest IS NOT NULL) AS d
      FULL JOIN (SELECT source, path, pixel_digest FROM pixel_facts WHERE pixel_digest IS NOT NULL) AS p ON p.source = d.source AND p.path = d.path)
    SELECT i.source, i.path, i.case_id, i.SOPInstanceUID, d.pixel_digest, coalesce(c.status = 'accepted', false) AS released
    FROM digest AS d JOIN instance AS i ON i.source = d.source AND i.path = d.path LEFT JOIN case_ AS c ON c.case_id = i.case_id
    WHERE ${hasHeaderFacts('d')}`,
];

/** Where a picture is, and the one that it was compared with. */
export interface PictureRow {
  source: string;
  path: string;
  other_source: string;
  other_path: string;
}
