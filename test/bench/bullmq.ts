/**
 * Measures a pull over two BullMQ workers of this machine against the same pull over two threads: the real command line, a real Redis,
 * the same files, each file read anew. Start-up of the workers and the hand-out of shards are in the figure, so that small jobs tell what
 * they cost, and a job of some ten times the bytes, in shards as they are planned by default, what is left of it. That one consists of
 * hard links to the files of the one before: for the pull, files of their own, which are all read.
 */
import { existsSync, linkSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { PACKAGE_ROOT } from '../../src/package-root.js';
import { noRedis, startRedis } from '../support/redis.js';
import { makeCorpusOfSize, SLICES, type Corpus } from './corpus.js';
import { measureAll, print, printTable, type BenchOptions, type Measurement, type Subject } from './measure.js';

const LOCAL = 'local engine, 2 threads';
const SPREAD = 'bullmq, 2 workers';
/** Copies by link in the biggest job. */
const COPIES = 10;
/** Shards of the smaller jobs. */
const SHARDS = 8;

/** What is pulled: a folder with so many files and bytes. */
interface Job {
  folder: string;
  files: number;
  bytes: number;
}

/** A tenth of the bytes, all of them, and ten times as many. */
export async function bench({ folder, bytes, rounds }: BenchOptions): Promise<void> {
  const reason = noRedis();
  if (reason !== null) return print(`bullmq: ${reason}`);
  const redis = await startRedis();
  process.env.COLOPHON_REDIS_URL = redis.url;
  const small = makeCorpusOfSize(SLICES, bytes / 10, folder);
  const whole = makeCorpusOfSize(SLICES, bytes, folder);
  try {
    const jobs = [jobOf(small), jobOf(whole)].map((job) => [job, Math.ceil(job.bytes / SHARDS)] as const);
    const shares: string[] = [];
    for (const [job, shardBytes] of [...jobs, [linkedJob(whole, folder), null] as const]) {
      const measurements = await compare(job, shardBytes, folder, rounds);
      shares.push(`${Math.round(job.bytes / 1e6)} MB x ${ratio(measurements)}`);
    }
    print(`\nbullmq against local, by the size of the job: ${shares.join(', ')}`);
  } finally {
    await redis.stop();
  }
}

function jobOf({ root, paths, bytes }: Corpus): Job {
  return { folder: join(root, 'data'), files: paths.length, bytes };
}

function linkedJob({ root, paths, bytes }: Corpus, folder: string): Job {
  const links = join(folder, 'bullmq-links');
  rmSync(links, { recursive: true, force: true });
  for (let copy = 0; copy < COPIES; copy++)
    for (const path of paths) {
      const target = join(links, String(copy), path);
      if (!existsSync(dirname(target))) mkdirSync(dirname(target), { recursive: true });
      linkSync(join(root, path), target);
    }
  return { folder: links, files: COPIES * paths.length, bytes: COPIES * bytes };
}

/** @param shardBytes null: as the engine plans them */
async function compare(job: Job, shardBytes: number | null, folder: string, rounds: number): Promise<Measurement[]> {
  const pull = (name: string, place: string, more: string[]): Subject => {
    const root = join(folder, place);
    rmSync(root, { recursive: true, force: true });
    mkdirSync(root, { recursive: true });
    writeFileSync(join(root, 'colophon.yaml'), `format: 1\ndataset: {id: bench, title: Bench, license: CC0-1.0}\nsources:\n  - {name: images, kind: dicom-folder, path: ${JSON.stringify(job.folder)}}\nschema: none\n`);
    const args = [join(PACKAGE_ROOT, 'bin/run.js'), 'pull', '--rehash', '--json', '--workspace', root, '--jobs', '2', ...more];
    return { name, command: process.execPath, args, check: (stdout) => expectRead(stdout, job.files) };
  };
  const size = shardBytes === null ? [] : ['--shard-bytes', String(shardBytes)];
  const subjects = [pull(LOCAL, 'bullmq-local', []), pull(SPREAD, 'bullmq-spread', ['--engine', 'bullmq', ...size])];
  const measurements = await measureAll(subjects, rounds);
  printTable(shardBytes === null ? 'pull in shards as planned by default' : `pull in ${SHARDS} shards`, measurements, [LOCAL], job);
  return measurements;
}

function expectRead(stdout: string, files: number): void {
  const { images } = JSON.parse(stdout) as { images: { read: number }[] };
  if (images[0]?.read !== files) throw new Error(`expected ${files} files, read ${images[0]?.read}`);
}

/** How much of the local engine's speed is reached. */
function ratio(measurements: Measurement[]): string {
  const seconds = (name: string): number => measurements.find((each) => each.name === name)?.seconds ?? NaN;
  return (seconds(LOCAL) / seconds(SPREAD)).toFixed(2);
}
