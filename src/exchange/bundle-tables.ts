import { md5Hex, sha256Hex } from '../fixity/digest.js';
import { joined, node } from '../release/candidate/content.js';
import type { OpenedRelease } from './opened-release.js';

/** A level of bundles: the rows of `table` hold those of `child`. Tables are those that `makeBundleTables` makes. */
export interface BundleLevel {
  table: 'drs_release' | 'drs_case' | 'drs_study' | 'drs_series';
  child: 'drs_case' | 'drs_study' | 'drs_series' | 'drs_image';
  /** Columns that name a bundle, outermost first; the children have them too. */
  keys: readonly string[];
}

/** Outermost first. */
export const BUNDLE_LEVELS: readonly BundleLevel[] = [
  { table: 'drs_release', child: 'drs_case', keys: [] },
  { table: 'drs_case', child: 'drs_study', keys: ['case_id'] },
  { table: 'drs_study', child: 'drs_series', keys: ['case_id', 'StudyInstanceUID'] },
  { table: 'drs_series', child: 'drs_image', keys: ['case_id', 'StudyInstanceUID', 'SeriesInstanceUID'] },
];

/**
 * Makes the view `drs_image` and the tables `drs_series`, `drs_study`, `drs_case` and `drs_release`: name, content (what the id is made from), size,
 * sha256 and md5 of every object. The checksum of a bundle is that of the sorted checksums of what it holds, joined (DRS 1.5,
 * DrsObject.checksums), which for md5 is the rule of IDC too. The content of a series and study is its content hash (CONTENT-2); of a case
 * the same over its studies alone, so that a changed cell of a table makes no other bundle. Cases without images are none.
 */
export async function makeBundleTables(release: OpenedRelease, md5: boolean): Promise<void> {
  const { catalog, side, document } = release;
  await catalog.run(`
    CREATE VIEW drs_image AS
    SELECT case_id, StudyInstanceUID, SeriesInstanceUID, SOPInstanceUID || '.dcm' AS name, SOPInstanceUID AS alias, sha256 AS content,
      size_bytes, sha256, ${md5 ? 'md5' : 'NULL::VARCHAR AS md5'}, path FROM ${side.own('instances')}`);
  await sumSeries(release);
  await catalog.run(`
    CREATE TABLE drs_series AS SELECT case_id, StudyInstanceUID, SeriesInstanceUID, SeriesInstanceUID AS name, SeriesInstanceUID AS alias,
      s.digest, s.digest AS content, c.size_bytes, c.sha256, c.md5
    FROM series_sums AS c JOIN ${side.own('series')} AS s USING (case_id, StudyInstanceUID, SeriesInstanceUID)`);
  await catalog.run(bundles('study', 'drs_study', 'drs_series', ['case_id', 'StudyInstanceUID']));
  await catalog.run(bundles('case', 'drs_case', 'drs_study', ['case_id']));
  await catalog.run(
    `CREATE TABLE drs_release AS SELECT $name AS name, $name AS alias, ${node("'release'", '$name', joined('digest'))} AS content, ${SUMS} FROM drs_case HAVING count(*) > 0`,
    { name: `${document.dataset.id}-${document.version}` },
  );
}

interface SummedRow {
  case_id: string;
  StudyInstanceUID: string;
  SeriesInstanceUID: string;
  size_bytes: number;
  sha256: string;
  md5: string | null;
}

/** Fills `series_sums`. An ordered aggregate over a million digests does not fit into the memory of the database; one series at a time does. */
async function sumSeries({ catalog }: OpenedRelease): Promise<void> {
  const keys = 'case_id, StudyInstanceUID, SeriesInstanceUID';
  await catalog.run(`CREATE TABLE series_sums (case_id VARCHAR, StudyInstanceUID VARCHAR, SeriesInstanceUID VARCHAR, size_bytes BIGINT, sha256 VARCHAR, md5 VARCHAR)`);
  const appender = await catalog.appender('series_sums');
  let open: SummedRow[] = [];
  const close = (): void => {
    const [first] = open;
    if (first !== undefined) appender.appendRow([first.case_id, first.StudyInstanceUID, first.SeriesInstanceUID, ...sumsOf(open)]);
    open = [];
  };
  for await (const rows of catalog.stream<SummedRow>(`SELECT ${keys}, size_bytes, sha256, md5 FROM drs_image ORDER BY ${keys}, sha256, name`))
    for (const row of rows) {
      const [first] = open;
      if (first !== undefined && (first.SeriesInstanceUID !== row.SeriesInstanceUID || first.StudyInstanceUID !== row.StudyInstanceUID || first.case_id !== row.case_id)) close();
      open.push(row);
    }
  close();
  appender.close();
}

function sumsOf(rows: readonly SummedRow[]): [size_bytes: number, sha256: string, md5: string | null] {
  const md5s = rows.flatMap(({ md5 }) => md5 ?? []);
  const size = rows.reduce((sum, { size_bytes }) => sum + size_bytes, 0);
  return [size, sha256Hex(rows.map(({ sha256 }) => sha256).sort().join('')), md5s.length === rows.length ? md5Hex(md5s.sort().join('')) : null];
}

const SUMS = `sum(size_bytes)::BIGINT AS size_bytes, sha256(string_agg(sha256, '' ORDER BY sha256)) AS sha256, md5(string_agg(md5, '' ORDER BY md5)) AS md5`;

/** The last key names the bundle. */
function bundles(level: string, table: string, child: string, keys: readonly string[]): string {
  const name = keys.at(-1) ?? '';
  const digest = node(`'${level}'`, name, joined('digest'));
  return `CREATE TABLE ${table} AS SELECT *, digest AS content FROM (
    SELECT ${keys.join(', ')}, ${name} AS name, ${name} AS alias, ${digest} AS digest, ${SUMS} FROM ${child} GROUP BY ${keys.join(', ')})`;
}
