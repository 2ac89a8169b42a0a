import { RELEASED_IMAGES, sqlCheck } from '../sql.js';
import { DIGESTED_PICTURES } from './pixel-facts.js';

interface PersonRow {
  case_id: string;
  other_case: string;
  pictures: number;
  times: number;
  intervals: number;
  others: number;
}

/** What more cases than this have in common is a habit of the site or a dummy value, and evidence of nobody. */
const MOST_SHARERS = 20;
/** Times of study on one device that two cases must share: one alone happens by chance. */
const LEAST_TIMES = 2;
/** Days on which a case was examined, for its intervals to be its own: three are a protocol. */
const LEAST_DAYS = 4;

/**
 * Pairs of cases and what they have in common: equal pictures; studies that began at the same second on a device of the
 * same model; the same row of days between their studies, which no shift of dates changes.
 */
const EVIDENCE = `
  WITH study AS (
    SELECT DISTINCT case_id, StudyInstanceUID, Modality, Manufacturer, ManufacturerModelName, coalesce(PatientSex, '') AS sex,
      regexp_extract(StudyTime, '^[0-9]{6}') AS began, try_strptime(StudyDate, '%Y%m%d')::DATE AS day
    FROM ${RELEASED_IMAGES} WHERE case_id IS NOT NULL
  ), person AS (SELECT case_id, CASE WHEN min(sex) FILTER (sex <> '') = max(sex) FILTER (sex <> '') THEN min(sex) FILTER (sex <> '') END AS sex FROM study GROUP BY case_id),
  trait AS (
    SELECT DISTINCT 'picture' AS kind, pixel_digest AS value, case_id FROM ${DIGESTED_PICTURES}
    UNION ALL
    SELECT DISTINCT 'time', concat_ws('|', began, Modality, Manufacturer, ManufacturerModelName), case_id FROM study
    WHERE began <> '' AND began <> '000000' AND began <> '120000' AND coalesce(ManufacturerModelName, '') <> ''
    UNION ALL
    SELECT 'interval', string_agg((day - first)::VARCHAR, ' ' ORDER BY day), case_id FROM (
      SELECT case_id, day, min(day) OVER (PARTITION BY case_id) AS first FROM (SELECT DISTINCT case_id, day FROM study WHERE day IS NOT NULL))
    GROUP BY case_id HAVING count(*) >= ${LEAST_DAYS}
  ), telling AS (
    SELECT kind, value, list(case_id ORDER BY case_id) AS sharers FROM trait GROUP BY kind, value HAVING count(*) BETWEEN 2 AND ${MOST_SHARERS}
  ), one AS (SELECT kind, value, sharers, unnest(sharers) AS case_id FROM telling),
  pair AS (SELECT kind, value, case_id AS other_case, unnest(list_filter(sharers, lambda s: s > case_id)) AS case_id FROM one),
  counted AS (
    SELECT p.case_id, other_case, count(*) FILTER (kind = 'picture')::INTEGER AS pictures, count(*) FILTER (kind = 'time')::INTEGER AS times,
      count(*) FILTER (kind = 'interval')::INTEGER AS intervals
    FROM pair AS p JOIN person AS a ON a.case_id = p.case_id JOIN person AS b ON b.case_id = p.other_case
    WHERE kind = 'picture' OR a.sex IS NULL OR b.sex IS NULL OR a.sex = b.sex
    GROUP BY p.case_id, other_case
    HAVING pictures > 0 OR times >= ${LEAST_TIMES} OR intervals > 0
  )
  SELECT first.*, case_id, others FROM (
    SELECT case_id, (count(*) - 1)::INTEGER AS others,
      max_by({other_case: other_case, pictures: pictures, times: times, intervals: intervals}, {n: pictures + times + intervals, o: other_case}) AS first
    FROM counted GROUP BY case_id)
  ORDER BY case_id`;

/** DUP-006: two cases that have in common what only one person has. */
export const onePersonCheck = sqlCheck<PersonRow>('DUP-006', (input) => {
  if (input.images === 0) return 'there are no image files';
  return [
    {
      subjects: input.acceptedCases,
      sql: EVIDENCE,
      draft: (row) => ({
        message: 'The case seems to be the person of another case.',
        location: { kind: 'case', key: row.case_id },
        expected: `nothing in common with ${row.other_case}`,
        found: [
          ...(row.pictures > 0 ? [count(row.pictures, 'equal picture', 'equal pictures')] : []),
          ...(row.times > 0 ? [count(row.times, 'study begun', 'studies begun') + ' at the same second on the same model of device'] : []),
          ...(row.intervals > 0 ? ['the same days between all studies'] : []),
          ...(row.others > 0 ? [`so with ${count(row.others, 'more case', 'more cases')}`] : []),
        ].join(', '),
        hint: 'Ask the site whether both pseudonyms are of one person.',
        content: `${row.other_case} ${row.pictures} ${row.times} ${row.intervals}`,
      }),
    },
  ];
});

function count(n: number, one: string, many: string): string {
  return `${n} ${n === 1 ? one : many}`;
}
