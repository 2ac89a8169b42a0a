import type { Catalog } from '../../catalog/catalog.js';
import type { Side } from './side.js';
import { MASK } from '../candidate/tombstones.js';

/** Cases that the later side lacks; the comparison left the table. */
const GONE = 'case_id NOT IN (SELECT case_id FROM candidate_common)';

/**
 * Takes out of the changes what a withdrawal must hide: the id of a case that its tombstone does not name, wherever it stands, and the
 * UIDs of withdrawn images where they are keys of rows that led to other cases too.
 * @param version of the release before
 */
export async function hideWithdrawn(catalog: Catalog, before: Side, after: Side, version: string): Promise<void> {
  await findMasked(catalog, before, after, version);
  await catalog.run('UPDATE candidate_change SET case_id = m.mask FROM candidate_masked AS m WHERE candidate_change.case_id = m.case_id');
  for (const column of ['key', 'before'])
    await catalog.run(`UPDATE candidate_change SET "${column}" = NULL WHERE EXISTS (SELECT 1 FROM candidate_masked AS m WHERE contains(candidate_change."${column}", m.case_id))`);
  const [withdrawn] = await catalog.all<{ n: number }>("SELECT count(*) AS n FROM candidate_change WHERE rule IN ('case-withdrawn', 'case-merged')");
  if ((withdrawn?.n ?? 0) === 0) return;
  const uids = ['StudyInstanceUID', 'SeriesInstanceUID', 'SOPInstanceUID'].map((uid) => `SELECT ${uid} FROM ${before.own('instances')} WHERE ${GONE}`);
  await catalog.run(`UPDATE candidate_change SET key = NULL WHERE case_id IS NULL AND table_name IS NOT NULL AND key IN (${uids.join(' UNION ')})`);
}

/**
 * `candidate_masked` (case_id, mask): the cases of the release before that must not be named. A tombstone has the digest of the last
 * release that held the case; where no amendment tells the digest in this one, it may be any case that is gone, and none is named.
 */
async function findMasked(catalog: Catalog, before: Side, after: Side, version: string): Promise<void> {
  const held = `(SELECT case_id, ${MASK} || digest AS mask FROM ${before.own('cases')} WHERE ${GONE})`;
  const tombstones = after.own('tombstones');
  await catalog.run(`CREATE OR REPLACE TABLE candidate_masked AS
    FROM ${held} WHERE mask IN (SELECT case_id FROM ${tombstones}) OR mask IN (SELECT name FROM candidate_announced)`);
  const [unmatched] = await catalog.all<{ n: number }>(
    `SELECT count(*) - (SELECT count(*) FROM candidate_masked) AS n FROM ${tombstones}
     WHERE starts_with(case_id, ${MASK}) AND coalesce(try_cast(string_split(since_version, '.') AS BIGINT[]) > try_cast(string_split(?, '.') AS BIGINT[]), true)`,
    [version],
  );
  if ((unmatched?.n ?? 0) <= 0) return;
  await catalog.run(`INSERT INTO candidate_masked FROM ${held} SEMI JOIN candidate_fate USING (case_id) ANTI JOIN candidate_masked USING (case_id)`);
}
