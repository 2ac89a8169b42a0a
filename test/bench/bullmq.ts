/**
 * Measures a pull over two BullMQ workers of this machine against the same pull over two threads: the real command line, a real Redis,
 * the same files, each file read anew. Start-up of the workers and the hand-out of shards are in the figure.
 */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PACKAGE_ROOT } from '../../src/package-root.js';
import { noRedis, startRedis } from '../support/redis.js';
import { makeCorpusOfSize, SLICES } from './corpus.js';
import { measureAll, print, printTable, type BenchOptions, type Measurement, type Subject } from './measure.js';

const LOCAL = 'local engine, 2 threads';
const SPREAD = 'bullmq, 2 workers';

/** A tenth of the bytes, then all of them. */
export async function bench(options: BenchOptions): Promise<void> {
  const reason = noRedis();
  if (reason !== null) return print(`bullmq: ${reason}`);
  const redis = await startRedis();
  process.env.COLOPHON_REDIS_URL = redis.url;
  try {
    const few = await compare(options.bytes / 10, options);
    const many = await compare(options.bytes, options);
    print(`\ngrowth with 10 times the bytes: local x ${growth(few, many, LOCAL)}, bullmq x ${growth(few, many, SPREAD)}`);
  } finally {
    await redis.stop();
  }
}

async function compare(bytes: number, { folder, rounds }: BenchOptions): Promise<Measurement[]> {
  const corpus = makeCorpusOfSize(SLICES, bytes, folder);
  const pull = (name: string, place: string, more: string[]): Subject => {
    const root = join(folder, place);
    rmSync(root, { recursive: true, force: true });
    mkdirSync(root, { recursive: true });
    writeFileSync(join(root, 'colophon.yaml'), `format: 1\ndataset: {id: bench, title: Bench, license: CC0-1.0}\nsources:\n  - {name: images, kind: dicom-folder, path: ${JSON.stringify(join(corpus.root, 'data'))}}\nschema: none\n`);
    const args = [join(PACKAGE_ROOT, 'bin/run.js'), 'pull', '--rehash', '--json', '--workspace', root, '--jobs', '2', ...more];
    return { name, command: process.execPath, args, check: (stdout) => expectRead(stdout, corpus.paths.length) };
  };
  const shardBytes = String(Math.ceil(corpus.bytes / 8));
  const subjects = [pull(LOCAL, 'bullmq-local', []), pull(SPREAD, 'bullmq-spread', ['--engine', 'bullmq', '--shard-bytes', shardBytes])];
  const measurements = await measureAll(subjects, rounds);
  printTable('pull in 8 shards', measurements, [LOCAL], { files: corpus.paths.length, bytes: corpus.bytes });
  return measurements;
}

function expectRead(stdout: string, files: number): void {
  const { images } = JSON.parse(stdout) as { images: { read: number }[] };
  if (images[0]?.read !== files) throw new Error(`expected ${files} files, read ${images[0]?.read}`);
}

function growth(few: Measurement[], many: Measurement[], name: string): string {
  const seconds = (all: Measurement[]): number => all.find((each) => each.name === name)?.seconds ?? 0;
  return (seconds(many) / seconds(few)).toFixed(1);
}
