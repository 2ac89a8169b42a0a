/**
 * Measures the pull of a bucket against bare clients of the same server, in the same rounds: headers alone, every byte, and ten times as
 * many objects. A fair bare client does what the server of a bucket asks for: it lists, signs every request, has as many connections, and
 * throws the bytes away (`signed`: 64 KiB of each object, or all of it and its sha256). `alike` does the same and as much as we do with the
 * bytes: it asks for 4 KiB, or holds the md5 against the ETag too. `bare` neither lists nor signs, and `sdk` sends the commands of the SDK
 * without listing. Run through main.ts; `node remote.js ours|signed|alike|bare|sdk ENDPOINT headers|whole OBJECTS FOLDER` is one measured run.
 */
import { fork } from 'node:child_process';
import { createHash } from 'node:crypto';
import { rmSync } from 'node:fs';
import http, { type IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { Catalog } from '../../src/catalog/catalog.js';
import { defaultEffects } from '../../src/effects.js';
import type { S3Source } from '../../src/model/source-config.js';
import { RequestSignature } from '../../src/network/request-signature.js';
import { pullRemoteSource } from '../../src/workflow/pull-remote-source.js';
import { workspacePaths } from '../../src/workspace/workspace.js';
import { measureAll, nodeSubject, print, reportPeak, type BenchOptions } from './measure.js';

const SELF = new URL('./remote.js', import.meta.url);
const SERVER = new URL('./bucket-server.js', import.meta.url);
const CONNECTIONS = 8;
const HEAD_BYTES = 65_536;
/** What headers of this image take, which ours finds out by itself. */
const FITTING_BYTES = 4096;
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
  const names = ['ours', 'signed', 'alike', 'bare', 'sdk'] as const;
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
  const [ours = NaN, signed = NaN, alike = NaN, bare = NaN, sdk = NaN] = seconds;
  for (const [at, name] of names.entries()) print(`  ${name.padEnd(6)} ${(seconds[at] as number).toFixed(2)} s, ${Math.round(objects / (seconds[at] as number))} objects/s, peak ${measured[at]?.peak_mb ?? '-'} MB, whole process ${measured[at]?.seconds.toFixed(2)} s`);
  print(`  ours reaches ${(signed / ours).toFixed(2)} of a bare client that lists and signs (asked: 0.8), ${(alike / ours).toFixed(2)} of one that ${mode === 'whole' ? 'checks the md5 too' : 'asks for 4 KiB'}, ${(bare / ours).toFixed(2)} of one that does neither, ${(sdk / ours).toFixed(2)} of a loop over the SDK`);
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
async function readAll(objects: number, mode: Mode, open: Ask, { head = HEAD_BYTES, md5 = false } = {}): Promise<number> {
  let next = 0;
  let read = 0;
  const work = async (): Promise<void> => {
    for (let n = next++; n < objects; n = next++) {
      const hashes = (md5 ? ['sha256', 'md5'] : ['sha256']).map((name) => createHash(name));
      const body = await open(`n${objects}/${n}.dcm`, mode === 'headers' ? `bytes=0-${head - 1}` : null);
      for await (const chunk of body) if (mode === 'whole') for (const hash of hashes) hash.update(chunk);
      const [, found] = mode === 'whole' ? hashes.map((hash) => hash.digest('hex')) : [];
      if (found !== undefined && `"${found}"` !== (body as IncomingMessage).headers.etag) throw new Error('another md5');
      read += 1;
    }
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, work));
  return read;
}

function readBare(endpoint: string, mode: Mode, objects: number): Promise<number> {
  return readAll(objects, mode, asker(endpoint, () => ({})));
}

/** Lists to the end, then asks for what was listed. */
async function readSigned(endpoint: string, mode: Mode, objects: number, more: { head?: number; md5?: boolean } = {}): Promise<number> {
  const signature = new RequestSignature('us-east-1');
  const { host } = new URL(endpoint);
  const ask = asker(endpoint, (key, headers) => signature.sign({ host, path: `/images/${key}`, headers }, { accessKeyId: 'bench', secretAccessKey: 'bench' }, new Date()));
  let listed = 0;
  for (let token: string | undefined = '0'; token !== undefined; ) {
    let page = '';
    for await (const chunk of await ask(`?prefix=n${objects}/&continuation-token=${token}`, null)) page += Buffer.from(chunk).toString();
    listed += page.split('<Key>').length - 1;
    token = /<NextContinuationToken>(\d+)</.exec(page)?.[1];
  }
  return readAll(listed, mode, ask, more);
}

type Ask = (key: string, range: string | null) => Promise<AsyncIterable<Uint8Array>>;

function asker(endpoint: string, sign: (key: string, headers: Record<string, string>) => Record<string, string>): Ask {
  const agent = new http.Agent({ keepAlive: true, maxSockets: CONNECTIONS });
  return (key, range) =>
    new Promise((done, fail) => {
      const headers: Record<string, string> = range === null ? {} : { range };
      http.get(`${endpoint}/images/${key}`, { agent, headers: { ...headers, ...sign(key, headers) } }, done).on('error', fail);
    });
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
  const work = { ours: () => pullOurs(endpoint, mode as Mode, Number(objects), folder), alike: () => readSigned(endpoint, mode as Mode, Number(objects), { head: FITTING_BYTES, md5: true }) };
  const floors = { signed: readSigned, bare: readBare, sdk: readBySdk };
  const read = who === 'ours' || who === 'alike' ? await work[who]() : await floors[who as 'signed'](endpoint, mode as Mode, Number(objects));
  print(`objects=${read}\nseconds=${(performance.now() - begun) / 1000}`);
  const { user, system } = process.cpuUsage(spent);
  print(`cpu_seconds=${(user + system) / 1e6}`);
  reportPeak();
  process.exit(0);
}
