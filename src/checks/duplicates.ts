import type { ClinicalTable } from './check.js';
import { standsFor, UID_TAGS } from './cross/meeting.js';
import { showName } from './mask.js';
import { identifier, judgedRows, recurs, RELEASED_IMAGES, rowLocation, sqlCheck, type SqlQuery } from './sql.js';

const NO_IMAGES = 'there are no image files';

interface FileRow {
  source: string;
  path: string;
  other_source: string;
  other_path: string;
  sha256: string;
  name: string;
}

/**
 * Every file of a group but its first, by source and path, together with the first. Groups of several files are few, and
 * only of their files anything but the column is held.
 */
function laterFiles(groupColumn: string, where: string, having: string): string {
  return `
    WITH several AS (SELECT ${groupColumn} FROM ${RELEASED_IMAGES} WHERE ${where} AND ${recurs(groupColumn, RELEASED_IMAGES)} GROUP BY ${groupColumn} HAVING ${having}),
    file AS (SELECT source, path, sha256, SOPInstanceUID FROM ${RELEASED_IMAGES} WHERE ${groupColumn} IN (FROM several))
    SELECT f.source, f.path, g.first.source AS other_source, g.first.path AS other_path, f.sha256, f.${groupColumn} AS name
    FROM file AS f
    JOIN (SELECT ${groupColumn} AS k, min({source: source, path: path}) AS first FROM file WHERE ${where} GROUP BY ${groupColumn}) AS g ON g.k = f.${groupColumn}
    WHERE (f.source, f.path) <> (g.first.source, g.first.path)`;
}

/** DUP-001: two files of the release with the same bytes. */
export const sameBytesCheck = sqlCheck<FileRow>('DUP-001', (input) => {
  if (input.images === 0) return NO_IMAGES;
  return [
    {
      subjects: RELEASED_IMAGES,
      sql: laterFiles('sha256', 'sha256 IS NOT NULL', 'count(*) > 1'),
      draft: (row) => ({
        message: 'The file holds the same bytes as another one.',
        location: { kind: 'file', path: `${row.source}/${row.path}` },
        expected: 'bytes of its own',
        found: `the bytes of ${row.other_source}/${row.other_path}`,
        content: row.sha256,
      }),
    },
  ];
});

/** DUP-002: one SOPInstanceUID, different bytes. */
export const sameInstanceCheck = sqlCheck<FileRow>('DUP-002', (input) => {
  if (input.images === 0) return NO_IMAGES;
  return [
    {
      subjects: RELEASED_IMAGES,
      sql: `SELECT * FROM (${laterFiles('SOPInstanceUID', "SOPInstanceUID <> '' AND sha256 IS NOT NULL", 'min(sha256) <> max(sha256)')}) AS later
        WHERE sha256 <> (SELECT i.sha256 FROM instance AS i WHERE i.source = later.other_source AND i.path = later.other_path)`,
      draft: (row) => ({
        message: 'The file has the SOPInstanceUID of another one, but other bytes.',
        location: { kind: 'file', path: `${row.source}/${row.path}`, key: row.name, tag: 'SOPInstanceUID' },
        expected: `the bytes of ${row.other_source}/${row.other_path}`,
        found: `sha256 ${row.sha256.slice(0, 12)}…`,
        content: row.sha256,
      }),
    },
  ];
});

interface TwinRow {
  source: string;
  source_row: number;
  key: string | null;
  first_source: string;
  first_row: number;
  same_key: boolean;
}

/**
 * DUP-005: rows that are there twice, and in tables of facts about cases rows that are equal in every column but the
 * key. The case table is not one of these: two people may share every demographic.
 */
export const sameRowCheck = sqlCheck<TwinRow>('DUP-005', (input) =>
  input.tables.length === 0 ? 'no clinical table was loaded' : input.tables.map((table) => twinRows(table)),
);

function twinRows(table: ClinicalTable): SqlQuery<TwinRow> {
  const key = table.key !== null && table.columns.includes(table.key) ? identifier(table.key) : 'NULL::VARCHAR';
  const facts = table.role === 'fact' ? factColumns(table) : [];
  const compared = facts.length > 0 ? table.columns.filter((name) => name !== table.key && !isSystem(table, name)) : table.columns;
  const cells = compared.map(identifier).join(', ');
  const rows = `SELECT * FROM ${judgedRows(table)}${facts.length > 0 ? ` WHERE ${facts.map((name) => `${identifier(name)} IS NOT NULL`).join(' OR ')}` : ''}`;
  // The hash finds candidates in little memory; the partition by the cells themselves decides.
  return {
    subjects: table.rows,
    sql: `
      WITH suspect AS (SELECT hash(${cells}) AS h FROM (${rows}) GROUP BY h HAVING count(*) > 1),
      grouped AS (
        SELECT source, source_row, ${key} AS key,
          first_value({source: source, source_row: source_row, key: ${key}}) OVER (PARTITION BY ${cells} ORDER BY source, source_row) AS first
        FROM (${rows}) WHERE hash(${cells}) IN (SELECT h FROM suspect))
      SELECT source, source_row, key, first.source AS first_source, first.source_row AS first_row, key IS NOT DISTINCT FROM first.key AS same_key
      FROM grouped WHERE (source, source_row) <> (first.source, first.source_row)`,
    draft: (row) => ({
      message: row.same_key ? 'The row is there twice.' : 'The row says the same as another one, under another key.',
      location: rowLocation(table, row),
      expected: 'a fact once',
      found: `the same as row ${row.first_row}${row.first_source === row.source ? '' : ` of ${row.first_source}`}`,
      content: row.same_key ? 'twice' : 'other key',
    }),
  };
}

/**
 * Columns one of which must be filled for a row to state a fact: all but key, links and administration; the UID alone
 * where rows stand for DICOM studies or series. None: only rows that are equal in every column are twins.
 */
function factColumns(table: ClinicalTable): string[] {
  const level = standsFor(table);
  const uid = level === null || level === 'none' ? undefined : table.schema?.columns.find(({ dicomTag }) => dicomTag === UID_TAGS[level]);
  if (uid !== undefined) return table.columns.filter((name) => name === uid.name);
  const links = new Set(table.schema?.links.map(({ column }) => column));
  return table.columns.filter((name) => name !== table.key && !links.has(name) && !isAdministrative(table, name));
}

/** What the row is filed under says nothing about the case: system columns, repeated keys, the name of the table. */
function isAdministrative(table: ClinicalTable, name: string): boolean {
  const column = table.schema?.columns.find((candidate) => candidate.name === name);
  return column?.system === true || column?.role === 'repeats' || column?.enum?.length === 1;
}

function isSystem(table: ClinicalTable, name: string): boolean {
  return table.schema?.columns.find((column) => column.name === name)?.system === true;
}

interface CollisionRow {
  kind: 'case' | 'table' | 'file';
  name: string;
  first: string;
}

/** DUP-007: names that are one on file systems that fold case or Unicode forms. */
export const sameNameCheck = sqlCheck<CollisionRow>('DUP-007', (input) => {
  const names = [
    `SELECT 'case' AS kind, case_id AS name FROM case_ WHERE status = 'accepted'`,
    `SELECT 'table', table_name FROM clinical_table`,
    `SELECT 'file', source || '/' || path FROM ${RELEASED_IMAGES}`,
  ].join(' UNION ALL ');
  const folded = `(SELECT kind, name, lower(nfc_normalize(name)) AS fold FROM (${names}))`;
  if (input.acceptedCases + input.tables.length === 0) return 'there are no cases and no tables';
  return [
    {
      subjects: `(${names})`,
      sql: `
        WITH colliding AS (SELECT kind, fold, min(name) AS first FROM ${folded} WHERE ${recurs('fold', folded)} GROUP BY kind, fold HAVING count(*) > 1)
        SELECT kind, name, first FROM ${folded} JOIN colliding USING (kind, fold) WHERE name <> first`,
      draft: (row) => ({
        message: `The ${row.kind === 'file' ? 'path' : row.kind === 'case' ? 'case id' : 'table name'} differs from another one in case or Unicode form only.`,
        location: collisionLocation(row),
        expected: 'a name of its own on every file system',
        found: `the same as ${showName(row.first)} there`,
        content: row.first,
      }),
    },
  ];
});

function collisionLocation({ kind, name }: CollisionRow) {
  if (kind === 'file') return { kind: 'file' as const, path: name };
  return kind === 'case' ? { kind: 'case' as const, key: name } : { kind: 'table' as const, table: name };
}

