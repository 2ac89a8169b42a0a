import type { Check } from '../check.js';
import { identifier, rowLocation } from '../sql.js';
import { crossCheck, isYes, NO_IMAGES, type CrossQuery, type PlacedRow } from './cross-check.js';
import { casesOf, headers, meetingRows, meetingTables, presentColumns, roleColumn, type MeetingTable } from './meeting.js';

interface ShiftRow extends PlacedRow {
  off: number;
}

/** A StudyDate as a day; NULL for what is none (P3.5 6.2: YYYYMMDD). */
const DAY = `try_strptime(StudyDate, '%Y%m%d')::DATE`;

/**
 * XCK-007: one shift of all dates of a case. The distance that most studies of the case have is taken for the right one, of
 * several that of the study nearest to the index event.
 */
export const shiftCheck: Check = crossCheck<ShiftRow>(['XCK-007'], (input) => {
  if (input.images === 0) return NO_IMAGES;
  return meetingTables(input).flatMap((meeting) => {
    const days = roleColumn(meeting.table, 'days-to-study')?.name;
    return days === undefined ? [] : [shiftQuery(meeting, days)];
  });
});

function shiftQuery(meeting: MeetingTable, days: string): CrossQuery<ShiftRow> {
  const dates = `(SELECT DISTINCT uid, ${DAY} AS day FROM ${headers(meeting, ['StudyDate'])} WHERE ${DAY} IS NOT NULL)`;
  const rows = meetingRows(meeting, [`round(try_cast(trim(${identifier(days)}) AS DOUBLE))::BIGINT AS days`]);
  // The day of the index event that each study implies, as days since 1970.
  const dated = `(SELECT source, source_row, key, case_id, uid, days, datediff('day', DATE '1970-01-01', day) - days AS origin
    FROM ${rows} JOIN ${dates} USING (uid) JOIN ${casesOf(meeting.table)} USING (source, source_row) WHERE days IS NOT NULL)`;
  const several = `(SELECT * FROM ${dated} QUALIFY min(uid) OVER (PARTITION BY case_id) <> max(uid) OVER (PARTITION BY case_id))`;
  const counted = `(SELECT case_id, origin, count(*) AS n, min(abs(days)) AS near FROM ${several} GROUP BY ALL)`;
  const usual = `(SELECT case_id, arg_max(origin, {n: n, near: -near, first: -origin}) AS usual FROM ${counted} GROUP BY case_id)`;
  return {
    code: 'XCK-007',
    subjects: several,
    sql: `SELECT source, source_row, any_value(key) AS key, max(abs(origin - usual)) AS off FROM ${several} JOIN ${usual} USING (case_id)
      WHERE origin <> usual GROUP BY source, source_row`,
    draft: ({ off, ...row }) => ({
      message: `${days} and StudyDate are not as far apart as in the other studies of the case.`,
      location: rowLocation(meeting.table, row, days),
      hint: 'Either the offset is wrong, or the dates of the case were not all shifted alike.',
      expected: 'one distance for all studies of a case',
      found: `${off} ${off === 1 ? 'day' : 'days'} off`,
      content: String(off),
    }),
  };
}

/** XCK-008: a column of whole numbers under the tag of StudyDate is its year. */
export const yearCheck: Check = crossCheck<PlacedRow>(['XCK-008'], (input) => {
  if (input.images === 0) return NO_IMAGES;
  return meetingTables(input).flatMap((meeting) => {
    const year = presentColumns(meeting.table).find(({ dicomTag, type }) => dicomTag === '00080020' && type === 'integer')?.name;
    return year === undefined ? [] : [yearQuery(meeting, year)];
  });
});

function yearQuery(meeting: MeetingTable, year: string): CrossQuery<PlacedRow> {
  const shifted = roleColumn(meeting.table, 'study-year-shifted')?.name;
  const years = `(SELECT uid, list(DISTINCT year(${DAY})) AS years FROM ${headers(meeting, ['StudyDate'])} WHERE ${DAY} IS NOT NULL GROUP BY uid)`;
  const cells = [`try_cast(trim(${identifier(year)}) AS BIGINT) AS year`, `${shifted === undefined ? 'false' : isYes(identifier(shifted))} AS shifted`];
  const met = `(SELECT source, source_row, key, year, years FROM ${meetingRows(meeting, cells)} JOIN ${years} USING (uid) WHERE year IS NOT NULL AND NOT shifted)`;
  return {
    code: 'XCK-008',
    subjects: met,
    sql: `SELECT source, source_row, key FROM ${met} WHERE NOT list_contains(years, year)`,
    draft: (row) => ({
      message: `${year} is not the year of StudyDate${shifted === undefined ? '' : `, and ${shifted} does not say that it was shifted`}.`,
      location: rowLocation(meeting.table, row, year),
      expected: 'the year of StudyDate',
      found: 'another year',
      content: 'year',
    }),
  };
}
