import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { defaultEffects } from '../../src/effects.js';
import type { Config } from '../../src/model/config.js';
import { cutRelease, type CutOptions } from '../../src/release/cut.js';
import { renderReleasePage } from '../../src/workflow/release-page.js';
import { cutOptions, fillCatalog, openStoreCatalog, row, smallStore, type Store } from './release-store.js';

/** A release with its page. */
export interface PagedRelease {
  folder: string;
  /** Release digest, 64 hex digits. */
  digest: string;
  html: string;
}

/** Gate of a release in which groups of fewer than this are joined. */
export function gateOf(k: number, quasiIdentifiers: { column: string; width?: number }[] = []): string {
  return JSON.stringify({ policy: { k_anonymity: k, small_cell: k, quasi_identifiers: quasiIdentifiers, sensitive: [] }, rules: [], not_applicable: [], waivers: [] });
}

/** Cuts a release of a store below `root`, page included. */
export async function cutPaged(root: string, store: Store = smallStore(), changes: Partial<CutOptions> = {}, config: Pick<Config, 'splits' | 'release'> = {}): Promise<PagedRelease> {
  const catalog = await openStoreCatalog(root);
  try {
    await fillCatalog(catalog, store, root);
    const options = cutOptions(root, { gateDocument: gateOf(1), page: (folder, draft) => renderReleasePage(folder, draft, config), ...changes });
    const { published } = await cutRelease(catalog, options, defaultEffects);
    if (published === null) throw new Error('nothing was published');
    return { folder: published.path, digest: published.digest, html: readFileSync(join(published.path, 'index.html'), 'utf8') };
  } finally {
    catalog.close();
  }
}

/** A store of cases with the cells of their rows; every second case is in `train`, the others in `test`. */
export function storeOf(cells: Record<string, string | number | boolean | null>[], columns: Record<string, string>): Store {
  const ids = cells.map((_, at) => `case-${String(at).padStart(6, '0')}`);
  return {
    cases: Object.fromEntries(ids.map((id) => [id, 'accepted' as const])),
    images: [],
    tables: { case: { columns: { submitter_id: 'VARCHAR', ...columns }, key: 'submitter_id', rows: cells.map((each, at) => row([ids[at]!], { submitter_id: ids[at]!, ...each })) } },
    assignments: ids.map((id, at): [string, string, string] => ['fold', id, at % 2 === 0 ? 'train' : 'test']),
  };
}
