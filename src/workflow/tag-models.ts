import { resolve } from 'node:path';
import { recordConfiguredModels } from '../catalog/tag-load.js';
import type { Catalog } from '../catalog/catalog.js';
import { identifyModel } from '../tagging/configured.js';
import type { Workspace } from '../workspace/workspace.js';

/**
 * Tells the catalog which models colophon.yaml names and what their files are now, so that stale tags are known by all who
 * use them. Reads model files that are not pinned; one that is not there makes its tags stale, and is no failure.
 */
export async function refreshModels(catalog: Catalog, { root, config }: Workspace): Promise<void> {
  await recordConfiguredModels(catalog, (config.models ?? []).map((model) => identifyModel(model, resolve(root, model.path))));
}
