/** Coordinator and workers against a real Redis. */
import { appendFileSync, cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { JOB_NAME, JOB_OPTIONS, KEY_PREFIX, QUEUE_NAME, shardJobId } from '../../../src/engine/bullmq/shard-job.js';
import { readFailures } from '../../../src/engine/shards/failures.js';
import { digestPlan, readPlan } from '../../../src/engine/shards/plan.js';
import { resultFault } from '../../../src/engine/shards/result-file.js';
import { shardFiles } from '../../../src/engine/shards/shard-files.js';
import type { ShardPlan } from '../../../src/model/shards.js';
import { noRedis, startRedis, type RedisServer } from '../../support/redis.js';
import { useTemporaryFolders } from '../../support/temporary-folder.js';
import { coordinate, planWork, TestWorkers } from './harness.js';
import type { Work } from './tasks.js';

const reason = noRedis();
(reason === null ? describe : describe.skip)(`shards over a real Redis${reason === null ? '' : `: ${reason}`}`, () => {
  const temporary = useTemporaryFolders();
  let redis: RedisServer;
  let root: string;
  let workers: TestWorkers;

  beforeAll(async () => {
    redis = await startRedis();
  });
  afterAll(() => redis.stop());
  beforeEach(() => {
    root = temporary();
    workers = new TestWorkers(root, redis.url);
  });
  afterEach(async () => {
    await workers.stop();
    await redis.client.flushall();
  });

  const items = (count: number, more: Partial<Work> = {}): Work[] => Array.from({ length: count }, (_, n) => ({ n, ...more }));

  function expectAllDone(folder: string): void {
    const plan = readPlan(folder);
    expect([...plan.shards.keys()].filter((index) => resultFault(folder, plan, index) !== null)).toEqual([]);
  }

  test('two workers do all shards, each is told of once, and Redis keeps no job', async () => {
    const folder = await planWork(root, items(120), 10);
    workers.start();
    workers.start();
    const { end, done, progress, warnings } = coordinate(folder, redis.url);
    expect(await end).toEqual(new Map());
    expectAllDone(folder);
    expect([...done].sort((a, b) => a - b)).toEqual([...Array(12).keys()]);
    expect(warnings).toEqual([]);
    for (const step of progress) expect(step).toMatchObject({ totalFiles: 120, totalBytes: 120 });
    expect(await redis.client.exists(`${KEY_PREFIX}:${QUEUE_NAME}:${shardJobId(basename(folder), 0)}`)).toBe(0);
  }, 120_000);

  test('a worker ends with SIGTERM: the shard in work is given back and another one does it', async () => {
    const folder = await planWork(root, items(40, { ms: 50 }), 20);
    const first = workers.start();
    const { end } = coordinate(folder, redis.url);
    await until(() => redis.client.llen(`${KEY_PREFIX}:${QUEUE_NAME}:active`), 1);
    const said = new Promise<string>((told) => first.stdout?.once('data', (text: Buffer) => told(String(text))));
    first.kill('SIGTERM');
    expect(JSON.parse(await said)).toMatchObject({ given_back: 1, failed: 0 });
    const job = await redis.client.hgetall(`${KEY_PREFIX}:${QUEUE_NAME}:${shardJobId(basename(folder), 0)}`);
    expect(job.atm ?? '0').toBe('0');
    workers.start();
    expect(await end).toEqual(new Map());
    expectAllDone(folder);
  }, 120_000);

  test('Redis restarts midway: workers and coordinator go on', async () => {
    const folder = await planWork(root, items(60, { ms: 25 }), 5);
    workers.start();
    const { end, done, warnings } = coordinate(folder, redis.url);
    while (done.length < 3) await sleep(20);
    await redis.restart(700);
    expect(await end).toEqual(new Map());
    expectAllDone(folder);
    expect(done.length).toBe(12);
    expect(warnings.join('\n')).toMatch(/is gone[^]*answers again/);
    expect(warnings.join('\n')).not.toContain('no longer knows');
  }, 120_000);

  test('Redis loses its memory midway: the shards without a result are handed out again', async () => {
    const folder = await planWork(root, items(100, { ms: 25 }), 10);
    workers.start();
    const { end, done, warnings } = coordinate(folder, redis.url);
    while (done.length < 2) await sleep(20);
    await redis.client.flushall();
    expect(await end).toEqual(new Map());
    expectAllDone(folder);
    expect(done.length).toBe(10);
    expect(warnings.join('\n')).toMatch(/no longer knows \d of the shards/);
  }, 160_000);

  test('two coordinators of one plan: every shard is done, and begun once', async () => {
    const log = join(temporary(), 'log');
    writeFileSync(log, '');
    const folder = await planWork(root, items(60, { ms: 5 }), 5, { log });
    workers.start();
    workers.start();
    const both = [coordinate(folder, redis.url), coordinate(folder, redis.url)];
    for (const { end, done, warnings } of both) {
      expect(await end).toEqual(new Map());
      expect(done.length).toBe(12);
      expect(warnings).toEqual([]);
    }
    expect(readFileSync(log, 'utf8').trim().split('\n')).toHaveLength(60);
  }, 120_000);

  test('a coordinator that starts again finds what is done, and waits for the rest', async () => {
    const log = join(temporary(), 'log');
    writeFileSync(log, '');
    const folder = await planWork(root, items(60, { ms: 20 }), 5, { log });
    workers.start();
    const first = coordinate(folder, redis.url);
    while (first.done.length < 3) await sleep(20);
    first.stop.abort();
    await expect(first.end).rejects.toMatchObject({ code: 'INTERRUPTED' });
    const second = coordinate(folder, redis.url);
    expect(await second.end).toEqual(new Map());
    expectAllDone(folder);
    expect(readFileSync(log, 'utf8').trim().split('\n')).toHaveLength(60);
  }, 120_000);

  test('a damaged result is none: the shard is run again', async () => {
    const folder = await planWork(root, items(20), 10);
    mkdirSync(dirname(shardFiles.result(folder, 1)), { recursive: true });
    writeFileSync(shardFiles.result(folder, 1), 'PAR1, or so it says, at some length PAR1');
    workers.start();
    expect(await coordinate(folder, redis.url).end).toEqual(new Map());
    expectAllDone(folder);
  }, 120_000);

  test('a shard that cannot be run is tried three times and told; mended, the next run does it', async () => {
    const folder = await planWork(root, items(20), 10);
    const list = shardFiles.items(folder, 1);
    const whole = readFileSync(list);
    writeFileSync(list, `${whole.toString()}changed\n`);
    workers.start();
    const failed = await coordinate(folder, redis.url).end;
    // Redis, which others read, is told no more than the code; the failure files say it all
    expect([...failed]).toEqual([[1, 'SHARD_INVALID']]);
    const said = expect.objectContaining({ message: expect.stringContaining('The items of shard 1 were changed since they were planned') });
    expect(readFailures(folder, readPlan(folder), 1)).toEqual([said, said, said]);
    writeFileSync(list, whole);
    expect(await coordinate(folder, redis.url).end).toEqual(new Map());
    expectAllDone(folder);
  }, 120_000);

  test('jobs of strangers are refused: nothing they name is touched', async () => {
    const folder = await planWork(root, items(20), 10);
    const plan = basename(folder);
    const outside = temporary();
    appendFileSync(join(outside, 'evil.js'), 'throw new Error("was run")');
    const { Queue } = await import('bullmq');
    const queue = new Queue(QUEUE_NAME, { connection: redis.client, prefix: KEY_PREFIX });
    const tool = readPlan(folder).tool;
    const jobs: [name: string, data: unknown, jobId: string][] = [
      [JOB_NAME, { plan: `../${basename(outside)}`, index: 0, tool }, 'x.1'],
      [JOB_NAME, { plan, index: 0, tool }, 'not-its-id'],
      ['eval', { code: 'process.exit(9)' }, 'x.3'],
      [JOB_NAME, { plan, index: 0, tool, task: `file://${outside}/evil.js` }, 'x.4'],
      [JOB_NAME, null, 'x.5'],
    ];
    for (const [name, data, jobId] of jobs) await queue.add(name, data, { ...JOB_OPTIONS, jobId });
    const child = workers.start();
    await until(() => queue.getFailedCount(), jobs.length);
    expect(child.exitCode).toBeNull();
    for (const [, , id] of jobs) expect((await queue.getJob(id))?.failedReason).toBe('refused: no shard of Colophon');
    expect(workers.stderr).toContain('Refused a job that is no shard of Colophon');
    expect(resultFault(folder, readPlan(folder), 0)).toBe('missing');
    // and what is ours is still done by the same worker
    expect(await coordinate(folder, redis.url).end).toEqual(new Map());
    await queue.close();
  }, 120_000);

  test('a plan that a worker does not see, or of another version, is given back, and the coordinator says so', async () => {
    const folder = await planWork(root, items(10), 10);
    const elsewhere = new TestWorkers(temporary(), redis.url);
    elsewhere.start();
    const { end, warnings, stop } = coordinate(folder, redis.url);
    await until(() => Promise.resolve(warnings.length), 1);
    expect(warnings[0]).toMatch(/The worker \S+:\d+ gives shards back: the plan [0-9a-f]{16} is not in the folders it serves/);
    await elsewhere.stop('SIGTERM');
    workers.start();
    expect(await end).toEqual(new Map());
    stop.abort();
  }, 120_000);

  test('a plan of another version, and one with another plan in its folder, are given back with the reason; not an item of them is begun', async () => {
    const log = join(temporary(), 'log');
    const folder = await planWork(root, items(10), 10, { log });
    const path = shardFiles.plan(folder);
    const text = readFileSync(path, 'utf8');
    const draft = { ...(JSON.parse(text) as ShardPlan), tool: '0.0.1-other' };
    writeFileSync(path, JSON.stringify({ ...draft, digest: digestPlan(draft) }));
    workers.start();
    const old = coordinate(folder, redis.url);
    await until(() => Promise.resolve(old.warnings.length), 1);
    expect(old.warnings[0]).toMatch(/gives shards back: The plan was made by another version of this program.*\(expected 0\.0\.1-other, found \d/);
    old.stop.abort();
    await expect(old.end).rejects.toMatchObject({ code: 'INTERRUPTED' });
    await redis.client.flushall();

    const strange = join(root, '0123456789abcdef');
    cpSync(folder, strange, { recursive: true });
    writeFileSync(shardFiles.plan(strange), text);
    const other = coordinate(strange, redis.url);
    await until(() => Promise.resolve(other.warnings.length), 1);
    expect(other.warnings[0]).toContain('the job and the plan 0123456789abcdef are not of one making');
    other.stop.abort();
    await expect(other.end).rejects.toMatchObject({ code: 'INTERRUPTED' });
    expect(existsSync(log)).toBe(false);
  }, 120_000);

  test.each([['ahead', 86_400_000], ['behind', -86_400_000]])('what a worker whose clock is a day %s gives back waits no day, for one whose clock is as wrong the other way', async (_, ahead) => {
    const folder = await planWork(root, items(10), 10);
    const elsewhere = new TestWorkers(temporary(), redis.url);
    elsewhere.start(ahead);
    const { end, warnings } = coordinate(folder, redis.url);
    await until(() => Promise.resolve(warnings.length), 1);
    await elsewhere.stop('SIGTERM');
    workers.start(-ahead);
    expect(await end).toEqual(new Map());
    expectAllDone(folder);
  }, 60_000);

  test('a source that is not mounted at a worker is no reason to call its files unreadable', async () => {
    const source = join(temporary(), 'source');
    const folder = await planWork(root, items(10), 10, { root: source });
    workers.start();
    const { end, warnings } = coordinate(folder, redis.url);
    await until(() => Promise.resolve(warnings.length), 1);
    expect(warnings[0]).toContain(`it does not see the folder ${source} (ENOENT)`);
    mkdirSync(source);
    writeFileSync(join(source, 'file'), '');
    expect(await end).toEqual(new Map());
    rmSync(source, { recursive: true });
  }, 120_000);
});

async function until(count: () => Promise<number>, wanted: number): Promise<void> {
  const late = AbortSignal.timeout(15_000);
  while ((await count()) < wanted) {
    if (late.aborted) throw new Error('it did not come to that');
    await sleep(30);
  }
}
