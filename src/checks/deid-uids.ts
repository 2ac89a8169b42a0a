import { RELEASED_IMAGES, sqlCheck, type SqlQuery } from './sql.js';

interface UidRow {
  path: string;
  uid: string;
  other: string;
  n: number;
}

/** Components of a UID that tell who made it; of those made of a UUID two. */
const root = (uid: string): string => `CASE WHEN ${uid} LIKE '2.25.%' THEN '2.25' ELSE array_to_string(list_slice(string_split(${uid}, '.'), 1, 6), '.') END`;

/** References to what is not in the catalog, made by somebody who made none of its images: UIDs that the mapping forgot. */
function forgottenReferences(): SqlQuery<UidRow> {
  return {
    subjects: `(SELECT i.source, i.path FROM ${RELEASED_IMAGES} AS i JOIN header_facts USING (source, path) WHERE len(referenced_instances) > 0)`,
    sql: `
      WITH reference AS (SELECT i.source, i.path, unnest(referenced_instances) AS uid FROM ${RELEASED_IMAGES} AS i JOIN (FROM header_facts WHERE len(referenced_instances) > 0) USING (source, path)),
      known AS (SELECT DISTINCT ${root('SOPInstanceUID')} AS root FROM ${RELEASED_IMAGES} WHERE SOPInstanceUID <> '')
      SELECT source || '/' || path AS path, min(uid) AS uid, '' AS other, count(*) AS n FROM reference
      WHERE uid NOT IN (SELECT SOPInstanceUID FROM instance WHERE SOPInstanceUID IS NOT NULL) AND uid NOT LIKE '1.2.840.10008.%'
        AND ${root('uid')} NOT IN (FROM known)
      GROUP BY source, path`,
    draft: (row) => ({
      message: 'The image refers to instances by UIDs that are under no root of the released ones: the mapping forgot them.',
      location: { kind: 'file', path: row.path, tag: 'ReferencedSOPInstanceUID' },
      hint: 'Map the UIDs of references together with those of the instances.',
      expected: 'UIDs of the release',
      found: `${row.n} ${row.n === 1 ? 'reference' : 'references'} to others`,
      content: row.uid,
    }),
  };
}

/** Two series of one study that share everything but their UID, with the numbers of their images between each other's. */
function splitSeries(): SqlQuery<UidRow> {
  return {
    subjects: `(SELECT DISTINCT SeriesInstanceUID FROM ${RELEASED_IMAGES})`,
    sql: `
      WITH series AS (
        SELECT SeriesInstanceUID AS uid, StudyInstanceUID AS study, Modality AS modality, SeriesNumber AS number, coalesce(SeriesDescription, '') AS description,
          FrameOfReferenceUID AS frame, min(source || '/' || path) AS path, list(DISTINCT TRY_CAST(InstanceNumber AS BIGINT)) AS numbers, count(*) AS n
        FROM ${RELEASED_IMAGES} WHERE SeriesInstanceUID <> '' AND FrameOfReferenceUID <> '' AND TRY_CAST(InstanceNumber AS BIGINT) IS NOT NULL
        GROUP BY ALL)
      SELECT b.path, b.uid, a.uid AS other, b.n FROM series AS a JOIN series AS b USING (study, modality, number, description, frame)
      WHERE a.uid < b.uid AND a.n > 1 AND b.n > 1 AND NOT list_has_any(a.numbers, b.numbers)
        AND list_min(a.numbers) < list_max(b.numbers) AND list_min(b.numbers) < list_max(a.numbers)`,
    draft: (row) => ({
      level: 'warning',
      message: 'Two series share everything but their UID, and the images of one are missing in the other: one series was split.',
      location: { kind: 'file', path: row.path, key: row.uid, tag: 'SeriesInstanceUID' },
      expected: 'one SeriesInstanceUID for one series',
      found: `${row.n} images of another one`,
      content: row.other,
    }),
  };
}

/** DID-015: UIDs were mapped the same way over the whole set. */
export const uidMappingCheck = sqlCheck<UidRow>('DID-015', (input) => (input.images === 0 ? 'there are no image files' : [forgottenReferences(), splitSeries()]));
