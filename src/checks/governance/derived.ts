import type { Check, CheckInput, ClinicalTable, Coverage, FindingDraft } from '../check.js';
import { showName } from '../mask.js';
import { literal, RELEASED_IMAGES } from '../sql.js';
import { cellMembers, clinicalText, type RowName, type TextColumn, type TextTable } from '../security/text-columns.js';
import { HIDDEN_IMAGES } from './hidden-names.js';
import { publishedTables, releasedRows } from './released-rows.js';

/** How a UID begins: what SQL looks for before it compares. In a list it may be any member. */
function uidLike({ text, separator }: TextColumn): string {
  return `regexp_matches(${text}, ${literal(`${separator === null ? '^ ?' : ''}[0-9]+[.][0-9]+[.][0-9]`)})`;
}

/** GOV-004: objects and rows that refer to images of a case which is in no release. */
export const derivedCheck: Check = {
  codes: ['GOV-004'],
  async *run(input: CheckInput, coverage: Coverage): AsyncGenerator<FindingDraft> {
    const hidden = hiddenUids(input);
    const [known] = await input.catalog.all<{ n: number; inspected: number }>(
      `SELECT (SELECT count(*) FROM (SELECT 1 FROM ${hidden} LIMIT 1)) AS n, (SELECT count(*) FROM duckdb_views() WHERE view_name = 'inspection') AS inspected`,
    );
    if ((known?.n ?? 0) === 0) return coverage.notApplicable('GOV-004', 'no image of a withdrawn or withheld case is known');
    const tables = publishedTables(input);
    coverage.looked('GOV-004', tables.reduce((sum, { rows }) => sum + rows, 0));
    for (const table of tables) yield* referringRows(input, table, hidden);
    if ((known?.inspected ?? 0) > 0) yield* referringFiles(input, coverage, hidden);
  },
};

const UIDS = ['StudyInstanceUID', 'SeriesInstanceUID', 'SOPInstanceUID'];

/**
 * SQL relation (uid) of studies, series and images that no release may refer to: of hidden cases of this catalog, and of
 * withdrawn cases as the releases before name them.
 */
function hiddenUids({ releases }: CheckInput): string {
  const columns = (relation: string): string[] => UIDS.map((uid) => `SELECT ${uid} AS uid FROM ${relation} WHERE ${uid} <> ''`);
  const earlier = releases.flatMap(({ tables }) => {
    const instances = tables.get('instances');
    return instances === undefined ? [] : columns(`(SELECT * FROM ${instances} WHERE case_id IN (SELECT case_id FROM case_ WHERE status = 'withdrawn'))`);
  });
  return `(SELECT DISTINCT uid FROM (${[...columns(HIDDEN_IMAGES), ...earlier].join(' UNION ALL ')}))`;
}

/** SQL condition: no released image has the UID too; one that has is a copy, which GOV-002 tells. Asked of few. */
const NOT_RELEASED = UIDS.map((uid) => `uid NOT IN (SELECT ${uid} FROM ${RELEASED_IMAGES} WHERE ${uid} <> '')`).join(' AND ');

async function* referringRows(input: CheckInput, table: ClinicalTable, hidden: string): AsyncGenerator<FindingDraft> {
  const text = clinicalText(table, releasedRows(table));
  for (const column of await uidColumns(input, text)) {
    const members = cellMembers(text, column, uidLike(column));
    const sql = `
      WITH met AS (SELECT h.uid, count(*) AS n, min(v.first) AS first FROM (${members}) AS v JOIN ${hidden} AS h ON h.uid = v.text GROUP BY h.uid)
      SELECT uid, n, first FROM met WHERE ${NOT_RELEASED} ORDER BY uid`;
    for await (const rows of input.catalog.stream<{ uid: string; n: number; first: RowName }>(sql))
      for (const { uid, n, first } of rows)
        yield {
          code: 'GOV-004',
          message: 'The row refers to a study, series or image of a case that is in no release.',
          location: text.locate(column.name, first, ''),
          expected: 'references to released images',
          found: `${showName(uid)} in ${n} ${n === 1 ? 'row' : 'rows'}${first.key === null ? '' : `, first ${showName(first.key)}`}`,
          content: uid,
        };
  }
}

async function uidColumns({ catalog }: CheckInput, { relation, columns }: TextTable): Promise<TextColumn[]> {
  if (columns.length === 0) return [];
  const counts = columns.map((column, at) => `count(*) FILTER (${uidLike(column)}) AS c${at}`);
  const [row] = await catalog.all<Record<string, number>>(`SELECT ${counts.join(', ')} FROM ${relation}`);
  return columns.filter((_, at) => (row?.[`c${at}`] ?? 0) > 0);
}

/** Segmentations, reports and presentation states whose references were read with the files. */
async function* referringFiles({ catalog }: CheckInput, coverage: Coverage, hidden: string): AsyncGenerator<FindingDraft> {
  const referring = `(SELECT i.source, i.path, i.sha256, p.referenced_instances FROM ${RELEASED_IMAGES} AS i JOIN inspection AS p ON p.source = i.source AND p.path = i.path WHERE len(p.referenced_instances) > 0)`;
  const [count] = await catalog.all<{ n: number }>(`SELECT count(*) AS n FROM ${referring}`);
  coverage.looked('GOV-004', count?.n ?? 0);
  const sql = `
    WITH met AS (
      SELECT r.source, r.path, r.sha256, h.uid
      FROM (SELECT source, path, sha256, unnest(referenced_instances) AS uid FROM ${referring}) AS r JOIN ${hidden} AS h ON h.uid = r.uid)
    SELECT source, path, any_value(sha256) AS sha256, count(*) AS n FROM met WHERE ${NOT_RELEASED} GROUP BY source, path ORDER BY source, path`;
  for await (const rows of catalog.stream<{ source: string; path: string; sha256: string | null; n: number }>(sql))
    for (const { source, path, sha256, n } of rows)
      yield {
        code: 'GOV-004',
        message: 'The object was derived from images of a case that is in no release.',
        location: { kind: 'file', path: `${source}/${path}` },
        hint: 'Remove the object: it shows what was withdrawn.',
        expected: 'references to released images',
        found: `${n} ${n === 1 ? 'reference' : 'references'}`,
        content: sha256 ?? '',
      };
}
