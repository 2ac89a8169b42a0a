/**
 * Measures what a shard costs beside its work: the start of `bin/shard.js` with nothing to do, against a bare start of Node; and one
 * process that runs all shards of a plan, one after the other, against the local engine with one thread over the same files.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { localEngine } from '../../src/engine/local-engine.js';
import { writePlan } from '../../src/engine/shards/plan-writer.js';
import { readPlan } from '../../src/engine/shards/plan.js';
import { runShard } from '../../src/engine/shards/run-shard.js';
import { walkTree } from '../../src/fixity/walk.js';
import { PACKAGE_ROOT } from '../../src/package-root.js';
import type { DicomItem, DicomResult } from '../../src/sources/dicom-task.js';
import { makeCorpusOfSize, SLICES } from './corpus.js';
import { median, print, type BenchOptions } from './measure.js';

const TASK = new URL('../../src/sources/dicom-task.js', import.meta.url);
const SHARDS = 20;

export async function bench({ bytes, rounds, folder }: BenchOptions): Promise<void> {
  const corpus = makeCorpusOfSize(SLICES, bytes / 4, folder);
  const root = join(corpus.root, 'data');
  const items: DicomItem[] = [...walkTree(root)].map(({ path, size_bytes }) => ({ path, size_bytes }));
  const taskData = { root, md5: false };
  const weigh = ({ size_bytes }: DicomItem): number => size_bytes;
  const plans = join(folder, 'shards');
  rmSync(plans, { recursive: true, force: true });
  mkdirSync(plans, { recursive: true });
  const plan = (): Promise<string | null> => writePlan(plans, { task: TASK, taskData, purpose: { kind: 'stage' }, items, weigh, limits: { bytes: corpus.bytes / SHARDS, items: 1e6 } });
  const times = { local: [] as number[], shards: [] as number[], kept: [] as number[], node: [] as number[] };
  let count = 0;
  for (let round = 0; round < rounds; round++) {
    times.local.push(await seconds(() => localEngine.run<DicomItem, DicomResult>(TASK, items, { taskData, jobs: 1, chunk: weigh, onResults: () => undefined })));
    rmSync(plans, { recursive: true, force: true });
    mkdirSync(plans, { recursive: true });
    const made = (await plan()) as string;
    count = readPlan(made).shards.length;
    times.shards.push(
      await seconds(async () => {
        for (let index = 0; index < count; index++) await runShard(made, index, { jobs: 1 });
      }),
    );
    times.kept.push(await seconds(() => void spawnSync(process.execPath, [join(PACKAGE_ROOT, 'bin/shard.js'), made, '0', '1'])));
    times.node.push(await seconds(() => void spawnSync(process.execPath, ['-e', '0'])));
  }
  const [local, shards, kept, node] = [times.local, times.shards, times.kept, times.node].map(median) as [number, number, number, number];
  print(`\n${items.length} files, ${Math.round(corpus.bytes / 1e6)} MB, ${count} shards, medians of ${rounds} rounds`);
  print(`local engine, 1 thread          ${local.toFixed(3)} s`);
  print(`all shards in one process       ${shards.toFixed(3)} s: ${(((shards - local) / count) * 1000).toFixed(0)} ms more a shard, worker thread and result file`);
  print(`start of a shard that is done   ${(kept * 1000).toFixed(0)} ms, of a bare Node ${(node * 1000).toFixed(0)} ms`);
  print(`overhead of our own a shard     ${(((shards - local) / count + kept) * 1000 - node * 1000).toFixed(0)} ms beyond the start of Node`);
}

async function seconds(work: () => void | Promise<void>): Promise<number> {
  const begun = performance.now();
  await work();
  return (performance.now() - begun) / 1000;
}
