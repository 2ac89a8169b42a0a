import { quoteLiteral, type Catalog } from '../../catalog/catalog.js';
import { change } from './change-row.js';

/** Version and digest of a model with a digest over its tags; one row a model. */
function models(relation: string | null, images: string): string {
  if (relation === null) return "(SELECT '' AS model, '' AS version, '' AS digest WHERE false)";
  // the order of the list is that of the rows by all their columns: the same tags, the same digest
  return `
    (SELECT model, any_value(model_version) AS version,
       md5(coalesce(string_agg(concat_ws(chr(31), path, model_sha256, coalesce(label, chr(30)), coalesce(score, -1)), chr(10) ORDER BY path, model_sha256, label, score)
         FILTER (path IN (SELECT path FROM ${images})), '')) AS digest
     FROM ${relation} GROUP BY model)`;
}

/**
 * Tells which models are new, gone, of another version, or gave other tags to images of both sides. Tags are derived from
 * the images: they change no content hash, and a release of tags alone is a PATCH.
 * @param before relations of the tables `tags` and `instances`; null: the release has no tags
 */
export async function diffTags(
  catalog: Catalog,
  before: { tags: string | null; instances: string },
  after: { tags: string | null; instances: string },
  insert: (select: string) => Promise<number>,
): Promise<void> {
  if (before.tags === null && after.tags === null) return;
  await catalog.run(`CREATE OR REPLACE TABLE candidate_common_image AS
    SELECT x.path FROM ${before.instances} AS x JOIN ${after.instances} AS y ON y.path = x.path AND y.sha256 = x.sha256`);
  const [x, y] = [models(before.tags, 'candidate_common_image'), models(after.tags, 'candidate_common_image')];
  const cells = { key: `${quoteLiteral('tags.')} || coalesce(x.model, y.model)`, before: 'x.version', after: 'y.version' };
  await insert(change('metadata-changed', cells, `FROM ${x} AS x FULL JOIN ${y} AS y ON y.model = x.model WHERE x.version IS DISTINCT FROM y.version OR x.digest IS DISTINCT FROM y.digest`));
}
