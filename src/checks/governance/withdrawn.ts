import { maskedCase } from '../../model/amendment.js';
import type { Check, CheckInput, ClinicalTable, Coverage, FindingDraft } from '../check.js';
import { showName } from '../mask.js';
import { identifier, literal, RELEASED_IMAGES, rowLocation } from '../sql.js';
import { HIDDEN_IMAGES, namePattern } from './hidden-names.js';
import { mentions } from './name-search.js';
import { keyColumn, publishedTables, releasedRows } from './released-rows.js';

/** Columns in which a data commons says how far a record may go, and what they say of one that may not. */
const STATE_COLUMN = /^(?:[a-z]+_)*state$/i;
const HELD_BACK = ['withdrawn', 'suppressed', 'redacted', 'embargoed', 'sequestered', 'retracted', 'revoked', 'deleted'];

/** GOV-002: nothing of a case that is withdrawn, rejected or withheld is in what would be released. */
export const withdrawnCheck: Check = {
  codes: ['GOV-002'],
  async *run(input: CheckInput, coverage: Coverage): AsyncGenerator<FindingDraft> {
    const tables = publishedTables(input);
    if (input.acceptedCases === 0) return coverage.notApplicable('GOV-002', 'no case is accepted');
    coverage.looked('GOV-002', input.acceptedCases + tables.reduce((sum, { rows }) => sum + rows, 0));
    yield* acceptedThough(input);
    for (const table of tables) for (const column of table.columns.filter((name) => STATE_COLUMN.test(name))) yield* heldBack(input, table, column);
    if (input.images > 0) yield* copies(input);
    yield* mentions(input, await namePattern(input));
  },
};

/** Cases that withdrawals.yaml or a tombstone of the release before names, and the catalog accepts all the same. */
async function* acceptedThough({ catalog, governance, releases }: CheckInput): AsyncGenerator<FindingDraft> {
  const tombstones = releases.at(-1)?.tables.get('tombstones');
  const gone = [
    ...(governance.withdrawals.length === 0 ? [] : [`SELECT unnest([${governance.withdrawals.map(({ case_id }) => literal(case_id)).join(', ')}]) AS case_id`]),
    ...(tombstones === undefined ? [] : [`SELECT case_id FROM ${tombstones}`, ...(await namedByDigest(catalog, releases, tombstones))]),
  ];
  if (gone.length === 0) return;
  const sql = `SELECT DISTINCT case_id FROM case_ WHERE status = 'accepted' AND case_id IN (${gone.join(' UNION ')}) ORDER BY case_id`;
  for (const { case_id } of await catalog.all<{ case_id: string }>(sql))
    yield {
      code: 'GOV-002',
      message: 'The case was withdrawn and is accepted all the same.',
      location: { kind: 'case', key: showName(case_id) },
      hint: 'Keep its entry in withdrawals.yaml; a case that may be used again gets a new id.',
      expected: 'no row and no image of the case',
      content: case_id,
    };
}

/** SQL of the cases of releases that tombstones tell of by their content digest, because their ids must not be told. */
async function namedByDigest(catalog: CheckInput['catalog'], releases: CheckInput['releases'], tombstones: string): Promise<string[]> {
  const mask = literal(maskedCase(''));
  const [row] = await catalog.all<{ n: number }>(`SELECT count(*) AS n FROM ${tombstones} WHERE starts_with(case_id, ${mask})`);
  if ((row?.n ?? 0) === 0) return [];
  return releases.flatMap(({ tables }) => {
    const cases = tables.get('cases');
    return cases === undefined ? [] : [`SELECT case_id FROM ${cases} WHERE ${mask} || digest IN (SELECT case_id FROM ${tombstones})`];
  });
}

async function* heldBack({ catalog }: CheckInput, table: ClinicalTable, column: string): AsyncGenerator<FindingDraft> {
  const state = `lower(trim(${identifier(column)}))`;
  const sql = `
    SELECT source, source_row, ${keyColumn(table)} AS key, ${state} AS state FROM ${releasedRows(table)}
    WHERE ${state} IN (${HELD_BACK.map(literal).join(', ')}) ORDER BY source, source_row`;
  for await (const rows of catalog.stream<{ source: string; source_row: number; key: string | null; state: string }>(sql))
    for (const row of rows)
      yield {
        code: 'GOV-002',
        message: 'The state of the row says that it must not be released.',
        location: rowLocation(table, row, column),
        expected: 'a state that may be released',
        found: row.state,
        content: row.state,
      };
}

interface CopyRow {
  source: string;
  path: string;
  what: string;
  status: string;
  sha256: string;
}

/** Released files that are copies of a file of a hidden case: the same bytes, the same object, the same pixels. */
async function* copies({ catalog }: CheckInput): AsyncGenerator<FindingDraft> {
  const [inspected] = await catalog.all<{ n: number }>("SELECT count(*) AS n FROM duckdb_views() WHERE view_name = 'inspection'");
  const digest = (images: string): string => `SELECT i.source, i.path, i.sha256, i.case_status, p.pixel_digest AS v FROM ${images} AS i JOIN inspection AS p USING (source, path)`;
  const released = `(SELECT *, 'accepted' AS case_status FROM ${RELEASED_IMAGES})`;
  const pairs: [what: string, released: string, hidden: string][] = [
    ['bytes', `SELECT *, sha256 AS v FROM ${released}`, `SELECT *, sha256 AS v FROM ${HIDDEN_IMAGES}`],
    ['SOPInstanceUID', `SELECT *, SOPInstanceUID AS v FROM ${released}`, `SELECT *, SOPInstanceUID AS v FROM ${HIDDEN_IMAGES}`],
    ...((inspected?.n ?? 0) > 0 ? [['pixels', digest(released), digest(HIDDEN_IMAGES)] as [string, string, string]] : []),
  ];
  const sql = pairs.map(
    ([what, ours, theirs]) =>
      `SELECT r.source, r.path, r.sha256, '${what}' AS what, min(h.case_status) AS status FROM (${ours}) AS r JOIN (${theirs}) AS h ON h.v = r.v WHERE r.v <> '' GROUP BY ALL`,
  );
  const files = `
    SELECT source, path, coalesce(sha256, '') AS sha256, string_agg(DISTINCT what, ', ' ORDER BY what) AS what, min(status) AS status
    FROM (${sql.join(' UNION ALL ')}) GROUP BY ALL ORDER BY source, path`;
  for await (const rows of catalog.stream<CopyRow>(files))
    for (const row of rows)
      yield {
        code: 'GOV-002',
        message: `The file is also one of a case that is ${row.status}, so is in no release.`,
        location: { kind: 'file', path: `${row.source}/${row.path}` },
        expected: 'nothing of the case',
        found: `the same ${row.what}`,
        content: row.sha256,
      };
}
