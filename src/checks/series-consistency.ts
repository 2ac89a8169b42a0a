import type { FindingDraft } from './check.js';
import { ORIENTATION_TOLERANCE, SEVERAL_ORIENTATIONS, slices } from './slices.js';
import { RELEASED_IMAGES, sqlCheck, type SqlQuery } from './sql.js';

interface SeriesRow {
  series: string;
  keyword: string;
  file: string;
  n: number;
  images: number;
  /** Whether the standard, or the making of a volume, leaves no other way. */
  strict: boolean;
}

/** What a series has one of (PS3.3 A.1.2.3: one patient, study, modality, equipment and frame of reference). */
const OF_ANY_SERIES = ['Modality', 'PatientID', 'StudyInstanceUID'];
const OF_A_VOLUME = ['FrameOfReferenceUID', '"Rows"', '"Columns"', 'Manufacturer'];
const VOLUME_MODALITIES = ['CT', 'MR', 'PT'];

/** DCM-014: what the images of a series have in common. */
export const sameSeriesCheck = sqlCheck<SeriesRow>('DCM-014', (input) => {
  if (input.images === 0) return 'there are no image files';
  const images = `(SELECT *, SeriesInstanceUID AS series FROM ${RELEASED_IMAGES} WHERE SeriesInstanceUID <> '')`;
  return [
    { ...different(images, OF_ANY_SERIES), subjects: `(SELECT DISTINCT SeriesInstanceUID FROM ${RELEASED_IMAGES} WHERE SeriesInstanceUID <> '')` },
    different(slices(VOLUME_MODALITIES), OF_A_VOLUME),
    turned(),
  ];
});

/** Series with more than one value of an attribute; absent and empty ones are other rules'. */
function different(images: string, attributes: readonly string[]): SqlQuery<SeriesRow> {
  const value = (attribute: string): string => (attribute === 'Manufacturer' ? `lower(trim(${attribute}))` : attribute);
  const counts = attributes.map((attribute, at) => `count(DISTINCT ${value(attribute)}) FILTER (${attribute} <> '') AS n${at}`);
  const list = attributes.map((attribute, at) => `{keyword: '${attribute.replaceAll('"', '')}', n: n${at}}`);
  return {
    subjects: 0,
    sql: `
      WITH counted AS (SELECT series, min(source || '/' || path) AS file, count(*) AS images, ${counts.join(', ')} FROM ${images} GROUP BY series),
      each_one AS (SELECT series, file, images, unnest([${list.join(', ')}]) AS e FROM counted WHERE ${attributes.map((_, at) => `n${at} > 1`).join(' OR ')})
      SELECT series, file, images, e.keyword AS keyword, e.n AS n, true AS strict FROM each_one WHERE e.n > 1`,
    draft: (row) => draft(row, `${row.n} values in ${row.images} images`),
  };
}

/**
 * Series whose images lie in different planes. MR series of several planes and derived views that turn about an axis are
 * made so on purpose: of those it is a warning.
 */
function turned(): SqlQuery<SeriesRow> {
  const spread = [1, 2, 3, 4, 5, 6].map((at) => `max(o${at}) - min(o${at})`).join(', ');
  return {
    subjects: 0,
    sql: `
      SELECT series, min(source || '/' || path) AS file, 'ImageOrientationPatient' AS keyword, 2 AS n, count(*) AS images, bool_and(modality <> 'MR' AND original) AS strict
      FROM ${slices(VOLUME_MODALITIES)} WHERE ${SEVERAL_ORIENTATIONS} GROUP BY series HAVING greatest(${spread}) > ${ORIENTATION_TOLERANCE}`,
    draft: (row) => draft(row, `several orientations in ${row.images} images`),
  };
}

function draft(row: SeriesRow, found: string): Omit<FindingDraft, 'code'> {
  return {
    ...(row.strict ? {} : { level: 'warning' as const }),
    message: `${row.keyword} is not the same in all images of the series.`,
    location: { kind: 'file', path: row.file, key: row.series, tag: row.keyword },
    expected: row.keyword === 'ImageOrientationPatient' ? 'one orientation' : 'one value',
    found,
    content: `${row.keyword} ${row.n}`,
  };
}
