import { defaultEffects } from '../../src/effects.js';
import { cutRelease, type CutOptions } from '../../src/release/cut.js';
import { readLog, type LogEntry } from '../../src/release/release-log.js';
import { cutOptions, fillCatalog, openStoreCatalog, storePaths, type Store } from './release-store.js';

/** Cuts a release of each store, one after another, below `root`; returns what the log says of them. */
export async function cutSeries(root: string, stores: readonly Store[], changes: Partial<CutOptions> = {}): Promise<LogEntry[]> {
  for (const store of stores) {
    const catalog = await openStoreCatalog(root);
    try {
      await fillCatalog(catalog, store, root);
      await cutRelease(catalog, cutOptions(root, changes), defaultEffects);
    } finally {
      catalog.close();
    }
  }
  return readLog(storePaths(root));
}
