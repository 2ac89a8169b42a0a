import type { ModelReport, TagErrorCode } from '../model/tagging.js';
import { type Catalog, quoteLiteral } from './catalog.js';

/** What the tags of one model come to. */
export type TagCounts = Pick<ModelReport, 'images' | 'undecided' | 'without_pixels' | 'failed' | 'labels' | 'problems' | 'problems_query'>;

/** Images that failed which a report names; the rest is a query away. */
const NAMED_PROBLEMS = 20;

/** Counts the current tags of a model over the images of accepted cases that it judges. */
export async function countTags(catalog: Catalog, model: string, labels: readonly string[]): Promise<TagCounts> {
  const accepted = "JOIN case_ AS c USING (case_id) WHERE c.status = 'accepted' AND model = ?";
  const [scope] = await catalog.all<{ n: number }>(`SELECT count(*) AS n FROM tag_scope ${accepted}`, [model]);
  const rows = await catalog.all<{ label: string | null; error: TagErrorCode | null; n: number }>(
    `SELECT label, error, count(*) AS n FROM current_tag ${accepted} GROUP BY label, error`,
    [model],
  );
  const count = (meets: (row: { label: string | null; error: TagErrorCode | null }) => boolean): number => rows.filter(meets).reduce((sum, { n }) => sum + n, 0);
  return {
    images: scope?.n ?? 0,
    undecided: count(({ label, error }) => label === null && error === null),
    without_pixels: count(({ error }) => error === 'no-pixels'),
    failed: count(({ error }) => error !== null && error !== 'no-pixels'),
    labels: labels.map((label) => ({ label, images: count((row) => row.label === label) })),
    problems: await catalog.all(
      `SELECT source || '/' || path AS path, error AS code FROM current_tag ${accepted} AND error IS NOT NULL AND error <> 'no-pixels' ORDER BY source, path LIMIT ${NAMED_PROBLEMS}`,
      [model],
    ),
    problems_query: `SELECT source, path, error FROM tag WHERE model = ${quoteLiteral(model)} AND error <> 'no-pixels' ORDER BY source, path`,
  };
}
