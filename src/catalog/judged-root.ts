import type { Catalog } from './catalog.js';

/** Released cases, their images, the table files, the tags and the assignments that would be published, one line each. */
const LINES = `
  SELECT 'case' || chr(31) || case_id AS line FROM case_ WHERE status = 'accepted'
  UNION ALL
  SELECT concat_ws(chr(31), 'image', i.source, i.path, coalesce(i.sha256, ''), i.status, i.case_id) FROM instance AS i
    JOIN case_ AS c ON c.case_id = i.case_id AND c.status = 'accepted'
  UNION ALL
  SELECT concat_ws(chr(31), 'table', source, path, sha256, status) FROM table_file
  UNION ALL
  SELECT concat_ws(chr(31), 'tag', t.source, t.path, t.model, t.version, t.model_sha256, coalesce(t.label, ''), coalesce(t.error, ''), round(coalesce(t.score, 0), 4)) FROM current_tag AS t
    JOIN case_ AS c ON c.case_id = t.case_id AND c.status = 'accepted'
  UNION ALL
  SELECT concat_ws(chr(31), 'part', a.split, a.case_id, a.part) FROM assignments AS a JOIN case_ AS c ON c.case_id = a.case_id AND c.status = 'accepted'
    WHERE list_contains(?::VARCHAR[], a.split)`;

/**
 * sha256 (64 hex digits) over what a release of this catalog would be made from; of any order of its rows. Bring the
 * status of the cases up to date first.
 * @param splits the splits that a release publishes
 */
export async function digestJudged(catalog: Catalog, splits: readonly string[]): Promise<string> {
  // In buckets, so that no text of all lines is ever made.
  const [row] = await catalog.all<{ digest: string | null }>(
    `WITH line AS (${LINES}), bucket AS (SELECT substr(md5(line), 1, 3) AS bucket, sha256(string_agg(line, chr(10) ORDER BY line)) AS digest FROM line GROUP BY bucket)
     SELECT sha256(string_agg(bucket || digest, '' ORDER BY bucket)) AS digest FROM bucket`,
    [splits],
  );
  return row?.digest ?? '';
}
