import type { Catalog } from '../../catalog/catalog.js';

/**
 * Gathers the tags of the images in `candidate_instance` into `candidate_tag`: those of the models as they are configured
 * now, and no other. Scores keep 4 decimals: the last bits may differ from machine to machine.
 * @returns whether there are any
 */
export async function gatherTags(catalog: Catalog): Promise<boolean> {
  await catalog.run(`
    CREATE TABLE candidate_tag AS
    SELECT i.path, i.SOPInstanceUID, t.model, t.version AS model_version, t.model_sha256, t.label, CASE WHEN t.label IS NOT NULL THEN round(t.score, 4) END AS score
    FROM candidate_instance AS i JOIN current_tag AS t ON t.source = i.source AND t.path = i.source_path WHERE t.error IS NULL`);
  const [row] = await catalog.all<{ found: boolean }>('SELECT EXISTS (FROM candidate_tag) AS found');
  return row?.found === true;
}
