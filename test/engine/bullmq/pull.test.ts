/** The command line with `--engine bullmq` and a real Redis. */
import { cpSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { runCli } from '../../support/cli.js';
import { noRedis, startRedis, type RedisServer } from '../../support/redis.js';
import { useTemporaryFolders } from '../../support/temporary-folder.js';
import { slice, writeFiles } from '../../workflow/pull-workspace.js';

const reason = noRedis();
const makeFolder = useTemporaryFolders();
const CONFIG = 'format: 1\ndataset: {id: test, title: Test, license: CC0-1.0}\nsources:\n  - {name: images, kind: dicom-folder, path: dicom}\nschema: none\n';

(reason === null ? describe : describe.skip)(`pull over a real Redis${reason === null ? '' : `: ${reason}`}`, () => {
  let redis: RedisServer;
  beforeAll(async () => {
    redis = await startRedis({ password: 'not-to-be-shown', more: ['--maxmemory-policy', 'allkeys-lru'] });
  });
  afterAll(() => redis.stop());

  test('gives the catalog that a local pull gives, warns of eviction, and never shows the password', async () => {
    const [local, spread] = [makeFolder(), makeFolder()];
    for (const root of [local, spread]) writeFiles(root, { 'colophon.yaml': CONFIG });
    for (let n = 0; n < 12; n++) writeFiles(local, { [`dicom/p${n % 3}/a [${n}].dcm`]: slice(`p${n % 3}`, n) });
    writeFiles(local, { 'dicom/broken.dcm': 'no DICOM' });
    cpSync(join(local, 'dicom'), join(spread, 'dicom'), { recursive: true });
    expect(await runCli(['pull', '--json'], local)).toMatchObject({ status: 0 });
    const pulled = await runCli(['pull', '--json', '--engine', 'bullmq', '--jobs', '2', '--shard-bytes', '1000'], spread, { COLOPHON_REDIS_URL: redis.url });
    expect(pulled.status).toBe(0);
    expect(JSON.parse(pulled.stdout)).toMatchObject({ images: [{ files: 13, read: 13, ok: 12, unreadable: 1 }] });
    expect(pulled.stderr).toContain('maxmemory-policy allkeys-lru');
    expect(pulled.stderr).not.toContain('not-to-be-shown');
    const query = ['query', '--json', 'SELECT * EXCLUDE (mtime_ns) FROM instance ORDER BY path'];
    expect((await runCli(query, spread)).stdout).toBe((await runCli(query, local)).stdout);
    expect(readdirSync(join(spread, '.colophon/shards'))).toEqual([]);
  }, 240_000);

  test('a wrong password is refused at once, and not repeated', async () => {
    const folder = makeFolder();
    writeFiles(folder, { 'colophon.yaml': CONFIG });
    const refused = await runCli(['worker', '--once'], folder, { COLOPHON_REDIS_URL: `redis://:wrong-secret@127.0.0.1:${redis.port}` });
    expect(refused.status).toBe(3);
    expect(refused.stderr).toMatch(/WRONGPASS/);
    expect(refused.stdout + refused.stderr).not.toContain('wrong-secret');
  }, 120_000);
});
