import type { Check } from '../check.js';
import { identifier, RELEASED_IMAGES, rowLocation } from '../sql.js';
import { crossCheck, NO_IMAGES, type CrossQuery, type PlacedRow } from './cross-check.js';
import { levelColumn, meetingRows, meetingTables, roleColumn, rowsWithImages, standsFor, type MeetingTable } from './meeting.js';

interface FileRow extends PlacedRow {
  column: string;
  stated: string;
  actual: string;
}

/** XCK-006: the number of instances, and size and digests of a file where the row names one image file. */
export const fileCheck: Check = crossCheck<FileRow>(['XCK-006'], (input) => {
  if (input.images === 0) return NO_IMAGES;
  return meetingTables(input)
    .filter(({ table, level }) => standsFor(table) === level)
    .flatMap((meeting) => [...countQuery(meeting), ...fileQueries(meeting)]);
});

/** Copies of one instance count once: DUP-001 and DUP-002 name them. */
function countQuery(meeting: MeetingTable): CrossQuery<FileRow>[] {
  const column = roleColumn(meeting.table, 'instance-count')?.name;
  if (column === undefined) return [];
  const level = levelColumn(meeting);
  const found = `(SELECT ${level} AS uid, count(DISTINCT nullif(SOPInstanceUID, '')) + count(*) FILTER (coalesce(SOPInstanceUID, '') = '') AS n
    FROM ${RELEASED_IMAGES} WHERE ${level} IN (SELECT uid FROM ${meetingRows(meeting)}) GROUP BY ${level})`;
  const met = `(SELECT * FROM ${meetingRows(meeting, [`try_cast(trim(${identifier(column)}) AS BIGINT) AS stated`])} JOIN ${found} USING (uid) WHERE stated IS NOT NULL)`;
  return [
    {
      code: 'XCK-006',
      subjects: rowsWithImages(meeting, [`${identifier(column)} AS stated`], "stated <> ''"),
      sql: `SELECT source, source_row, key, '' AS column, stated::VARCHAR AS stated, n::VARCHAR AS actual FROM ${met} WHERE stated <> n`,
      draft: ({ stated, actual, ...row }) => ({
        message: `${column} is not the number of images that are there.`,
        location: rowLocation(meeting.table, row, column),
        expected: `${actual} (counted)`,
        found: stated,
        content: `${stated} ${actual}`,
      }),
    },
  ];
}

const FILE_ROLES = [
  ['file-size', 'size_bytes::VARCHAR', 'size', (cell: string): string => `try_cast(${cell} AS BIGINT)::VARCHAR`],
  ['file-md5', 'md5', 'md5', (cell: string): string => `lower(${cell})`],
  ['file-sha256', 'sha256', 'sha256', (cell: string): string => `lower(${cell})`],
] as const;

/**
 * Size and digests of rows that name one file among their images. An archive of a whole series, or a converted volume,
 * is none of the files that were read: then there is nothing to compare.
 */
function fileQueries(meeting: MeetingTable): CrossQuery<FileRow>[] {
  const name = roleColumn(meeting.table, 'file-name')?.name;
  return FILE_ROLES.flatMap(([role, actual, word, normal]) => {
    const column = roleColumn(meeting.table, role)?.name;
    if (column === undefined || (name === undefined && meeting.level !== 'instance')) return [];
    const met = `(SELECT source, source_row, any_value(key) AS key, any_value(stated) AS stated, min(actual) AS actual FROM (${namedFiles(meeting, name, normal(`trim(${identifier(column)})`), actual)})
      GROUP BY source, source_row HAVING count(*) = 1)`;
    const both = `(SELECT * FROM ${met} WHERE stated <> '' AND actual IS NOT NULL)`;
    return [
      {
        code: 'XCK-006',
        subjects: both,
        sql: `SELECT source, source_row, key, stated, actual, '' AS column FROM ${both} WHERE stated <> actual`,
        draft: ({ stated, actual: counted, ...row }) => ({
          message: `${column} is not the ${word} of the file that the row names.`,
          location: rowLocation(meeting.table, row, column),
          expected: role === 'file-size' ? `${counted} (bytes)` : `${counted.slice(0, 12)}… (computed)`,
          found: role === 'file-size' ? stated : `${stated.slice(0, 12)}…`,
          content: `${stated} ${counted}`,
        }),
      },
    ];
  });
}

/** The images of each row that its file name names: the path below the source, or its end. */
function namedFiles(meeting: MeetingTable, name: string | undefined, stated: string, actual: string): string {
  const file = name === undefined ? `''` : `trim(${identifier(name)})`;
  const rows = meetingRows(meeting, [`${file} AS file_name`, `${stated} AS stated`]);
  const images = `(SELECT ${levelColumn(meeting)} AS uid, path, ${actual} AS actual FROM ${RELEASED_IMAGES})`;
  const named = name === undefined ? '' : `WHERE path = file_name OR (file_name <> '' AND ends_with(path, '/' || file_name))`;
  return `SELECT source, source_row, key, stated, actual FROM ${rows} JOIN ${images} USING (uid) ${named}`;
}
