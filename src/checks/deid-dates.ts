import type { CheckInput } from './check.js';
import { identifier, judgedRows, RELEASED_IMAGES, sqlCheck, type SqlQuery } from './sql.js';

const STUDY_TAG = '0020000d';
const DAYS_COLUMN = 'days_to_study';
/** Studies from which on the days of the week tell something. */
const LEAST_STUDIES = 100;
/** Standard deviations by which the share of weekends falls short. */
const DEVIATIONS = 4;

interface ShiftRow {
  key: string;
  shifts: number;
  n: number;
  weekends: number;
}

const DAY = "TRY_STRPTIME(left(StudyDate, 8), '%Y%m%d')";

/** DID-061: each patient has one shift, and not everybody the same. */
export const dateShiftCheck = sqlCheck<ShiftRow>('DID-061', (input) => {
  if (input.images === 0) return 'there are no image files';
  if (input.policy.dates === 'removed') return 'the policy says that dates are removed';
  return [...oneShiftAPatient(input), ...(input.policy.dates === 'shifted' ? [weekdays()] : [])];
});

/** StudyDate less the days to the study is the day of the index event, shifted: one day a case. */
function oneShiftAPatient({ tables }: CheckInput): SqlQuery<ShiftRow>[] {
  return tables.flatMap((table) => {
    const uid = table.schema?.columns.find(({ dicomTag }) => dicomTag === STUDY_TAG)?.name;
    if (uid === undefined || !table.columns.includes(uid) || !table.columns.includes(DAYS_COLUMN)) return [];
    const studies = `(
      SELECT i.case_id, i.StudyInstanceUID, min(date_diff('day', DATE '1970-01-01', CAST(${DAY} AS DATE)) - TRY_CAST(r.${identifier(DAYS_COLUMN)} AS BIGINT)) AS index_day
      FROM ${judgedRows(table)} AS r JOIN ${RELEASED_IMAGES} AS i ON i.StudyInstanceUID = r.${identifier(uid)}
      WHERE ${DAY} IS NOT NULL AND TRY_CAST(r.${identifier(DAYS_COLUMN)} AS BIGINT) IS NOT NULL GROUP BY i.case_id, i.StudyInstanceUID)`;
    return [
      {
        subjects: `(SELECT DISTINCT case_id FROM ${studies})`,
        sql: `SELECT case_id AS key, count(DISTINCT index_day) AS shifts, count(*) AS n, 0 AS weekends FROM ${studies} GROUP BY case_id HAVING count(DISTINCT index_day) > 1`,
        draft: (row) => ({
          message: 'The dates of the studies of a case and their days_to_study do not go together: the case has more than one shift.',
          location: { kind: 'case', key: row.key },
          expected: 'one shift for all dates of a patient',
          found: `${row.shifts} shifts in ${row.n} studies`,
          content: `${row.shifts} ${row.n}`,
        }),
      },
    ];
  });
}

/** Shifts drawn at random spread examinations over the week; where weekends stay rare, dates are real, or moved by whole weeks. */
function weekdays(): SqlQuery<ShiftRow> {
  const studies = `(SELECT DISTINCT StudyInstanceUID, ${DAY} AS day FROM ${RELEASED_IMAGES} WHERE ${DAY} IS NOT NULL AND LongitudinalTemporalInformationModified = 'MODIFIED')`;
  return {
    subjects: studies,
    sql: `SELECT '' AS key, 0 AS shifts, n, weekends FROM (SELECT count(*) AS n, count(*) FILTER (isodow(day) >= 6) AS weekends FROM ${studies})
      WHERE n >= ${LEAST_STUDIES} AND weekends < n * 2 / 7 - ${DEVIATIONS} * sqrt(n * 10 / 49)`,
    draft: (row) => ({
      level: 'warning',
      message: 'Hardly any study is dated on a weekend, so the dates are real, or were moved by whole weeks, or by the same number for everybody.',
      location: { kind: 'dataset' },
      hint: 'Draw another shift for each patient.',
      expected: 'about two days in seven',
      found: `${row.weekends} of ${row.n} studies`,
      content: `${row.weekends} ${row.n}`,
    }),
  };
}
