import { quoteIdentifier, quoteLiteral, type Catalog } from '../../catalog/catalog.js';
import { CurationError } from '../../errors.js';
import type { AmendedCase } from '../../model/amendment.js';
import { KEPT_ATTRIBUTES } from '../../model/header.js';
import type { Withdrawal } from '../../model/workspace-files.js';
import { candidateRows, isDay, type CandidateTable } from './table.js';
import { gatherDraws, gatherSplits, type SplitSource } from './splits.js';
import { gatherTags } from './tags.js';
import { hashContent } from './content.js';
import { checkInstances } from '../placement.js';
import { selectVisible, type HiddenColumn } from './hidden-cells.js';
import { hashRows } from './row-hash.js';
import { gatherTombstones } from './tombstones.js';

/** Tables of the catalog that hold a release to be begin with this; nothing else does. */
const PREFIX = 'candidate_';

/** A release to be, gathered in `candidate_*` tables of the catalog. */
export interface Candidate {
  /** Clinical tables, sorted by name. */
  tables: CandidateTable[];
  splits: string[];
  /** Whether what a split was drawn from is described. */
  draws: boolean;
  /** Whether models tagged any of the images. */
  tags: boolean;
  /** Whether every image has an md5 and the release gives it. */
  md5: boolean;
  /** Root of the content hashes. */
  content: string;
  contentMd5: string | null;
}

export interface CandidateOptions {
  datasetId: string;
  /** Tables that the schema ties to no case: they are released whole. Of all others only rows of accepted cases are. */
  wholeTables: ReadonlySet<string>;
  /** Columns that are days, by table. */
  days?: ReadonlyMap<string, readonly string[]>;
  /** Splits to publish. */
  splits: readonly SplitSource[];
  /** Parts whose rows no release gives. */
  hiddenParts: readonly { split: string; part: string }[];
  /** Cells that stay empty. */
  hiddenColumns: readonly HiddenColumn[];
  /** Publish md5 beside sha256. */
  md5: boolean;
  withdrawals: readonly Withdrawal[];
  /** Cases that the newest amendment names. */
  announced: readonly AmendedCase[];
  /** SQL relations of the release before, or null for the first release. */
  previous: { version: string; cases: string; tombstones: string } | null;
}

/**
 * Gathers what a release of this catalog would hold: the accepted cases with their images, rows, assignments and content
 * hashes, and the tombstones. Call `dropCandidate` when done.
 * @throws {CurationError} RELEASE_INVALID naming what cannot be released as it is
 */
export async function gatherCandidate(catalog: Catalog, options: CandidateOptions): Promise<Candidate> {
  await dropCandidate(catalog);
  await gatherInstances(catalog, options.md5);
  await checkInstances(catalog);
  const tags = await gatherTags(catalog);
  const splits = await gatherSplits(catalog, options.splits, options.hiddenParts);
  const draws = await gatherDraws(catalog, options.splits);
  const tables = await gatherTables(catalog, options);
  await hashRows(catalog, tables);
  const digests = await hashContent(catalog, options.datasetId, tables, options.md5);
  await gatherTombstones(catalog, options);
  return { tables, splits, draws, tags, md5: options.md5, ...digests };
}

/** Removes the `candidate_*` tables and views, also those that an interrupted run left behind. */
export async function dropCandidate(catalog: Catalog): Promise<void> {
  const views = await catalog.all<{ name: string }>('SELECT view_name AS name FROM duckdb_views() WHERE starts_with(view_name, ?)', [PREFIX]);
  for (const { name } of views) await catalog.run(`DROP VIEW ${quoteIdentifier(name)}`);
  const tables = await catalog.all<{ name: string }>('SELECT table_name AS name FROM duckdb_tables() WHERE starts_with(table_name, ?)', [PREFIX]);
  for (const { name } of tables) await catalog.run(`DROP TABLE ${quoteIdentifier(name)}`);
}

const ADDRESS = new Set(['StudyInstanceUID', 'SeriesInstanceUID', 'SOPInstanceUID']);

/** Attributes that `instances` gives besides UIDs, path and fixity; in the order of the catalog. */
export const PUBLISHED_ATTRIBUTES = KEPT_ATTRIBUTES.filter(({ keyword, published }) => published && !ADDRESS.has(keyword)).map(({ keyword }) => keyword);

/** A view: nothing changes the images while a release is made of them, and a copy of ten million is what a cut would wait for longest. */
async function gatherInstances(catalog: Catalog, md5: boolean): Promise<void> {
  await catalog.run(`
    CREATE VIEW candidate_instance AS
    SELECT 'data/images/' || i.case_id || '/' || i.StudyInstanceUID || '/' || i.SeriesInstanceUID || '/' || i.SOPInstanceUID || '.dcm' AS path,
      i.size_bytes, i.sha256, i.md5, i.case_id, i.StudyInstanceUID, i.SeriesInstanceUID, i.SOPInstanceUID, i.TransferSyntaxUID,
      ${PUBLISHED_ATTRIBUTES.map((keyword) => `i.${quoteIdentifier(keyword)}`).join(', ')},
      i.source, i.path AS source_path, i.mtime_ns, i.PatientID
    FROM instance AS i JOIN case_ AS c ON c.case_id = i.case_id AND c.status = 'accepted'
    WHERE i.status IN ('ok', 'partial')`);
  await refuseUndigested(catalog);
  if (!md5) return;
  const [missing] = await catalog.all<{ n: number }>('SELECT count(*) AS n FROM candidate_instance WHERE md5 IS NULL');
  if (missing === undefined || missing.n === 0) return;
  throw new CurationError('RELEASE_INVALID', `${missing.n} images have no md5, which release.md5 in colophon.yaml asks for.`, {
    suggestions: ['Run: colophon pull --rehash', 'Or remove `md5: true` from colophon.yaml.'],
  });
}

/** A release vouches for every byte, so it holds no image of which only the header was read. */
async function refuseUndigested(catalog: Catalog): Promise<void> {
  const [first] = await catalog.all<{ image: string; source: string; n: number }>(
    "SELECT source || '/' || source_path AS image, source, count(*) OVER () AS n FROM candidate_instance WHERE sha256 IS NULL ORDER BY source, source_path LIMIT 1",
  );
  if (first === undefined) return;
  throw new CurationError('RELEASE_INVALID', `${first.n} ${first.n === 1 ? 'image has' : 'images have'} no digest, because only headers were read: a release cannot hold them. The first: ${first.image}`, {
    suggestions: [`Set \`read: whole\` for the source ${first.source} in colophon.yaml, then run: colophon pull`],
  });
}

async function gatherTables(catalog: Catalog, { wholeTables, hiddenColumns, days }: CandidateOptions): Promise<CandidateTable[]> {
  const loaded = await catalog.all<{ table_name: string; columns: string[]; key_column: string | null }>(
    'SELECT table_name, columns, key_column FROM clinical_table ORDER BY table_name',
  );
  const tables: CandidateTable[] = [];
  for (const { table_name: table, columns, key_column: key } of loaded) {
    const linked = !columns.some((column) => column.toLowerCase() === 'case_id');
    const released = wholeTables.has(table) ? 'true' : 'released.case_count IS NOT NULL';
    const caseColumn = linked ? 'CASE WHEN released.case_count = 1 THEN released.case_id END AS case_id,' : '';
    const total = await catalog.all<{ n: number }>(`SELECT count(*) AS n FROM ${quoteIdentifier(`clinical_${table}`)}`);
    await catalog.run(`
      CREATE TABLE ${candidateRows(table)} AS
      SELECT ${caseColumn} ${selectVisible(table, hiddenColumns)} FROM ${quoteIdentifier(`clinical_${table}`)} AS r
      LEFT JOIN (${releasedRows(table)}) AS released ON released.source = r.source AND released.source_row = r.source_row
      WHERE ${released}`);
    const [kept] = await catalog.all<{ n: number }>(`SELECT count(*) AS n FROM ${candidateRows(table)}`);
    const rows = kept?.n ?? 0;
    tables.push({ table, rows, left_out: (total[0]?.n ?? 0) - rows, columns, key: key !== null && columns.includes(key) ? key : null, linked, dates: await trueDays(catalog, table, columns, days?.get(table) ?? []) });
  }
  return tables;
}

/** Of the columns that should be days, those that are in every row. One that is not stays text, and the gate has told why. */
async function trueDays(catalog: Catalog, table: string, columns: readonly string[], days: readonly string[]): Promise<string[]> {
  const found = days.filter((name) => columns.includes(name));
  if (found.length === 0) return [];
  const [row = {}] = await catalog.all<Record<string, boolean>>(
    `SELECT ${found.map((name, at) => `coalesce(bool_and(${isDay(quoteIdentifier(name))}), true) AS d${at}`).join(', ')} FROM ${candidateRows(table)}`,
  );
  return found.filter((_, at) => row[`d${at}`] === true);
}

/** Rows of a table all of whose cases are accepted: a row that also names a withdrawn case must not name it in public. */
function releasedRows(table: string): string {
  return `
    SELECT r.source, r.source_row, min(r.case_id) AS case_id, count(DISTINCT r.case_id) AS case_count
    FROM row_case AS r LEFT JOIN case_ AS c ON c.case_id = r.case_id WHERE r.table_name = ${quoteLiteral(table)}
    GROUP BY r.source, r.source_row HAVING bool_and(coalesce(c.status = 'accepted', false))`;
}
