import { join } from 'node:path';
import { defaultEffects } from '../../src/effects.js';
import type { ImportedManifest } from '../../src/model/exchange.js';
import { PACKAGE_ROOT } from '../../src/package-root.js';
import { cutRelease } from '../../src/release/cut.js';
import type { CutOptions } from '../../src/release/cut.js';
import { importManifest, type ImportRequest } from '../../src/workflow/import-manifest.js';
import { cutOptions, fillCatalog, openStoreCatalog, storePaths, type Store } from './release-store.js';

export const EXCHANGE_FIXTURES = join(PACKAGE_ROOT, 'test/fixtures/exchange');

/** Cuts a release of a store below `root`; returns its folder. */
export async function cutStore(root: string, store: Store, changes: Partial<CutOptions> = {}): Promise<string> {
  const catalog = await openStoreCatalog(root);
  try {
    await fillCatalog(catalog, store, root);
    const outcome = await cutRelease(catalog, cutOptions(root, { release: { md5: true }, ...changes }), defaultEffects);
    return join(storePaths(root).releases, outcome.plan.version ?? '');
  } finally {
    catalog.close();
  }
}

/** Imports a manifest without a workspace. */
export function readManifest(format: ImportRequest['format'], path: string, changes: Partial<ImportRequest> = {}): Promise<ImportedManifest> {
  return importManifest({ format, path, compare: null, release: null, catalog: false, output: null, dryRun: false, force: false, ...changes }, null, defaultEffects);
}
