import type { CheckInput, ClinicalTable } from './check.js';
import { crossCheck, type CrossQuery, type PlacedRow } from './cross/cross-check.js';
import { presentColumns, rowsOf, UID_TAGS } from './cross/meeting.js';
import { identifier, literal, RELEASED_IMAGES, rowLocation } from './sql.js';

/** Table of a release with one row an image. */
const RELEASED_TABLE = 'instances';

/** Objects that are about images, by the beginning of their SOP class (P3.4 B.5): SEG, PR, SR and KOS, RT, spatial registration. */
const ABOUT_IMAGES = ['1.2.840.10008.5.1.4.1.1.66.', '1.2.840.10008.5.1.4.1.1.11.', '1.2.840.10008.5.1.4.1.1.88.', '1.2.840.10008.5.1.4.1.1.481.'];

interface MissingRow extends PlacedRow {
  path: string;
  about: boolean;
  missing: number;
  digest: string;
}

/**
 * REF-006: what refers to images refers to images of this release or of an earlier one. An image that names another one,
 * such as its localizer, is still an image without it: then it is a warning.
 */
export const referenceCheck = crossCheck<MissingRow>(['REF-006'], (input) => {
  const rows = input.tables.flatMap((table) => rowReferences(input, table));
  if (input.images === 0 && rows.length === 0) return 'there are no image files';
  return [fileReferences(input), ...rows];
});

/** SOP Instance UIDs that a recipient has: of this release, and of earlier ones but for cases that were taken back since. */
function knownInstances({ releases }: CheckInput): string {
  const earlier = releases.flatMap(({ tables }) => {
    const relation = tables.get(RELEASED_TABLE);
    return relation === undefined ? [] : [`SELECT SOPInstanceUID FROM ${relation} WHERE case_id NOT IN (SELECT case_id FROM case_ WHERE status IN ('withdrawn', 'withheld'))`];
  });
  return `(${[`SELECT SOPInstanceUID FROM ${RELEASED_IMAGES}`, ...earlier].join(' UNION ALL ')})`;
}

function fileReferences(input: CheckInput): CrossQuery<MissingRow> {
  const about = ABOUT_IMAGES.map((root) => `starts_with(coalesce(i.SOPClassUID, ''), ${literal(root)})`).join(' OR ');
  // Of plain images one finding a series: they usually all refer to the same localizer.
  const referring = `(SELECT i.source, i.path, (${about}) AS about, CASE WHEN ${about} THEN i.source || '/' || i.path ELSE coalesce(i.SeriesInstanceUID, '') END AS place, x.referenced_instances AS named FROM ${RELEASED_IMAGES} AS i JOIN inspection AS x ON x.source = i.source AND x.path = i.path
    WHERE len(x.referenced_instances) > 0)`;
  return {
    code: 'REF-006',
    subjects: referring,
    sql: `SELECT '' AS source, 0 AS source_row, NULL::VARCHAR AS key, min(source || '/' || path) AS path, about, count(DISTINCT uid) AS missing,
        md5(string_agg(DISTINCT uid, ' ' ORDER BY uid)) AS digest
      FROM (SELECT source, path, about, place, unnest(named) AS uid FROM ${referring}) WHERE uid NOT IN (SELECT SOPInstanceUID FROM ${knownInstances(input)} WHERE SOPInstanceUID IS NOT NULL)
      GROUP BY place, about`,
    draft: (row) => ({
      ...(row.about ? {} : { level: 'warning' as const }),
      message: row.about ? 'The object refers to images that are in no release.' : 'Images of the series refer to other images that are in no release.',
      location: { kind: 'file', path: row.path },
      expected: 'SOP Instance UIDs of this release, or of an earlier one that holds them',
      found: `${row.missing} that ${row.missing === 1 ? 'is' : 'are'} in none`,
      content: row.digest,
    }),
  };
}

/** Rows about images, by the column that repeats SOPInstanceUID: one UID, or a list of them. */
function rowReferences(input: CheckInput, table: ClinicalTable): CrossQuery<MissingRow>[] {
  const column = presentColumns(table).find(({ dicomTag }) => dicomTag === UID_TAGS.instance);
  if (column === undefined || (input.images === 0 && !input.imageSource)) return [];
  const name = identifier(column.name);
  const uids = column.type === 'array' ? `unnest(string_split(${name}, ${literal(table.schema?.listSeparator ?? ',')}))` : name;
  const named = rowsOf(table, [`trim(${uids}) AS uid`], `${name} <> ''`);
  return [
    {
      code: 'REF-006',
      subjects: named,
      sql: `SELECT source, source_row, any_value(key) AS key, '' AS path, true AS about, count(*) AS missing, md5(string_agg(uid, ' ' ORDER BY uid)) AS digest
        FROM (SELECT * FROM ${named}) WHERE uid NOT IN (SELECT SOPInstanceUID FROM ${knownInstances(input)} WHERE SOPInstanceUID IS NOT NULL) GROUP BY source, source_row`,
      draft: (row) => ({
        message: `${column.name} names images that are in no release.`,
        location: rowLocation(table, row, column.name),
        expected: 'SOP Instance UIDs of this release, or of an earlier one that holds them',
        found: `${row.missing} that ${row.missing === 1 ? 'is' : 'are'} in none`,
        content: row.digest,
      }),
    },
  ];
}
