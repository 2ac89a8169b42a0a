import { quoteIdentifier, quoteLiteral, type Catalog } from '../catalog/catalog.js';
import type { OverlapKey } from '../model/split-overlap.js';
import type { CaseLookup } from '../splits/overlap-set.js';

/** Columns of clinical tables with the GUID of a file. */
const OBJECT_COLUMN = /^(?:object_id|guid|did|file_guid)$/i;

/** Columns of the images by what they are keys of. */
const UID_COLUMNS = new Map<OverlapKey, string>([
  ['study', 'StudyInstanceUID'],
  ['series', 'SeriesInstanceUID'],
  ['instance', 'SOPInstanceUID'],
]);

/** Looks up which cases ids belong to: accepted or not, as long as the catalog knows them. */
export function lookUpCases(catalog: Catalog): CaseLookup {
  return async (key, ids) => {
    const known = await relationOf(catalog, key);
    if (known === null || ids.length === 0) return new Map();
    const rows = await catalog.all<{ id: string; case_id: string }>(
      `SELECT asked.id, min(known.case_id) AS case_id FROM (SELECT DISTINCT unnest(?::VARCHAR[]) AS id) AS asked JOIN (${known}) AS known ON known.id = asked.id GROUP BY asked.id`,
      [ids],
    );
    return new Map(rows.map(({ id, case_id }) => [id, case_id]));
  };
}

/** SQL of (id, case_id) for a kind of ids; null when the catalog has none of the kind. */
async function relationOf(catalog: Catalog, key: OverlapKey): Promise<string | null> {
  if (key === 'case') return 'SELECT case_id AS id, case_id FROM case_';
  const column = UID_COLUMNS.get(key);
  if (column !== undefined) return `SELECT ${column} AS id, case_id FROM instance WHERE case_id IS NOT NULL AND ${column} <> ''`;
  if (key !== 'object') return null;
  const tables = await catalog.all<{ table_name: string; columns: string[] }>('SELECT table_name, columns FROM clinical_table ORDER BY table_name');
  const selects = tables.flatMap(({ table_name, columns }) => {
    const object = columns.find((name) => OBJECT_COLUMN.test(name));
    if (object === undefined) return [];
    const cell = `rows.${quoteIdentifier(object)}::VARCHAR`;
    return [
      `SELECT lower(regexp_replace(${cell}, '^.*/', '')) AS id, link.case_id FROM ${quoteIdentifier(`clinical_${table_name}`)} AS rows
       JOIN row_case AS link ON link.table_name = ${quoteLiteral(table_name)} AND link.source = rows.source AND link.source_row = rows.source_row WHERE ${cell} <> ''`,
    ];
  });
  return selects.length === 0 ? null : selects.join(' UNION ALL ');
}
