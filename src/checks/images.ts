import type { CheckInput, ClinicalTable } from './check.js';
import { standsFor, UID_TAGS } from './cross/meeting.js';
import { identifier, judgedRows, recurs, RELEASED_IMAGES, rowLocation, sqlCheck, type SqlQuery } from './sql.js';

const NO_IMAGES = 'there are no image files';

/** A table whose rows stand for studies or series, with SQL for the UID of a row: its UID column, else its key. */
interface UidTable {
  table: ClinicalTable;
  uid: string;
}

function uidTables(input: CheckInput, level: 'study' | 'series'): UidTable[] {
  return input.tables.flatMap((table) => {
    if (standsFor(table) !== level) return [];
    const column = uidColumn(table, level) ?? null;
    const names = [column, table.key].filter((name) => name !== null && table.columns.includes(name)) as string[];
    return names.length === 0 ? [] : [{ table, uid: `coalesce(${names.map(identifier).join(', ')})` }];
  });
}

function uidColumn(table: ClinicalTable, level: 'study' | 'series'): string | undefined {
  return table.schema?.columns.find(({ dicomTag }) => dicomTag === UID_TAGS[level])?.name;
}

/** (table_name, source, source_row, key, uid) of every judged row of the tables. */
function uidRows(tables: UidTable[]): string {
  const selects = tables.map(({ table, uid }) => {
    const key = table.key !== null && table.columns.includes(table.key) ? identifier(table.key) : 'NULL::VARCHAR';
    return `SELECT '${table.name.replaceAll("'", "''")}' AS table_name, source, source_row, ${key} AS key, ${uid} AS uid FROM ${judgedRows(table)}`;
  });
  return `(${selects.join(' UNION ALL ')})`;
}

interface SeriesRow {
  kind: 'image' | 'row' | 'twice';
  table_name: string;
  source: string;
  source_row: number;
  key: string | null;
  path: string;
  uid: string;
  n: number;
}

/** REF-003: images and the rows of the series tables meet one to one. */
export const seriesCheck = sqlCheck<SeriesRow>('REF-003', (input) => {
  const tables = uidTables(input, 'series');
  if (!input.imageSource && input.images === 0) return 'no source of images is configured';
  if (tables.length === 0) return 'no table of series was loaded';
  const rows = uidRows(tables);
  const find = (name: string) => input.tables.find((table) => table.name === name) as ClinicalTable;
  const rowDraft = (row: SeriesRow, message: string, expected: string, found: string) => ({
    message,
    location: rowLocation(find(row.table_name), row),
    expected,
    found,
    content: row.uid,
  });
  return [
    {
      subjects: `(SELECT DISTINCT SeriesInstanceUID FROM ${RELEASED_IMAGES})`,
      sql: `SELECT 'image' AS kind, '' AS table_name, any_value(source) AS source, 0 AS source_row, NULL::VARCHAR AS key, min(source || '/' || path) AS path,
          coalesce(SeriesInstanceUID, '') AS uid, count(*) AS n
        FROM ${RELEASED_IMAGES} WHERE coalesce(SeriesInstanceUID, '') NOT IN (SELECT uid FROM ${rows} WHERE uid IS NOT NULL)
        GROUP BY SeriesInstanceUID`,
      draft: (row) => ({
        message: 'The images of the series belong to no row of the series tables.',
        location: { kind: 'file', path: row.path, ...(row.uid === '' ? {} : { key: row.uid }), tag: 'SeriesInstanceUID' },
        expected: `a row of ${tables.map(({ table }) => table.name).join(', ')}`,
        found: `${row.n} ${row.n === 1 ? 'image' : 'images'} without one`,
        content: row.uid,
      }),
    },
    {
      subjects: rows,
      sql: `SELECT 'row' AS kind, table_name, source, source_row, key, '' AS path, coalesce(uid, '') AS uid, 0 AS n FROM ${rows}
        WHERE coalesce(uid, '') NOT IN (SELECT SeriesInstanceUID FROM ${RELEASED_IMAGES} WHERE SeriesInstanceUID IS NOT NULL)`,
      draft: (row) => rowDraft(row, 'The row of the series has no images.', 'at least one image', 'none'),
    },
    {
      subjects: 0,
      sql: `SELECT 'twice' AS kind, r.table_name, r.source, r.source_row, r.key, '' AS path, r.uid, twice.n FROM ${rows} AS r
        JOIN (SELECT uid, count(*) AS n, min({t: table_name, s: source, r: source_row}) AS first FROM ${rows} WHERE uid <> '' GROUP BY uid HAVING count(*) > 1) AS twice
          ON twice.uid = r.uid
        WHERE (r.table_name, r.source, r.source_row) <> (twice.first.t, twice.first.s, twice.first.r)`,
      draft: (row) => rowDraft(row, 'The series is in more than one row.', 'one row a series', `${row.n} rows`),
    },
  ];
});

interface ThinRow {
  kind: 'case' | 'study' | 'patient' | 'nameless';
  table_name: string;
  source: string;
  source_row: number;
  key: string | null;
  path: string;
  content: string;
  n: number;
}

/** REF-004: cases without images, studies without images, images whose patient is no case. */
export const completenessCheck = sqlCheck<ThinRow>('REF-004', (input) => {
  if (!input.imageSource && input.images === 0) return 'no source of images is configured';
  const studies = uidTables(input, 'study');
  return [casesWithoutImages(), ...(studies.length === 0 ? [] : [studiesWithoutImages(input, studies)]), patientsWithoutCase(input)];
});

function casesWithoutImages(): SqlQuery<ThinRow> {
  return {
    subjects: "(SELECT 1 FROM case_ WHERE status = 'accepted')",
    sql: `SELECT 'case' AS kind, '' AS table_name, '' AS source, 0 AS source_row, case_id AS key, '' AS path, '' AS content, 0 AS n
      FROM case_ WHERE status = 'accepted' AND case_id NOT IN (SELECT case_id FROM instance WHERE case_id IS NOT NULL)`,
    draft: (row) => ({
      message: 'The case has no images.',
      location: { kind: 'case', key: row.key ?? '' },
      expected: 'at least one study',
      found: 'none',
      content: '',
    }),
  };
}

function studiesWithoutImages(input: CheckInput, studies: UidTable[]): SqlQuery<ThinRow> {
  return {
    subjects: uidRows(studies),
    sql: `SELECT 'study' AS kind, table_name, source, source_row, key, '' AS path, coalesce(uid, '') AS content, 0 AS n FROM ${uidRows(studies)}
      WHERE coalesce(uid, '') NOT IN (SELECT StudyInstanceUID FROM ${RELEASED_IMAGES} WHERE StudyInstanceUID IS NOT NULL)`,
    draft: (row) => ({
      message: 'The study has no series.',
      location: rowLocation(input.tables.find(({ name }) => name === row.table_name) as ClinicalTable, row),
      expected: 'at least one image with its StudyInstanceUID',
      found: 'none',
      content: row.content,
    }),
  };
}

/** The PatientID is not shown: of images that meet no case nobody has said that it is a pseudonym. */
function patientsWithoutCase(input: CheckInput): SqlQuery<ThinRow> {
  return {
    subjects: "(SELECT DISTINCT PatientID FROM instance WHERE status <> 'unreadable')",
    sql: `SELECT CASE WHEN coalesce(PatientID, '') = '' THEN 'nameless' ELSE 'patient' END AS kind, '' AS table_name, any_value(source) AS source,
        0 AS source_row, NULL::VARCHAR AS key, min(source || '/' || path) AS path, coalesce(PatientID, '') AS content, count(*) AS n
      FROM instance WHERE case_id IS NULL AND status <> 'unreadable' GROUP BY coalesce(PatientID, '')`,
    draft: (row) => ({
      message: row.kind === 'nameless' ? 'Images have no PatientID, so they belong to no case and are not released.' : 'The PatientID of the images meets no case, so they are not released.',
      location: { kind: 'file', path: row.path, tag: 'PatientID' },
      hint: row.kind === 'patient' ? 'See `link` in colophon.yaml, or add the row of the case.' : undefined,
      expected: input.config.link === undefined ? 'the key of a case' : `a value of ${input.config.link.patient_id}`,
      found: `${row.n} ${row.n === 1 ? 'image' : 'images'} ${row.kind === 'nameless' ? 'without one' : 'with one that no case has'}`,
      content: row.content,
    }),
  };
}

interface TreeRow {
  level: 'instance' | 'series' | 'study';
  uid: string;
  parents: number;
  path: string;
}

const TREE: { level: TreeRow['level']; uid: string; parent: string }[] = [
  { level: 'instance', uid: 'SOPInstanceUID', parent: 'SeriesInstanceUID' },
  { level: 'series', uid: 'SeriesInstanceUID', parent: 'StudyInstanceUID' },
  { level: 'study', uid: 'StudyInstanceUID', parent: 'PatientID' },
];

const PARENT_WORDS = { instance: 'series', series: 'studies', study: 'patients' } as const;

/** REF-005: the images form a tree, also where only some of them are released. */
export const treeCheck = sqlCheck<TreeRow>('REF-005', (input) => {
  if (input.images === 0) return NO_IMAGES;
  return [
    ...TREE.map(({ level, uid, parent }): SqlQuery<TreeRow> => ({
      subjects: `(SELECT DISTINCT ${uid} FROM ${RELEASED_IMAGES})`,
      // of a million UIDs only those that two parents have are counted
      sql: `WITH torn AS (SELECT ${uid} FROM instance WHERE ${uid} <> ''${level === 'instance' ? ` AND ${recurs(uid, 'instance')}` : ''} GROUP BY ${uid} HAVING min(coalesce(${parent}, '')) <> max(coalesce(${parent}, '')))
        SELECT '${level}' AS level, ${uid} AS uid, count(DISTINCT coalesce(${parent}, '')) AS parents, min(source || '/' || path) AS path
        FROM instance WHERE ${uid} IN (SELECT ${uid} FROM ${RELEASED_IMAGES} WHERE ${uid} IN (FROM torn)) GROUP BY ${uid}`,
      draft: (row) => ({
        message: `One ${row.level} is in ${row.parents} ${PARENT_WORDS[row.level]}.`,
        location: { kind: 'file', path: row.path, key: row.uid, tag: uid },
        expected: `one ${parent}`,
        found: String(row.parents),
        content: String(row.parents),
      }),
    })),
    missingUids(),
  ];
});

/** An image without its three UIDs has no place in the tree. */
function missingUids(): SqlQuery<TreeRow> {
  return {
    subjects: 0,
    sql: `SELECT 'instance' AS level, '' AS uid, 0 AS parents, source || '/' || path AS path FROM ${RELEASED_IMAGES}
      WHERE status = 'ok' AND (coalesce(SOPInstanceUID, '') = '' OR coalesce(SeriesInstanceUID, '') = '' OR coalesce(StudyInstanceUID, '') = '')`,
    draft: (row) => ({
      message: 'The image lacks its SOP, series or study instance UID, so it has no place in the dataset.',
      location: { kind: 'file', path: row.path },
      expected: 'SOPInstanceUID, SeriesInstanceUID and StudyInstanceUID',
      found: 'not all three',
      content: 'uid',
    }),
  };
}

interface KeyUidRow {
  table_name: string;
  source: string;
  source_row: number;
  key: string;
  n: number;
}

/** REF-007: the key of a study or series row is its UID. Said once where no row of a table does so: that is a choice. */
export const keyUidCheck = sqlCheck<KeyUidRow>('REF-007', (input) => {
  const withBoth = (['study', 'series'] as const).flatMap((level) =>
    uidTables(input, level).flatMap(({ table }) => {
      const column = uidColumn(table, level) ?? '';
      const isBoth = table.key !== null && table.key !== column && table.columns.includes(table.key) && table.columns.includes(column);
      return isBoth ? [{ table, key: table.key ?? '', column }] : [];
    }),
  );
  if (withBoth.length === 0) return 'no table of studies or series has both a key and a UID column';
  return withBoth.map((entry) => keysThatDiffer(entry));
});

function keysThatDiffer({ table, key, column }: { table: ClinicalTable; key: string; column: string }): SqlQuery<KeyUidRow> {
  const differ = `(SELECT source, source_row, ${identifier(key)} AS key FROM ${judgedRows(table)} WHERE ${identifier(column)} <> '' AND ${identifier(key)} <> ${identifier(column)})`;
  const agree = `EXISTS (SELECT 1 FROM ${judgedRows(table)} WHERE ${identifier(key)} = ${identifier(column)})`;
  return {
    subjects: table.rows,
    sql: `SELECT source, source_row, key, 0 AS n FROM ${differ} WHERE ${agree}
      UNION ALL SELECT '', 0, '', count(*) FROM ${differ} WHERE NOT ${agree} HAVING count(*) > 0`,
    draft: (row) =>
      row.n > 0
        ? {
            message: `No row of ${table.name} has its UID as key.`,
            location: { kind: 'table', table: table.name, column: key },
            expected: column,
            found: `${row.n} rows with another key`,
            content: column,
          }
        : {
            message: 'The key of the row is not its UID.',
            location: rowLocation(table, row, key),
            expected: column,
            found: 'another key',
            content: row.key,
          },
  };
}
