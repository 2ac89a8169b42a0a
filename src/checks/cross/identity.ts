import type { Check } from '../check.js';
import { RELEASED_IMAGES, rowLocation } from '../sql.js';
import { crossCheck, NO_IMAGES, type CrossQuery, type PlacedRow } from './cross-check.js';
import { casesOf, levelColumn, meetingRows, meetingTables, rowsWithImages, type MeetingTable } from './meeting.js';

interface IdentityRow extends PlacedRow {
  path: string;
  n: number;
}

/** XCK-001: rows, headers and folders name one case; the UIDs of a row are compared with the other copies. */
export const identityCheck: Check = crossCheck<IdentityRow>(['XCK-001'], (input) => {
  if (input.images === 0) return NO_IMAGES;
  const tables = meetingTables(input).filter(({ level }) => level !== 'case');
  return [...tables.map(otherCase), severalPatients(), otherFolder()];
});

/** The row belongs to one case by its links, its images to another one by their PatientID. */
function otherCase(meeting: MeetingTable): CrossQuery<IdentityRow> {
  const { table } = meeting;
  const column = levelColumn(meeting);
  const images = `(SELECT ${column} AS uid, case_id, count(*) AS n FROM instance WHERE ${column} IN (SELECT uid FROM ${meetingRows(meeting)}) AND case_id IS NOT NULL GROUP BY ALL)`;
  const linked = `(SELECT DISTINCT source, source_row FROM ${casesOf(table)})`;
  const met = `${meetingRows(meeting)} AS r JOIN ${linked} USING (source, source_row) JOIN ${images} AS i USING (uid)`;
  return {
    code: 'XCK-001',
    subjects: rowsWithImages(meeting),
    sql: `SELECT source, source_row, any_value(key) AS key, '' AS path, sum(n)::BIGINT AS n FROM
        (SELECT source, source_row, key, case_id, n FROM ${met}) AS m ANTI JOIN ${casesOf(table)} USING (source, source_row, case_id)
      GROUP BY source, source_row`,
    draft: (row) => ({
      message: 'The images of the row belong to another case than the row.',
      location: rowLocation(table, row),
      expected: 'images with the PatientID of the case that the row names',
      found: `${row.n} of another case`,
      content: 'case',
    }),
  };
}

/** Several PatientIDs may lead to a case only when the link is a column of its own; then they are one person under two names. */
function severalPatients(): CrossQuery<IdentityRow> {
  return {
    code: 'XCK-001',
    subjects: `(SELECT 1 FROM case_ WHERE status = 'accepted' AND case_id IN (SELECT case_id FROM instance))`,
    sql: `SELECT '' AS source, 0 AS source_row, case_id AS key, '' AS path, count(*) AS n FROM (SELECT DISTINCT case_id, PatientID FROM ${RELEASED_IMAGES}) GROUP BY case_id HAVING count(*) > 1`,
    draft: (row) => ({
      message: 'The images of the case have more than one PatientID.',
      location: { kind: 'case', key: row.key ?? '' },
      expected: 'one PatientID a case',
      found: String(row.n),
      content: String(row.n),
    }),
  };
}

/**
 * Folders named after cases: where most folders of a source name their case at one depth, none there may name another.
 * What is no name of a case or patient says nothing.
 */
function otherFolder(): CrossQuery<IdentityRow> {
  const folders = `SELECT source, parse_dirpath(path, 'forward_slash') AS folder, case_id, count(*) AS n, min(path) AS path
    FROM ${RELEASED_IMAGES} WHERE contains(path, '/') GROUP BY ALL`;
  const named = `WITH folder AS MATERIALIZED (${folders}),
    part AS (SELECT source, folder, case_id, n, path, unnest(string_split(folder, '/')) AS name, generate_subscripts(string_split(folder, '/'), 1) AS depth FROM folder),
    name AS (SELECT DISTINCT PatientID AS name, case_id FROM instance WHERE PatientID <> '' AND case_id IS NOT NULL UNION SELECT case_id, case_id FROM case_),
    met AS MATERIALIZED (SELECT source, folder, part.case_id, depth, path, any_value(n) AS n, bool_or(name.case_id = part.case_id) AS own
      FROM part JOIN name USING (name) GROUP BY ALL),
    custom AS (SELECT source, depth FROM met GROUP BY ALL HAVING count(*) FILTER (own) > count(*) FILTER (NOT own))`;
  return {
    code: 'XCK-001',
    subjects: `(SELECT DISTINCT source FROM instance)`,
    sql: `${named} SELECT source, 0 AS source_row, NULL::VARCHAR AS key, source || '/' || path AS path, n FROM met JOIN custom USING (source, depth) WHERE NOT own`,
    draft: (row) => ({
      message: 'The folder is named after another case than that of the images in it.',
      location: { kind: 'file', path: row.path, tag: 'PatientID' },
      expected: 'the folder of the case that PatientID names',
      found: `${row.n} ${row.n === 1 ? 'image' : 'images'} in it`,
      content: 'folder',
    }),
  };
}
