import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { defaultEffects } from '../../src/effects.js';
import { canonicalJson } from '../../src/fixity/canonical-json.js';
import { fetchRelease } from '../../src/workflow/fetch.js';
import { repairRelease, type RepairOptions } from '../../src/workflow/repair.js';
import { verifyNamed } from '../../src/workflow/verify-named.js';
import { startBadServer } from '../support/hostile-server.js';
import { resealTagManifest, writeRelease } from '../support/release-folder.js';
import { useTemporaryFolders } from '../support/temporary-folder.js';
import { IMAGES, listing } from './packed-release.js';

const temporaryFolder = useTemporaryFolders();
const LARGE = 'data/images/C7/1.7/1.7.1/1.7.1.1.dcm';
const PAYLOAD = { ...IMAGES, [LARGE]: Buffer.from(Array.from({ length: 3_000_000 }, (_, at) => (at * 2654435761) >>> 13 & 0xff)) };
const FAST = { jobs: 2, retry: { attempts: 2, base_ms: 1, max_ms: 10, seed: 1 } };
const C2 = 'data/images/C2/1.2.5/1.2.5.6/1.2.5.6.1.dcm';
const C3 = 'data/images/C3/1.3/1.3.1/1.3.1.1.dcm';
const C4 = 'data/images/C4/1.4/1.4.1/1.4.1.1.dcm';

/** A sound release and a copy of it, with the receipt that names the first. */
async function makeCopy(): Promise<{ good: string; copy: string; into: string; digest: string }> {
  const root = temporaryFolder();
  const good = join(root, 'good/1.0.0');
  mkdirSync(good, { recursive: true });
  const digest = writeRelease(good, PAYLOAD);
  const into = join(root, 'mine');
  await fetchRelease(good, into, FAST);
  return { good, copy: join(into, '1.0.0'), into, digest };
}

const repair = (folder: string, options: RepairOptions = {}) => repairRelease(folder, { ...FAST, ...options }, defaultEffects);

describe('repair', () => {
  test('every kind of damage at once: only what is broken is fetched, extras go aside, and it verifies', async () => {
    const { good, copy, into } = await makeCopy();
    truncateSync(join(copy, LARGE), 2_200_000);
    writeFileSync(join(copy, C2), Buffer.alloc((1 << 20) + 4096, 'bad'));
    rmSync(join(copy, 'data/tables/cases.parquet'));
    renameSync(join(copy, C3), join(copy, 'data/images/C3/moved.dcm'));
    writeFileSync(join(copy, 'data/images/C3/.DS_Store'), 'extra');
    writeFileSync(join(into, 'elsewhere'), 'not ours');
    rmSync(join(copy, C4));
    symlinkSync(join(into, 'elsewhere'), join(copy, C4));
    const planned = await repair(copy, { dryRun: true });
    const before = listing(copy);
    expect(planned).toMatchObject({ dry_run: true, problems: 6, fetched: { files: 4 } });
    expect(listing(copy)).toBe(before);
    const report = await repair(copy);
    expect(report.actions.map(({ action, path }) => [action, path])).toEqual(planned.actions.map(({ action, path }) => [action, path]));
    expect(report).toMatchObject({ problems: 6, verified: { ok: true, problems: [] }, source: good, fetched: { files: 4 } });
    expect(new Set(report.actions.map(({ action }) => action))).toEqual(new Set(['fetched', 'renamed', 'set-aside']));
    expect(listing(copy)).toBe(listing(good));
    expect(readFileSync(join(`${copy}.set-aside`, 'data/images/C3/.DS_Store'), 'utf8')).toBe('extra');
    expect(readFileSync(join(into, 'elsewhere'), 'utf8')).toBe('not ours');
    expect(readdirSync(into).sort()).toEqual(['1.0.0', '1.0.0.set-aside', 'colophon-receipt.json', 'elsewhere']);
    expect(await repair(into)).toMatchObject({ problems: 0, actions: [], path: copy });
    expect(await verifyNamed(into, { jobs: 1 })).toMatchObject({ ok: true, release: 'test-set 1.0.0' });
  });

  test('of a file that was cut short only the rest is asked for', async () => {
    const { good, copy } = await makeCopy();
    const server = await startBadServer(dirname(good));
    try {
      truncateSync(join(copy, LARGE), 2_200_000);
      expect(await repair(copy, { from: `${server.url}/1.0.0` })).toMatchObject({ verified: { ok: true } });
      const asked = server.requests.filter(({ path }) => path.includes('/data/'));
      expect(asked.map(({ path, range }) => [path, range])).toEqual([[`/1.0.0/${LARGE}`, `bytes=${2 << 20}-2999999`]]);
    } finally {
      await server.stop();
    }
  });

  test('what is left of a cut file is not believed: other bytes come whole', async () => {
    const { copy } = await makeCopy();
    writeFileSync(join(copy, LARGE), Buffer.alloc(2_200_000, 'other'));
    expect(await repair(copy)).toMatchObject({ verified: { ok: true } });
  });

  test('damaged lists come back when the receipt, or --expect, says which release it is', async () => {
    const { good, copy } = await makeCopy();
    writeFileSync(join(copy, 'manifest-sha256.txt'), 'nonsense\n');
    rmSync(join(copy, 'payload-sizes.txt'));
    writeFileSync(join(copy, 'release.json'), '{}');
    rmSync(join(copy, C4));
    expect(await repair(copy)).toMatchObject({ verified: { ok: true } });
    expect(listing(copy)).toBe(listing(good));
  });

  test('without either nothing is repaired by the word of lists that do not hold', async () => {
    const { good, copy, into, digest } = await makeCopy();
    rmSync(join(into, 'colophon-receipt.json'));
    const path = join(copy, 'manifest-sha256.txt');
    writeFileSync(path, readFileSync(path, 'utf8').replace(/^[0-9a-f]{8}/, '00000000'));
    resealTagManifest(copy);
    const before = listing(copy);
    await expect(repair(copy, { from: good })).rejects.toMatchObject({ code: 'RELEASE_INVALID', exitCode: 3 });
    await expect(repair(copy, { from: good, trust: { expect: 'f'.repeat(64) } })).rejects.toMatchObject({ code: 'RELEASE_INVALID', found: `sha256:${digest}` });
    expect(listing(copy)).toBe(before);
    expect(await repair(copy, { from: good, trust: { expect: digest } })).toMatchObject({ verified: { ok: true } });
  });

  test('a copy that is another release than the receipt says is not taken for it', async () => {
    const { copy } = await makeCopy();
    rmSync(copy, { recursive: true });
    mkdirSync(copy);
    writeRelease(copy, { ...PAYLOAD, 'data/notes/z.txt': 'changed' });
    const report = await repair(copy);
    expect(report.verified).toMatchObject({ ok: true });
    expect(readFileSync(join(copy, 'data/notes/z.txt'), 'utf8')).toBe('same');
  });

  test('nothing is written through a link', async () => {
    const { copy, into } = await makeCopy();
    const outside = join(into, 'outside');
    mkdirSync(outside);
    rmSync(join(copy, 'data/images/C3'), { recursive: true });
    symlinkSync(outside, join(copy, 'data/images/C3'));
    await repair(copy).catch(() => null);
    expect(readdirSync(outside)).toEqual([]);
  });

  test('extras are deleted only when that is asked for', async () => {
    const { copy } = await makeCopy();
    writeFileSync(join(copy, 'data/new.txt'), 'x');
    expect(await repair(copy, { deleteExtra: true })).toMatchObject({ actions: [{ action: 'deleted', path: 'data/new.txt' }], verified: { ok: true } });
    expect(existsSync(`${copy}.set-aside`)).toBe(false);
  });

  test('a source that is another release, or nothing to fetch from, is told', async () => {
    const { copy, into } = await makeCopy();
    rmSync(join(copy, C4));
    const other = join(temporaryFolder(), '1.0.0');
    mkdirSync(other);
    writeRelease(other, { ...PAYLOAD, 'data/notes/z.txt': 'changed' });
    await expect(repair(copy, { from: other })).rejects.toMatchObject({ code: 'RELEASE_INVALID' });
    rmSync(join(into, 'colophon-receipt.json'));
    await expect(repair(copy)).rejects.toMatchObject({ code: 'USAGE' });
  });

  test('images of a case that was withdrawn do not come back, whoever tells it', async () => {
    const { good, copy, digest } = await makeCopy();
    const amendments = join(dirname(good), 'amendments');
    mkdirSync(amendments);
    const release = { version: '1.0.0', sequence: 1, digest };
    const held = { case_digest: null, sequence: 1, version: '1.0.0' };
    writeFileSync(join(amendments, 'amendment-1.json'), canonicalJson({
      dataset: 'test-set', date: '2026-02-01', format: 'colophon-amendment/1', latest: release, number: 1, previous: null, releases: [release],
      withdrawn: [{ case_id: 'C4', date: '2026-02-01', reason: 'consent', releases: [held], replacement: null, since_version: null }],
    }));
    rmSync(join(copy, C4));
    rmSync(join(copy, C3));
    const report = await repair(copy);
    expect(report.actions).toEqual(expect.arrayContaining([expect.objectContaining({ action: 'left', path: C4 }), { action: 'fetched', path: C3 }]));
    expect(existsSync(join(copy, C4))).toBe(false);
    expect(report.verified).toMatchObject({ ok: false, problems: [], withdrawn: ['C4'] });
    expect(existsSync(join(copy, '../.repair-1.0.0'))).toBe(false);
    await expect(fetchRelease(good, temporaryFolder(), FAST)).rejects.toMatchObject({ code: 'CONTENT_WITHDRAWN', exitCode: 5 });
  });
});
