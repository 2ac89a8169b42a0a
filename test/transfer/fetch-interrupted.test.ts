import { existsSync, mkdirSync, readdirSync, statSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from '@jest/globals';
import { verifyRelease } from '../../src/verify/verify.js';
import { runCli, startCli } from '../support/cli.js';
import { startBadServer } from '../support/hostile-server.js';
import { noNginx, startNginx } from '../support/nginx.js';
import { writeRelease } from '../support/release-folder.js';
import { useTemporaryFolders } from '../support/temporary-folder.js';
import { IMAGES } from './packed-release.js';

const temporaryFolder = useTemporaryFolders();
const LARGE = 'data/images/C7/1.7/1.7.1/1.7.1.1.dcm';
const PAYLOAD = { ...IMAGES, [LARGE]: Buffer.from(Array.from({ length: 6_000_000 }, (_, at) => (at * 2654435761) >>> 13 & 0xff)) };

function makeRelease(): { root: string; digest: string } {
  const root = temporaryFolder();
  mkdirSync(join(root, '1.0.0'));
  return { root, digest: writeRelease(join(root, '1.0.0'), PAYLOAD) };
}

/** Waits until more of the large file came than any other file has. */
async function untilLarge(into: string, bytes: number): Promise<void> {
  const largest = (): number => {
    const aside = existsSync(into) ? readdirSync(into).find((name) => name.startsWith('.fetch-1.0.0')) : undefined;
    const parts = aside === undefined ? '' : join(into, aside, 'parts');
    return existsSync(parts) ? Math.max(0, ...readdirSync(parts).map((name) => statSync(join(parts, name), { throwIfNoEntry: false })?.size ?? 0)) : 0;
  };
  for (let left = 600; left > 0 && largest() < bytes; left--) await sleep(25);
}

describe('the command line', () => {
  test('killed, and then interrupted by Ctrl-C, it leaves no release, and the next run fetches the rest only', async () => {
    const { root } = makeRelease();
    const server = await startBadServer(root);
    const into = join(temporaryFolder(), 'mine');
    try {
      for (const [signal, bytes] of [['SIGKILL', 2_200_000], ['SIGINT', 3_300_000]] as const) {
        const { child, result } = startCli(['fetch', `${server.url}/1.0.0/`, into, '--limit-rate', '2MB', '--jobs', '2'], root);
        await untilLarge(into, bytes);
        child.kill(signal);
        expect(await result).toMatchObject(signal === 'SIGKILL' ? { signal } : { status: 130 });
        expect(existsSync(join(into, '1.0.0'))).toBe(false);
        server.requests.length = 0;
      }
      const { status, stdout } = await runCli(['fetch', `${server.url}/1.0.0/`, into, '--json'], root);
      expect(status).toBe(0);
      expect(JSON.parse(stdout)).toMatchObject({ verified: { ok: true } });
      const images = server.requests.filter(({ path }) => path.includes('/data/'));
      expect(images.every(({ path, range }) => !path.endsWith(LARGE) || /^bytes=[1-9]/.test(range ?? ''))).toBe(true);
      expect(images.length).toBeLessThan(Object.keys(PAYLOAD).length);
      expect(readdirSync(into).sort()).toEqual(['1.0.0', 'colophon-receipt.json']);
    } finally {
      await server.stop();
    }
  }, 60_000);

  test('a server that is gone for a while is waited for', async () => {
    const { root } = makeRelease();
    const server = await startBadServer(root);
    const into = join(temporaryFolder(), 'mine');
    const { result } = startCli(['fetch', `${server.url}/1.0.0/`, into, '--limit-rate', '3MB', '--json'], root);
    await untilLarge(into, 2_200_000);
    await server.stop();
    await sleep(500);
    const again = await startBadServer(root, server.port);
    try {
      expect(await result).toMatchObject({ status: 0 });
      expect(again.requests.some(({ path, range }) => path.endsWith(LARGE) && /^bytes=[1-9]/.test(range ?? ''))).toBe(true);
    } finally {
      await again.stop();
    }
  }, 60_000);

  test('says what is wrong in a usage, and exits with 3 for a source that is not there', async () => {
    const folder = temporaryFolder();
    expect(await runCli(['fetch', 'gopher://x/', 'out'], folder)).toMatchObject({ status: 2, stdout: '' });
    const { status, stdout } = await runCli(['fetch', folder, 'out', '--json'], folder);
    expect(status).toBe(3);
    expect(JSON.parse(stdout)).toMatchObject({ error: { code: 'RELEASE_NOT_FOUND', exit: 3 } });
    expect(readdirSync(folder)).toEqual([]);
  });
});

const reason = noNginx();
(reason === null ? describe : describe.skip)(`a real nginx${reason === null ? '' : `: ${reason}`}`, () => {
  test('a release comes whole, compression switched on or not; a damaged copy is repaired', async () => {
    const { root, digest } = makeRelease();
    const nginx = await startNginx(root);
    const into = join(temporaryFolder(), 'mine');
    try {
      expect(await runCli(['fetch', `${nginx.url}/1.0.0/`, into, '--expect', digest], root)).toMatchObject({ status: 0 });
      truncateSync(join(into, '1.0.0', LARGE), 5_000_000);
      expect(await runCli(['repair', join(into, '1.0.0')], root)).toMatchObject({ status: 0 });
      expect(await verifyRelease(join(into, '1.0.0'), { jobs: 1, expect: digest })).toMatchObject({ ok: true });
    } finally {
      await nginx.stop();
    }
  }, 60_000);
});
