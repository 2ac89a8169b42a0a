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

/** What two series share that were one, by the names of NUMBERED. */
const SHARED = 'study, modality, number, description, frame';

/** Images with a number `k` in their series. */
const NUMBERED = `(
  SELECT source, path, SeriesInstanceUID AS uid, StudyInstanceUID AS study, Modality AS modality, SeriesNumber AS number, coalesce(SeriesDescription, '') AS description,
    FrameOfReferenceUID AS frame, TRY_CAST(InstanceNumber AS BIGINT) AS k
  FROM ${RELEASED_IMAGES} WHERE SeriesInstanceUID <> '' AND FrameOfReferenceUID <> '' AND k IS NOT NULL)`;

/**
 * Two series of one study that share everything but their UID, with the numbers of their images between each other's. Of
 * hardly any the numbers interlock, and only of those they are listed.
 */
function splitSeries(): SqlQuery<UidRow> {
  return {
    subjects: `(SELECT DISTINCT SeriesInstanceUID FROM ${RELEASED_IMAGES})`,
    sql: `
      WITH brief AS MATERIALIZED (SELECT ${SHARED}, uid, count(*) AS n, min(k) AS least, max(k) AS most FROM ${NUMBERED} GROUP BY ALL),
      pair AS MATERIALIZED (
        SELECT ${SHARED}, a.uid AS one, b.uid AS other FROM brief AS a JOIN brief AS b USING (${SHARED})
        WHERE a.uid < b.uid AND a.n > 1 AND b.n > 1 AND a.least < b.most AND b.least < a.most),
      series AS MATERIALIZED (
        SELECT ${SHARED}, uid, min(source || '/' || path) AS path, list(DISTINCT k) AS numbers, count(*) AS n
        FROM ${NUMBERED} WHERE uid IN (SELECT one FROM pair UNION SELECT other FROM pair) GROUP BY ALL)
      SELECT b.path, b.uid, a.uid AS other, b.n FROM pair JOIN series AS a USING (${SHARED}) JOIN series AS b USING (${SHARED})
      WHERE a.uid = pair.one AND b.uid = pair.other AND NOT list_has_any(a.numbers, b.numbers)`,
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
