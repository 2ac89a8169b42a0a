import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { defaultEffects } from '../../src/effects.js';
import { cutRelease } from '../../src/release/cut.js';
import { everythingIn } from '../support/hidden-workspace.js';
import { cutOptions, fillCatalog, openStoreCatalog, row, smallStore } from '../support/release-store.js';
import { useTemporaryFolders } from '../support/temporary-folder.js';

const temporaryFolder = useTemporaryFolders();

test.each([
  ['phi', ['case-b', '1.2.2', 'of b'], [null, null, 'n4']],
  ['consent', ['1.2.2', 'of b'], [null, 'n4', 'pair of case-b']],
] as const)('rows that led to a withdrawn case and to others are told without its UIDs, and for phi without its id: %s', async (reason, secrets, keys) => {
  const root = temporaryFolder();
  const catalog = await openStoreCatalog(root);
  try {
    const store = smallStore();
    const both = ['case-a', 'case-b'];
    store.tables.annotation!.rows = [
      row(both, { submitter_id: 'pair of case-b', note: 'x' }),
      row(both, { submitter_id: '1.2.2.1', note: 'x' }),
      row(both, { submitter_id: 'n4', note: 'x' }),
    ];
    await fillCatalog(catalog, store, root);
    await cutRelease(catalog, cutOptions(root), defaultEffects);
    store.cases['case-b'] = 'withdrawn';
    await fillCatalog(catalog, store, root);
    await cutRelease(catalog, cutOptions(root, { withdrawals: [{ case_id: 'case-b', reason, date: '2026-02-20', note: 'of b' }] }), defaultEffects);
    const folder = join(root, 'releases/2.0.0');
    const removed = await catalog.all<{ key: string | null }>(`SELECT key FROM '${join(folder, 'data/tables/changes.parquet')}' WHERE rule = 'row-removed' ORDER BY key NULLS FIRST`);
    expect(removed.map(({ key }) => key)).toEqual(keys);
    const said = await everythingIn(folder);
    for (const secret of secrets) expect([secret, said.includes(secret)]).toEqual([secret, false]);
  } finally {
    catalog.close();
  }
});

test('studies of a case withdrawn for phi that are found again under another id do not tell that the two are one', async () => {
  const root = temporaryFolder();
  const catalog = await openStoreCatalog(root);
  try {
    const store = smallStore();
    await fillCatalog(catalog, store, root);
    await cutRelease(catalog, cutOptions(root), defaultEffects);
    store.cases['case-b'] = 'withdrawn';
    store.cases['case-z'] = 'accepted';
    for (const image of store.images) if (image.case_id === 'case-b') image.case_id = 'case-z';
    await fillCatalog(catalog, store, root);
    await cutRelease(catalog, cutOptions(root, { withdrawals: [{ case_id: 'case-b', reason: 'phi', date: '2026-02-20', replacement: 'case-z' }] }), defaultEffects);
    const folder = join(root, 'releases/2.0.0');
    expect(await everythingIn(folder)).not.toContain('case-b');
    const changes = await catalog.all<{ rule: string; case_id: string; after: string | null }>(`SELECT rule, case_id, "after" FROM '${join(folder, 'data/tables/changes.parquet')}' WHERE rule LIKE 'case-%' ORDER BY rule`);
    expect(changes).toEqual([{ rule: 'case-added', case_id: 'case-z', after: null }, { rule: 'case-withdrawn', case_id: expect.stringMatching(/^sha256:/), after: 'phi' }]);
  } finally {
    catalog.close();
  }
});
