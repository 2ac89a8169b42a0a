/** Workers that are killed, and files that kill them, against a real Redis. */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { readPlan } from '../../../src/engine/shards/plan.js';
import { takeResult } from '../../../src/engine/shards/result-taking.js';
import { ShardRows } from '../../../src/workflow/shard-rows.js';
import { noRedis, startRedis, type RedisServer } from '../../support/redis.js';
import { useTemporaryFolders } from '../../support/temporary-folder.js';
import { coordinate, planWork, TestWorkers } from './harness.js';
import type { Answer, Work } from './tasks.js';

const reason = noRedis();
(reason === null ? describe : describe.skip)(`workers that die${reason === null ? '' : `: ${reason}`}`, () => {
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
  afterEach(() => workers.stop());

  test('one of two is killed at random moments, 20 times: no shard is lost, and none is counted twice', async () => {
    const work: Work[] = Array.from({ length: 960 }, (_, n) => ({ n, ms: 25 }));
    const folder = await planWork(root, work, 8);
    const crew = [workers.start(), workers.start()];
    const { end, done } = coordinate(folder, redis.url);
    const ended = end.then(() => true);
    // more work than can be done until the last of them is killed
    let kills = 0;
    for (; kills < 20; kills++) {
      // from the moment a worker starts up to some shards later
      if (await Promise.race([ended, sleep(200 + Math.random() * 800)])) break;
      const place = kills % 2;
      crew[place]?.kill('SIGKILL');
      crew[place] = workers.start();
    }
    expect(await end).toEqual(new Map());
    expect(kills).toBe(20);
    expect([...done].sort((a, b) => a - b)).toEqual([...Array(120).keys()]);
    const { answers, failures } = await takeAll(folder);
    expect(failures).toEqual([]);
    expect(answers).toEqual(work.map(({ n }) => ({ n, square: BigInt(n) * BigInt(n) })));
  }, 480_000);

  test('a file that kills its process is found, left out and told; all others are done', async () => {
    const work: Work[] = Array.from({ length: 30 }, (_, n) => ({ n, ...(n === 17 ? { act: 'kill' as const } : {}) }));
    const folder = await planWork(root, work, 10);
    workers.keep = 2;
    workers.start();
    workers.start();
    const { end } = coordinate(folder, redis.url);
    expect(await end).toEqual(new Map());
    const { answers, failures } = await takeAll(folder);
    expect(failures).toEqual([[17, expect.stringContaining('again and again')]]);
    expect(answers.map(({ n }) => n)).toEqual(work.map(({ n }) => n).filter((n) => n !== 17));
  }, 240_000);

  async function takeAll(folder: string): Promise<{ answers: Answer[]; failures: [number, string][] }> {
    const plan = readPlan(folder);
    const rows = new ShardRows();
    const answers: Answer[] = [];
    const failures: [number, string][] = [];
    const run = { onResults: (results: Answer[]) => void answers.push(...results), onFailure: ({ n }: Work, why: string) => void failures.push([n, why]) };
    for (const index of plan.shards.keys()) await takeResult<Work, Answer>(folder, plan, index, rows.read, run);
    rows.close();
    return { answers, failures };
  }
});
