/**
 * Measures the pull of a bucket against bare clients of the same server, in the same rounds: headers alone, every byte, and ten times as
 * many objects. Run through main.ts; `node remote.js ours|bare|sdk ENDPOINT headers|whole OBJECTS FOLDER` is one measured run.
 */
import { fork } from 'node:child_process';
import { createHash } from 'node:crypto';
import { rmSync } from 'node:fs';
import http from 'node:http';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { Catalog } from '../../src/catalog/catalog.js';
import { defaultEffects } from '../../src/effects.js';
import type { S3Source } from '../../src/model/source-config.js';
import { pullRemoteSource } from '../../src/workflow/pull-remote-source.js';
import { workspacePaths } from '../../src/workspace/workspace.js';
import { measureAll, nodeSubject, print, reportPeak, type BenchOptions } from './measure.js';

const SELF = new URL('./remote.js', import.meta.url);
const SERVER = new URL('./bucket-server.js', import.meta.url);
const CONNECTIONS = 8;
const HEAD_BYTES = 65_536;
const ENVIRONMENT = { AWS_ACCESS_KEY_ID: 'bench', AWS_SECRET_ACCESS_KEY: 'bench', AWS_REGION: 'us-east-1', AWS_EC2_METADATA_DISABLED: 'true', AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' };

type Mode = 'headers' | 'whole';

/** `--bytes 2GB` makes 5,000 objects of 400 kB. */
export async function bench(options: BenchOptions): Promise<void> {
  Object.assign(process.env, ENVIRONMENT);
  const objects = Math.max(200, Math.round(options.bytes / 400_000));
  const { endpoint, stop } = await startServer();
  try {
    const few = await compare('headers', objects, endpoint, options);
    await compare('whole', objects, endpoint, options);
    const many = await compare('headers', 10 * objects, endpoint, { ...options, rounds: 1 });
    print(`\ngrowth with 10 times the objects: time x ${(many.seconds / few.seconds).toFixed(1)}, peak memory ${few.peak_mb} to ${many.peak_mb} MB`);
  } finally {
    stop();
  }
}

async function compare(mode: Mode, objects: number, endpoint: string, { rounds, folder }: BenchOptions): Promise<{ seconds: number; peak_mb: number | null }> {
  const check = (stdout: string): void => {
    if (!stdout.includes(`objects=${objects}\n`)) throw new Error(`expected ${objects} objects, found ${stdout}`);
  };
  const names = ['ours', 'bare', 'sdk'] as const;
  const inside = new Map<string, number[]>(names.map((name) => [name, []]));
  const subjects = names.map((name) =>
    nodeSubject(name, SELF, [name, endpoint, mode, String(objects), join(folder, 'remote')], {
      check(stdout) {
        check(stdout);
        inside.get(name)?.push(Number(/^seconds=(.*)$/m.exec(stdout)?.[1]));
      },
    }),
  );
  const measured = await measureAll(subjects, rounds);
  print(`\n${mode === 'whole' ? 'every byte' : 'headers alone'} of ${objects} objects of 400 kB, ${CONNECTIONS} connections; without start-up`);
  // The first run of each was to warm up.
  const seconds = names.map((name) => [...(inside.get(name) ?? [])].slice(1).sort((a, b) => a - b)[Math.floor(rounds / 2)] ?? NaN);
  const [ours = NaN, bare = NaN, sdk = NaN] = seconds;
  for (const [at, name] of names.entries()) print(`  ${name.padEnd(5)} ${(seconds[at] as number).toFixed(2)} s, ${Math.round(objects / (seconds[at] as number))} objects/s, peak ${measured[at]?.peak_mb ?? '-'} MB, whole process ${measured[at]?.seconds.toFixed(2)} s`);
  print(`  ours reaches ${(bare / ours).toFixed(2)} of a bare client without signatures, ${(sdk / ours).toFixed(2)} of a loop over the SDK`);
  return { seconds: ours, peak_mb: measured[0]?.peak_mb ?? null };
}

async function startServer(): Promise<{ endpoint: string; stop: () => void }> {
  const child = fork(fileURLToPath(SERVER));
  const endpoint = await new Promise<string>((done) => child.once('message', (message) => done(String(message))));
  return { endpoint, stop: () => void child.kill() };
}

/** The objects `<n>.dcm` of the prefix that says how many there are. */
async function pullOurs(endpoint: string, mode: Mode, objects: number, folder: string): Promise<number> {
  rmSync(folder, { recursive: true, force: true });
  const source: S3Source = { name: 'images', kind: 's3', bucket: 'images', prefix: `n${objects}`, endpoint, connections: CONNECTIONS, read: mode, keep: false };
  const paths = workspacePaths(folder);
  const config = { dataset: { id: 'bench', title: 'Bench', license: 'CC0-1.0' }, sources: [source] };
  const catalog = await Catalog.open(paths.catalog);
  try {
    const { ok } = await pullRemoteSource({ catalog, workspace: { root: folder, config, paths }, pack: null }, source, {}, defaultEffects);
    return ok;
  } finally {
    catalog.close();
  }
}

/** Asks for every object, so many at once, and does with its bytes what has to be done: nothing, or a digest. */
async function readAll(objects: number, mode: Mode, open: (key: string, range: string | null) => Promise<AsyncIterable<Uint8Array>>): Promise<number> {
  let next = 0;
  let read = 0;
  const work = async (): Promise<void> => {
    for (let n = next++; n < objects; n = next++) {
      const hash = createHash('sha256');
      for await (const chunk of await open(`n${objects}/${n}.dcm`, mode === 'headers' ? `bytes=0-${HEAD_BYTES - 1}` : null)) if (mode === 'whole') hash.update(chunk);
      if (mode === 'whole') hash.digest();
      read += 1;
    }
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, work));
  return read;
}

function readBare(endpoint: string, mode: Mode, objects: number): Promise<number> {
  const agent = new http.Agent({ keepAlive: true, maxSockets: CONNECTIONS });
  return readAll(objects, mode, (key, range) => new Promise((done, fail) => http.get(`${endpoint}/images/${key}`, { agent, headers: range === null ? {} : { range } }, done).on('error', fail)));
}

function readBySdk(endpoint: string, mode: Mode, objects: number): Promise<number> {
  const client = new S3Client({ endpoint, forcePathStyle: true, responseChecksumValidation: 'WHEN_REQUIRED' });
  return readAll(objects, mode, async (Key, range) => {
    const { Body } = await client.send(new GetObjectCommand({ Bucket: 'images', Key, ...(range === null ? {} : { Range: range }) }));
    return Body as AsyncIterable<Uint8Array>;
  });
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const [, , who, endpoint = '', mode = 'headers', objects = '0', folder = ''] = process.argv;
  const begun = performance.now();
  const spent = process.cpuUsage();
  const read = who === 'ours' ? await pullOurs(endpoint, mode as Mode, Number(objects), folder) : await (who === 'bare' ? readBare : readBySdk)(endpoint, mode as Mode, Number(objects));
  print(`objects=${read}\nseconds=${(performance.now() - begun) / 1000}`);
  const { user, system } = process.cpuUsage(spent);
  print(`cpu_seconds=${(user + system) / 1e6}`);
  reportPeak();
  process.exit(0);
}
