import { join } from 'node:path';
import { Catalog, quoteLiteral } from '../../../src/catalog/catalog.js';
import { pullWorkspace } from '../../../src/workflow/pull.js';
import type { Workspace } from '../../../src/workspace/workspace.js';

/** Of so many series one has an image with other bytes, and of so many cases one has another race. */
const ONE_IN = 100;

const CHANGED = `sha256('changed ' || sha256)`;

/**
 * Changes a workspace of `makeMetadataWorkspace` as a mended delivery would, so that the next release differs from the last:
 * other bytes of some images, which the gate has looked at, and other values of some cases.
 */
export async function changeMetadataWorkspace(workspace: Workspace): Promise<void> {
  const tables = join(workspace.root, 'incoming/tables');
  const catalog = await Catalog.open(workspace.paths.catalog, { folders: [tables] });
  try {
    await catalog.run(`CREATE OR REPLACE TEMP TABLE changed AS SELECT source, path FROM instance WHERE InstanceNumber = '1' AND hash(SeriesInstanceUID) % ${ONE_IN} = 0`);
    for (const table of ['instance', 'inspected']) await catalog.run(`UPDATE ${table} SET sha256 = ${CHANGED} FROM changed AS c WHERE c.source = ${table}.source AND c.path = ${table}.path`);
    await catalog.run(`UPDATE pixel_facts SET pixel_probe = sha256('pixels ' || pixel_probe) FROM changed AS c WHERE c.source = pixel_facts.source AND c.path = pixel_facts.path`);
    const cases = quoteLiteral(join(tables, 'case.csv'));
    await catalog.run(`CREATE OR REPLACE TEMP TABLE delivered AS FROM read_csv(${cases}, all_varchar = true, header = true)`);
    await catalog.run(`COPY (SELECT * REPLACE (CASE WHEN hash(submitter_id) % ${ONE_IN} = 0 THEN 'Not Reported' ELSE race END AS race) FROM delivered ORDER BY submitter_id) TO ${cases} (HEADER true)`);
  } finally {
    catalog.close();
  }
  await pullWorkspace(workspace, { sources: ['clinical'] });
}
