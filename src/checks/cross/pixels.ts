import type { Check, CheckInput, ClinicalTable } from '../check.js';
import { identifier, literal, rowLocation } from '../sql.js';
import { crossCheck, isYes, type CrossQuery, type PlacedRow } from './cross-check.js';
import { headers, meetingRows, meetingTables, roleColumn, rowsOf, standsFor, type MeetingTable } from './meeting.js';

/** Clean Pixel Data (P3.16 CID 7050): text was removed from the pixels. */
const CLEAN_PIXEL_DATA = '113101';

/** XCK-014: altered pixels, as series and study tables and the headers have it. */
export const pixelsCheck: Check = crossCheck<PlacedRow>(['XCK-014'], (input) => {
  const queries = [...input.tables.flatMap(withinRow), ...meetingTables(input).flatMap(burnedIn), ...studyAndSeries(input)];
  return queries.length === 0 ? 'no table says whether pixels were altered' : queries;
});

/** A method was used, yet nothing was altered. */
function withinRow(table: ClinicalTable): CrossQuery<PlacedRow>[] {
  const [modified, method] = [roleColumn(table, 'pixels-modified')?.name, roleColumn(table, 'pixels-method')?.name];
  if (modified === undefined || method === undefined) return [];
  const rows = rowsOf(table, [`${identifier(modified)} AS modified`], `${identifier(method)} <> '' AND ${identifier(modified)} <> ''`);
  return [
    {
      code: 'XCK-014',
      subjects: rows,
      sql: `SELECT source, source_row, key FROM ${rows} WHERE NOT ${isYes('modified')}`,
      draft: (row) => ({
        message: `${method} names how the pixels were altered, ${modified} says that they were not.`,
        location: rowLocation(table, row, modified),
        expected: 'true',
        found: 'false',
        content: 'method',
      }),
    },
  ];
}

/** Text was removed, yet the header still says that there is some (P3.15 E.3.1 sets BurnedInAnnotation to NO). */
function burnedIn(meeting: MeetingTable): CrossQuery<PlacedRow>[] {
  const method = roleColumn(meeting.table, 'pixels-method');
  const names = method?.dicomValues?.get(CLEAN_PIXEL_DATA) ?? [];
  if (method === undefined || names.length === 0) return [];
  const stated = `(SELECT uid, bool_or(BurnedInAnnotation = 'YES') AS burned FROM ${headers(meeting, ['BurnedInAnnotation'])} WHERE BurnedInAnnotation <> '' GROUP BY uid)`;
  const cleaned = `(SELECT * FROM ${meetingRows(meeting, [`${identifier(method.name)} AS method`])} JOIN ${stated} USING (uid) WHERE trim(method) IN (${names.map(literal).join(', ')}))`;
  return [
    {
      code: 'XCK-014',
      subjects: cleaned,
      sql: `SELECT source, source_row, key FROM ${cleaned} WHERE burned`,
      draft: (row) => ({
        message: `${method.name} says that text was removed from the pixels, BurnedInAnnotation of the images is YES.`,
        location: rowLocation(meeting.table, row, method.name),
        expected: 'NO (BurnedInAnnotation)',
        found: 'YES',
        content: 'burned-in',
      }),
    },
  ];
}

/** A study is altered when one of its series is. */
function studyAndSeries(input: CheckInput): CrossQuery<PlacedRow>[] {
  const flagged = meetingTables(input).filter(({ table }) => roleColumn(table, 'pixels-modified') !== undefined);
  const of = (level: 'study' | 'series'): MeetingTable[] => flagged.filter(({ table }) => standsFor(table) === level);
  return of('study').flatMap((study) => of('series').map((series) => studyQuery(study, series)));
}

function studyQuery(study: MeetingTable, series: MeetingTable): CrossQuery<PlacedRow> {
  const flag = (meeting: MeetingTable): string => roleColumn(meeting.table, 'pixels-modified')?.name ?? '';
  const parents = `(SELECT DISTINCT SeriesInstanceUID AS uid, StudyInstanceUID AS study FROM instance WHERE SeriesInstanceUID <> '' AND StudyInstanceUID <> '')`;
  const altered = `(SELECT study AS uid, bool_or(${isYes('flag')}) AS altered FROM ${meetingRows(series, [`${identifier(flag(series))} AS flag`])} JOIN ${parents} USING (uid) WHERE flag <> '' GROUP BY study)`;
  const met = `(SELECT * FROM ${meetingRows(study, [`${identifier(flag(study))} AS flag`])} JOIN ${altered} USING (uid) WHERE flag <> '')`;
  return {
    code: 'XCK-014',
    subjects: met,
    sql: `SELECT source, source_row, key FROM ${met} WHERE altered AND NOT ${isYes('flag')}`,
    draft: (row) => ({
      message: `${flag(study)} says that no pixels were altered, a row of ${series.table.name} says that some were.`,
      location: rowLocation(study.table, row, flag(study)),
      expected: 'true',
      found: 'false',
      content: series.table.name,
    }),
  };
}
