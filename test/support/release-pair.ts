import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll } from '@jest/globals';
import type { Catalog } from '../../src/catalog/catalog.js';
import { defaultEffects } from '../../src/effects.js';
import type { Change, ReleaseDiff } from '../../src/model/release-diff.js';
import { cutRelease, type CutOptions } from '../../src/release/cut.js';
import { diffReleases } from '../../src/workflow/release-diff.js';
import { cutOptions, fillCatalog, openStoreCatalog, smallStore, type Store } from './release-store.js';

/** A release to be: a change of the small store, and of the options of the cut. */
export interface ReleaseChange {
  store?: (store: Store) => void;
  options?: Partial<CutOptions>;
}

/** Lets a staged release through: what a comparison reads is verified by the cut itself in other tests. */
export const trustStaged: CutOptions['verify'] = () =>
  Promise.resolve({ ok: true, format: '', release: null, digest: null, files: 0, bytes: 0, speed: null, fast: false, selected: null, seconds: 0, problems: [], signatures: [], seen: null, notes: [], withdrawn: [], destroy: [], amendments: [], not_checked: [] });

/** Cuts releases of small stores below one folder, which goes when the tests are done, and compares them as folders. */
export function useReleases(): { cut(changes: readonly ReleaseChange[]): Promise<string[]>; compare(before: ReleaseChange, after: ReleaseChange): Promise<ReleaseDiff>; folder(): string } {
  let root: string;
  let catalog: Catalog;
  let chains = 0;
  beforeAll(async () => {
    root = mkdtempSync(join(tmpdir(), 'colophon-test-'));
    catalog = await openStoreCatalog(root, { folders: [root] });
  });
  afterAll(() => {
    catalog.close();
    rmSync(root, { recursive: true, force: true });
  });
  /** One chain of releases. */
  async function cut(changes: readonly ReleaseChange[]): Promise<string[]> {
    const folder = join(root, String(chains++));
    const paths: string[] = [];
    for (const { store: change, options } of changes) {
      const store = smallStore();
      change?.(store);
      await fillCatalog(catalog, store, folder);
      const { published } = await cutRelease(catalog, cutOptions(folder, { verify: trustStaged, bump: 'major', ...options }), defaultEffects);
      paths.push(published!.path);
    }
    return paths;
  }
  async function compare(before: ReleaseChange, after: ReleaseChange): Promise<ReleaseDiff> {
    const [from = '', to = ''] = await cut([before, after]);
    return diffReleases({ from, to, paths: null });
  }
  return { cut, compare, folder: () => root };
}

/** Changes without their empty members. */
export function filled(changes: readonly Change[]): Partial<Change>[] {
  return changes.map((each) => Object.fromEntries(Object.entries(each).filter(([, value]) => value !== null)));
}
