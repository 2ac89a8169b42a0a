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
 * Makes the tables `drs_image`, `drs_series`, `drs_study`, `drs_case` and `drs_release`: name, content (what the id is made from), size,
 * sha256 and md5 of every object. The checksum of a bundle is that of the sorted checksums of what it holds, joined (DRS 1.5,
 * DrsObject.checksums), which for md5 is the rule of IDC too. Cases without images are no bundles.
 */
export async function makeBundleTables({ catalog, side, document }: OpenedRelease, md5: boolean): Promise<void> {
  const own = side.own('instances');
  await catalog.run(`
    CREATE TABLE drs_image AS
    SELECT case_id, StudyInstanceUID, SeriesInstanceUID, SOPInstanceUID || '.dcm' AS name, SOPInstanceUID AS alias, sha256 AS content,
      size_bytes, sha256, ${md5 ? 'md5' : 'NULL::VARCHAR AS md5'}, path FROM ${own}`);
  await catalog.run(bundles('drs_series', 'drs_image', ['case_id', 'StudyInstanceUID', 'SeriesInstanceUID'], side.own('series')));
  await catalog.run(bundles('drs_study', 'drs_series', ['case_id', 'StudyInstanceUID'], side.own('studies')));
  await catalog.run(bundles('drs_case', 'drs_study', ['case_id'], side.own('cases')));
  await catalog.run(
    `CREATE TABLE drs_release AS SELECT $name AS name, $name AS alias, $content AS content, ${SUMS} FROM drs_case HAVING count(*) > 0`,
    { name: `${document.dataset.id}-${document.version}`, content: document.digests.content },
  );
}

const SUMS = `sum(size_bytes)::BIGINT AS size_bytes, sha256(string_agg(sha256, '' ORDER BY sha256)) AS sha256, md5(string_agg(md5, '' ORDER BY md5)) AS md5`;

/** The last key names the bundle; `digests` has the content hash under the same keys. */
function bundles(table: string, child: string, keys: readonly string[], digests: string): string {
  const name = keys.at(-1) ?? '';
  return `
    CREATE TABLE ${table} AS
    SELECT ${keys.join(', ')}, ${name} AS name, ${name} AS alias, d.digest AS content, c.size_bytes, c.sha256, c.md5
    FROM (SELECT ${keys.join(', ')}, ${SUMS} FROM ${child} GROUP BY ${keys.join(', ')}) AS c JOIN ${digests} AS d USING (${keys.join(', ')})`;
}
