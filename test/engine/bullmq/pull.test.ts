/** The command line with `--engine bullmq` and a real Redis. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { runCli } from '../../support/cli.js';
import { expectSamePullAndCheck, makeImageWorkspace } from '../../support/engine-agreement.js';
import { noRedis, startRedis, type RedisServer } from '../../support/redis.js';
import { useTemporaryFolders } from '../../support/temporary-folder.js';

const reason = noRedis();
const makeFolder = useTemporaryFolders();

(reason === null ? describe : describe.skip)(`pull over a real Redis${reason === null ? '' : `: ${reason}`}`, () => {
  let redis: RedisServer;
  beforeAll(async () => {
    redis = await startRedis({ password: 'not-to-be-shown', more: ['--maxmemory-policy', 'allkeys-lru'] });
  });
  afterAll(() => redis.stop());

  test('pull and check give what they give here, warn of eviction, and never show the password', async () => {
    const stderr = await expectSamePullAndCheck(makeFolder(), ['--engine', 'bullmq', '--jobs', '2', '--shard-bytes', '6000'], { COLOPHON_REDIS_URL: redis.url });
    expect(stderr).toContain('maxmemory-policy allkeys-lru');
    expect(stderr).not.toContain('not-to-be-shown');
  }, 240_000);

  test('a wrong password is refused at once, and not repeated', async () => {
    const folder = makeFolder();
    makeImageWorkspace(folder, 0);
    const refused = await runCli(['worker', '--once'], folder, { COLOPHON_REDIS_URL: `redis://:wrong-secret@127.0.0.1:${redis.port}` });
    expect(refused.status).toBe(3);
    expect(refused.stderr).toMatch(/WRONGPASS/);
    expect(refused.stdout + refused.stderr).not.toContain('wrong-secret');
  }, 120_000);
});
