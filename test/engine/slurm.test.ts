import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { defaultEffects } from '../../src/effects.js';
import { ShardedEngine } from '../../src/engine/shards/sharded-engine.js';
import { SlurmDispatcher } from '../../src/engine/slurm/slurm-dispatcher.js';
import { runCli, startCli } from '../support/cli.js';
import { expectSamePullAndCheck, expectSameVerify, makeImageWorkspace } from '../support/engine-agreement.js';
import { noSlurm, startSlurm, type Slurm } from '../support/slurm.js';
import { useShardRows } from '../support/shard-rows.js';
import { useTemporaryFolders } from '../support/temporary-folder.js';
import type { SlowWork } from './slow-task.js';

const reason = noSlurm();
const makeFolder = useTemporaryFolders();
const readRows = useShardRows();
const SLOW = new URL('./slow-task.js', import.meta.url);

(reason === null ? describe : describe.skip)(`a real Slurm${reason === null ? '' : ` (skipped: ${reason})`}`, () => {
  let slurm: Slurm;
  const before = process.env.SLURM_CONF;

  beforeAll(async () => {
    // an array of Slurm holds no more than three here, so that work is cut into several
    slurm = await startSlurm(3);
    process.env.SLURM_CONF = slurm.env.SLURM_CONF;
  }, 240_000);
  afterAll(async () => {
    if (before === undefined) delete process.env.SLURM_CONF;
    else process.env.SLURM_CONF = before;
    await slurm.stop();
  });

  function makeEngine(root: string, warnings: string[] = []): ShardedEngine {
    const effects = { ...defaultEffects, warn: (message: string) => void warnings.push(message) };
    return new ShardedEngine({ dispatcher: new SlurmDispatcher({}, effects, { first: 100, last: 500 }), root, limits: { bytes: 3, items: 1000 }, readRows });
  }

  const spread = ['--engine', 'slurm', '--shard-bytes', '6000', '--slurm-option', '--time=5'];
  const ours = async (): Promise<string> => slurm.command('squeue', '--noheader', '--format=%j %T');

  test('pull, check and verify by jobs give what they give here', async () => {
    expect(await expectSamePullAndCheck(makeFolder(), spread, slurm.env)).toBe('');
    await expectSameVerify(makeFolder(), spread, slurm.env);
  }, 240_000);

  test('Ctrl-C cancels the jobs; the same command again does the rest', async () => {
    const root = makeFolder();
    makeImageWorkspace(root);
    const first = startCli(['pull', '--json', ...spread], root, slurm.env);
    while (!(await ours()).includes('RUNNING')) await sleep(100);
    first.child.kill('SIGINT');
    const interrupted = await first.result;
    expect(interrupted.status).toBe(130);
    expect(JSON.parse(interrupted.stdout)).toMatchObject({ error: { code: 'INTERRUPTED', message: expect.stringContaining('were cancelled'), suggestions: [expect.stringContaining('again')] } });
    while ((await ours()) !== '') await sleep(100);
    const second = await runCli(['pull', '--json', ...spread], root, slurm.env);
    expect(second).toMatchObject({ status: 0, stderr: '' });
    expect(JSON.parse(second.stdout)).toMatchObject({ images: [{ files: 13, ok: 12, unreadable: 1 }] });
  }, 240_000);

  test('a task that is killed with -9 is submitted again, and each item counts once', async () => {
    const items = Array.from({ length: 6 }, (_, n): SlowWork => ({ n, ms: 700 }));
    const [root, warnings, taken] = [makeFolder(), [] as string[], [] as number[]];
    const run = makeEngine(root, warnings).run<SlowWork, { n: number }>(SLOW, items, { chunk: () => 1, onResults: (results) => void taken.push(...results.map(({ n }) => n)) });
    let victim: number | undefined;
    while ((victim = shardProcesses(root)[0]) === undefined) await sleep(30);
    process.kill(victim, 'SIGKILL');
    await run;
    expect(taken.sort((a, b) => a - b)).toEqual(items.map(({ n }) => n * 2));
    expect(warnings).toEqual([expect.stringMatching(/^The task of shard \d ended without a result; it is submitted again \(2 of 6\)\.$/)]);
  }, 240_000);

  test('one of two nodes dies with its tasks: no shard is lost, none counts twice', async () => {
    const items = Array.from({ length: 24 }, (_, n): SlowWork => ({ n, ms: 500 }));
    const taken: number[] = [];
    const run = makeEngine(makeFolder()).run<SlowWork, { n: number }>(SLOW, items, { chunk: () => 1, onResults: (results) => void taken.push(...results.map(({ n }) => n)) });
    const nodes = async (): Promise<string> => slurm.command('squeue', '--noheader', '--states=RUNNING', '--format=%N');
    while (!(await nodes()).includes('n1')) await sleep(100);
    slurm.killNode('n1');
    let waiting = true;
    void run.then(
      () => (waiting = false),
      () => (waiting = false),
    );
    // a task that is requeued has to wait for two minutes, as long as nobody says otherwise
    while (waiting) {
      for (const id of (await slurm.command('squeue', '--array', '--noheader', '--states=PENDING', '--format=%i')).split('\n').filter(Boolean)) await slurm.command('scontrol', 'update', `jobid=${id}`, 'StartTime=now').catch(() => '');
      await sleep(500);
    }
    await run;
    expect(taken.sort((a, b) => a - b)).toEqual(items.map(({ n }) => n * 2));
  }, 240_000);
});

/** The processes of tasks that run shards below a folder. */
function shardProcesses(root: string): number[] {
  return readdirSync('/proc').filter((name) => /^\d+$/.test(name)).map(Number).filter((pid) => {
    try {
      const [, script, folder] = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
      return script?.endsWith('bin/shard.js') === true && folder?.startsWith(root) === true;
    } catch {
      return false;
    }
  });
}
