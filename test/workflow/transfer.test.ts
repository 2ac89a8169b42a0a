import { appendFileSync, existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, test } from '@jest/globals';
import { defaultEffects } from '../../src/effects.js';
import type { Config } from '../../src/model/config.js';
import { cutRelease } from '../../src/release/cut.js';
import { packWorkspaceRelease } from '../../src/workflow/pack.js';
import { pushWorkspaceRelease } from '../../src/workflow/push.js';
import { workspacePaths, type Workspace } from '../../src/workspace/workspace.js';
import { cutOptions, fillCatalog, goldenSecond, openStoreCatalog, smallStore } from '../support/release-store.js';
import { useTemporaryFolders } from '../support/temporary-folder.js';

const temporaryFolder = useTemporaryFolders();
let workspace: Workspace;
let to: string;

/** Two releases: the second is without case-b, which was withdrawn. */
beforeEach(async () => {
  const root = temporaryFolder();
  to = join(root, 'there');
  workspace = { root, config: {} as Config, paths: workspacePaths(root) };
  const catalog = await openStoreCatalog(root);
  try {
    await fillCatalog(catalog, smallStore(), root);
    await cutRelease(catalog, cutOptions(root), defaultEffects);
    const { store, options } = goldenSecond();
    await fillCatalog(catalog, store, root);
    await cutRelease(catalog, cutOptions(root, options), defaultEffects);
  } finally {
    catalog.close();
  }
});

const refusal = { code: 'CONTENT_WITHDRAWN', exitCode: 5, message: expect.not.stringContaining('case-b') };

test('a release with cases that were withdrawn since is neither pushed nor packed, unless that is asked for', async () => {
  await expect(pushWorkspaceRelease(workspace, '1.0.0', to)).rejects.toMatchObject(refusal);
  await expect(packWorkspaceRelease(workspace, '1.0.0', { format: 'zip' })).rejects.toMatchObject(refusal);
  expect([existsSync(to), existsSync(join(workspace.root, 'packs'))]).toEqual([false, false]);
  expect(await pushWorkspaceRelease(workspace, '1.0.0', to, { allowWithdrawn: true })).toMatchObject({ latest: '1.0.0' });
  expect(await packWorkspaceRelease(workspace, '1.0.0', { format: 'zip', allowWithdrawn: true })).toMatchObject({ dry_run: false });
});

test('the release after the withdrawal goes; not when the next withdrawal is recorded already', async () => {
  expect(await pushWorkspaceRelease(workspace, '2.0.0', to)).toMatchObject({ latest: '2.0.0' });
  expect(readdirSync(to).sort()).toEqual(['2.0.0', 'latest.json', 'log']);
  writeFileSync(workspace.paths.withdrawals, 'withdrawals:\n  - {case_id: case-a, reason: phi, date: 2026-03-05}\n');
  await expect(packWorkspaceRelease(workspace, '2.0.0', { format: 'tar', dryRun: true })).rejects.toMatchObject({ code: 'CONTENT_WITHDRAWN' });
});

test('a release that does not verify is not pushed', async () => {
  appendFileSync(join(workspace.paths.releases, '2.0.0/data/tables/cases.parquet'), 'x');
  await expect(pushWorkspaceRelease(workspace, '2.0.0', to, { allowWithdrawn: true })).rejects.toMatchObject({ code: 'RELEASE_INVALID', message: expect.stringContaining('data/tables/cases.parquet') });
  expect(existsSync(to)).toBe(false);
});

test.each(['ftp://host/x', 's3://', 's3://bucket/../x', 's3://bucket//x'])('%s is no place to push to', async (place) => {
  await expect(pushWorkspaceRelease(workspace, '2.0.0', place)).rejects.toMatchObject({ code: 'USAGE' });
});

test('an endpoint with a password in it is refused before it can be told in a message', async () => {
  const failure = await pushWorkspaceRelease(workspace, '2.0.0', 's3://bucket', { endpoint: 'https://user:secret-word@host' }).catch((error: unknown) => error);
  expect(failure).toMatchObject({ code: 'USAGE' });
  expect(JSON.stringify(failure)).not.toContain('secret-word');
});
