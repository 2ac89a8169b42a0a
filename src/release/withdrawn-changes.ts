import type { Catalog } from '../catalog/catalog.js';
import type { Side } from './side.js';
import { MASK } from './tombstones.js';

/**
 * Takes out of the changes to be published what a withdrawal must hide: the id of a case that its tombstone does not name, wherever
 * it stands, and the UIDs of withdrawn images where they are keys of rows that led to other cases too.
 */
export async function hideWithdrawn(catalog: Catalog, before: Side): Promise<void> {
  const [withdrawn] = await catalog.all<{ n: number }>("SELECT count(*) AS n FROM candidate_change WHERE rule IN ('case-withdrawn', 'case-merged')");
  if ((withdrawn?.n ?? 0) === 0) return;
  const gone = 'case_id NOT IN (SELECT case_id FROM candidate_case)';
  await catalog.run(`CREATE OR REPLACE TABLE candidate_masked AS
    SELECT case_id, ${MASK} || digest AS mask FROM ${before.own('cases')} WHERE ${MASK} || digest IN (SELECT case_id FROM candidate_tombstone) AND ${gone}`);
  await catalog.run('UPDATE candidate_change SET case_id = m.mask FROM candidate_masked AS m WHERE candidate_change.case_id = m.case_id');
  for (const column of ['key', 'before'])
    await catalog.run(`UPDATE candidate_change SET "${column}" = NULL WHERE EXISTS (SELECT 1 FROM candidate_masked AS m WHERE contains(candidate_change."${column}", m.case_id))`);
  const uids = ['StudyInstanceUID', 'SeriesInstanceUID', 'SOPInstanceUID'].map((uid) => `SELECT ${uid} FROM ${before.own('instances')} WHERE ${gone}`);
  await catalog.run(`UPDATE candidate_change SET key = NULL WHERE case_id IS NULL AND table_name IS NOT NULL AND key IN (${uids.join(' UNION ')})`);
}
