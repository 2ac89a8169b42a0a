/**
 * Makes releases/golden/colophon-release-1: two chained releases of the small store. Run once for a format version; what is
 * there is verified for ever and never made again: `node dist/test/support/make-golden.js FOLDER`.
 */
import { cpSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { defaultEffects } from '../../src/effects.js';
import { cutRelease } from '../../src/release/cut.js';
import { cutOptions, fillCatalog, goldenSecond, openStoreCatalog, smallStore } from './release-store.js';

const target = resolve(process.argv[2] ?? '');
if (process.argv[2] === undefined || existsSync(target)) throw new Error(`name a folder that is not there yet: ${target}`);
const root = mkdtempSync(join(tmpdir(), 'golden-'));
try {
  const catalog = await openStoreCatalog(root);
  for (const { store, options } of [{ store: smallStore(), options: {} }, goldenSecond()]) {
    await fillCatalog(catalog, store, root);
    await cutRelease(catalog, cutOptions(root, { release: { md5: true }, ...options }), defaultEffects);
  }
  catalog.close();
  cpSync(join(root, 'releases'), target, { recursive: true });
} finally {
  rmSync(root, { recursive: true });
}
