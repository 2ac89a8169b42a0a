/** Verify, interruptions and `colophon worker` on the command line, with a real Redis. */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { KEY_PREFIX, QUEUE_NAME } from '../../../src/engine/bullmq/shard-job.js';
import type { PullReport } from '../../../src/model/pull.js';
import type { WorkerReport } from '../../../src/model/worker.js';
import { runCli, startCli } from '../../support/cli.js';
import { expectSameVerify, makeImageWorkspace } from '../../support/engine-agreement.js';
import { noRedis, startRedis, type RedisServer } from '../../support/redis.js';
import { useTemporaryFolders } from '../../support/temporary-folder.js';

const reason = noRedis();
const makeFolder = useTemporaryFolders();
const SPREAD = ['--engine', 'bullmq', '--shard-bytes', '3000'];

(reason === null ? describe : describe.skip)(`the command line over a real Redis${reason === null ? '' : `: ${reason}`}`, () => {
  let redis: RedisServer;
  let env: NodeJS.ProcessEnv;
  beforeAll(async () => {
    redis = await startRedis();
    env = { COLOPHON_REDIS_URL: redis.url };
  });
  afterEach(() => redis.client.flushall());
  afterAll(() => redis.stop());

  test('verify says what it says here', () => expectSameVerify(makeFolder(), [...SPREAD, '--jobs', '1'], env), 120_000);

  test('a worker that joins before there is work ends at once with --once; Ctrl-C of a coordinator takes back what nobody began, and its next run is done by a joined worker', async () => {
    const root = makeFolder();
    makeImageWorkspace(root);
    const early = await runCli(['worker', '--once', '--json'], root, env);
    expect(early).toMatchObject({ status: 0, stderr: '' });
    expect(JSON.parse(early.stdout)).toMatchObject({ shards: 0, failed: 0, given_back: 0 });

    const nobody = startCli(['pull', '--json', ...SPREAD, '--jobs', '0'], root, env);
    const waiting = (): Promise<number> => redis.client.llen(`${KEY_PREFIX}:${QUEUE_NAME}:wait`);
    while ((await waiting()) === 0) await sleep(50);
    nobody.child.kill('SIGINT');
    const interrupted = await nobody.result;
    expect(interrupted.status).toBe(130);
    expect(JSON.parse(interrupted.stdout)).toMatchObject({ error: { code: 'INTERRUPTED', suggestions: [expect.stringContaining('goes on')] } });
    expect(await waiting()).toBe(0);

    const worker = startCli(['worker', '--jobs', '2', '--json'], root, env);
    const pulled = await runCli(['pull', '--json', ...SPREAD, '--jobs', '0'], root, env);
    expect(pulled).toMatchObject({ status: 0, stderr: '' });
    expect((JSON.parse(pulled.stdout) as PullReport).images).toMatchObject([{ files: 13, read: 13, ok: 12 }]);
    worker.child.kill('SIGINT');
    const ended = await worker.result;
    expect(ended.status).toBe(130);
    const report = JSON.parse(ended.stdout) as WorkerReport;
    expect(report).toMatchObject({ files: 13, failed: 0, given_back: 0 });
    expect(report.shards).toBeGreaterThan(1);
  }, 120_000);

  test('two coordinators of one workspace: one waits for the other, and both end well', async () => {
    const root = makeFolder();
    makeImageWorkspace(root);
    const [one, other] = await Promise.all([1, 2].map(() => runCli(['pull', '--json', ...SPREAD, '--jobs', '1'], root, env)));
    expect([one?.status, other?.status]).toEqual([0, 0]);
    const read = [one, other].map((run) => (JSON.parse(run?.stdout ?? '') as PullReport).images[0]?.read);
    // the file that is no DICOM is looked at by both
    expect(read.sort((a = 0, b = 0) => a - b)[1]).toBe(13);
    expect(`${one?.stderr}${other?.stderr}`).toContain('Waiting: ');
    const found = await runCli(['query', '--json', 'SELECT count(*) AS files, count(DISTINCT path) AS names FROM instance'], root);
    expect(JSON.parse(found.stdout)).toMatchObject({ rows: [{ files: 13, names: 13 }] });
  }, 120_000);
});
