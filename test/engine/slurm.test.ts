import { copyFileSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { defaultEffects } from '../../src/effects.js';
import { ShardedEngine } from '../../src/engine/shards/sharded-engine.js';
import { SlurmDispatcher } from '../../src/engine/slurm/slurm-dispatcher.js';
import { runCli } from '../support/cli.js';
import { noSlurm, startSlurm, type Slurm } from '../support/slurm.js';
import { useShardRows } from '../support/shard-rows.js';
import { useTemporaryFolders } from '../support/temporary-folder.js';
import { slice, writeFiles } from '../workflow/pull-workspace.js';
import type { SlowWork } from './slow-task.js';

const reason = noSlurm();
const makeFolder = useTemporaryFolders();
const readRows = useShardRows();
const SLOW = new URL('./slow-task.js', import.meta.url);
const CONFIG = 'format: 1\ndataset: {id: test, title: Test, license: CC0-1.0}\nsources:\n  - {name: images, kind: dicom-folder, path: dicom}\nschema: none\n';

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

  test('pull by jobs gives the catalog that a local pull gives', async () => {
    const [local, spread] = [makeFolder(), makeFolder()];
    for (const root of [local, spread]) writeFiles(root, { 'colophon.yaml': CONFIG });
    for (let n = 0; n < 12; n++) writeFiles(local, { [`dicom/p${n % 3}/a [${n}]\n.dcm`]: slice(`p${n % 3}`, n) });
    writeFiles(local, { 'dicom/broken.dcm': 'no DICOM' });
    copyTree(join(local, 'dicom'), join(spread, 'dicom'));
    const query = ['query', '--json', 'SELECT * EXCLUDE (mtime_ns) FROM instance ORDER BY path'];
    expect(await runCli(['pull', '--json'], local)).toMatchObject({ status: 0 });
    const pulled = await runCli(['pull', '--json', '--engine', 'slurm', '--shard-bytes', '1000', '--slurm-option', '--time=5'], spread, slurm.env);
    expect(pulled).toMatchObject({ status: 0, stderr: '' });
    expect(JSON.parse(pulled.stdout)).toMatchObject({ images: [{ files: 13, read: 13, ok: 12, unreadable: 1 }] });
    expect((await runCli(query, spread)).stdout).toBe((await runCli(query, local)).stdout);
    expect(readdirSync(join(spread, '.colophon/shards'))).toEqual([]);
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

function copyTree(from: string, to: string): void {
  for (const entry of readdirSync(from, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const target = join(to, entry.parentPath.slice(from.length));
    mkdirSync(target, { recursive: true });
    copyFileSync(join(entry.parentPath, entry.name), join(target, entry.name));
  }
}
