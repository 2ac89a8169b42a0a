import { spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { GetObjectCommand, HeadObjectCommand, ListMultipartUploadsCommand, ListObjectsV2Command, PutObjectCommand, CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { defaultEffects } from '../../src/effects.js';
import type { PushReport } from '../../src/model/transfer.js';
import { PACKAGE_ROOT } from '../../src/package-root.js';
import type { LogEntry } from '../../src/release/release-log.js';
import { pushRelease, type PushOptions } from '../../src/transfer/push.js';
import { S3Destination } from '../../src/transfer/s3-destination.js';
import { verifyRelease } from '../../src/verify/verify.js';
import { noRadosgw, startRadosgw, type S3Server } from '../support/radosgw.js';
import { sha256 } from '../support/release-folder.js';
import { useTemporaryFolders } from '../support/temporary-folder.js';
import { IMAGES, listing, makeRelease } from './packed-release.js';

const temporaryFolder = useTemporaryFolders();
const CHILD = join(PACKAGE_ROOT, 'dist/test/support/push-child.js');
const FILES = Object.keys(IMAGES).length + 8;
const BIG = 'data/images/C9/1.9/1.9.1/1.9.1.1.dcm';

const reason = noRadosgw();
const suite = reason === null ? describe : describe.skip;

suite(`a real S3 server${reason === null ? '' : `: ${reason}`}`, () => {
  let server: S3Server;
  let client: S3Client;
  let count = 0;

  beforeAll(async () => {
    server = await startRadosgw();
    // The warning about Node.js of a client of our own in this test would only be noise.
    Object.assign(process.env, server.env, { AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' });
    client = new S3Client({ region: 'us-east-1', endpoint: server.endpoint, forcePathStyle: true });
    await client.send(new CreateBucketCommand({ Bucket: 'data' }));
  });
  afterAll(async () => {
    client?.destroy();
    await server?.stop();
  });

  const bucket = (prefix: string) => ({ bucket: 'data', prefix, endpoint: server.endpoint });
  const newPrefix = (): string => `sets/${++count}`;
  async function push(entry: LogEntry, prefix: string, changes: Partial<PushOptions> = {}): Promise<PushReport> {
    const options = { releases: dirname(entry.folder), log: [entry], dryRun: false, jobs: 4, ...changes };
    return pushRelease(entry, await S3Destination.open(bucket(prefix), entry), options, defaultEffects);
  }

  /** Key below the prefix, and bytes, of every object. */
  async function objects(prefix: string): Promise<Map<string, Buffer>> {
    const { Contents = [] } = await client.send(new ListObjectsV2Command({ Bucket: 'data', Prefix: `${prefix}/` }));
    const found = new Map<string, Buffer>();
    for (const { Key = '' } of Contents) {
      const { Body } = await client.send(new GetObjectCommand({ Bucket: 'data', Key }));
      found.set(Key.slice(prefix.length + 1), Buffer.from((await Body?.transformToByteArray()) ?? []));
    }
    return found;
  }

  async function download(prefix: string, version: string): Promise<string> {
    const folder = join(temporaryFolder(), version);
    for (const [path, bytes] of await objects(`${prefix}/${version}`)) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), bytes);
    }
    return folder;
  }

  test('a release is there whole, each object with its sha256; a second push sends nothing', async () => {
    const [entry, prefix] = [await makeRelease(temporaryFolder()), newPrefix()];
    expect(await push(entry, prefix, { dryRun: true })).toMatchObject({ sent: { files: FILES }, latest: null });
    expect((await objects(prefix)).size).toBe(0);
    expect(await push(entry, prefix)).toMatchObject({ sent: { files: FILES }, there: { files: 0 }, latest: '1.0.0' });
    const folder = await download(prefix, '1.0.0');
    expect(listing(folder)).toBe(listing(entry.folder));
    expect(await verifyRelease(folder, { jobs: 1 })).toMatchObject({ ok: true, digest: `sha256:${entry.digest}` });
    const head = await client.send(new HeadObjectCommand({ Bucket: 'data', Key: `${prefix}/1.0.0/data/tables/cases.parquet` }));
    expect(head.Metadata).toEqual({ sha256: sha256(IMAGES['data/tables/cases.parquet']!) });
    expect(await push(entry, prefix)).toMatchObject({ sent: { files: 0 }, there: { files: FILES } });
    expect(await push(entry, prefix, { dryRun: true })).toMatchObject({ sent: { files: 0 }, latest: '1.0.0' });
  });

  test('of two publishers of one number exactly one wins, and nothing of the other is there', async () => {
    const entries = await Promise.all(['one', 'two'].map((text) => makeRelease(temporaryFolder(), { ...IMAGES, 'data/images/C3/1.3/1.3.1/1.3.1.1.dcm': text })));
    const prefix = newPrefix();
    const outcomes = await Promise.allSettled(entries.map((entry) => push(entry, prefix)));
    expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    const lost = outcomes.find(({ status }) => status === 'rejected');
    expect(lost).toMatchObject({ reason: { code: 'PUSH_CONFLICT', exitCode: 3, expected: expect.any(String), found: expect.any(String) } });
    const winner = entries[outcomes.findIndex(({ status }) => status === 'fulfilled')];
    expect(await verifyRelease(await download(prefix, '1.0.0'), { jobs: 1 })).toMatchObject({ ok: true, digest: `sha256:${winner?.digest}` });
    expect((await objects(prefix)).get('log/1.json')).toEqual((await objects(prefix)).get('1.0.0/release.json'));
  });

  test('two publishers of the same release do each other no harm', async () => {
    const [entry, prefix] = [await makeRelease(temporaryFolder()), newPrefix()];
    const reports = await Promise.all([push(entry, prefix), push(entry, prefix)]);
    expect(reports.map(({ latest }) => latest)).toEqual(['1.0.0', '1.0.0']);
    expect(await verifyRelease(await download(prefix, '1.0.0'), { jobs: 1 })).toMatchObject({ ok: true });
  });

  test.each([1, 9])('killed when %i files are there: no release.json yet; run again it sends the rest and nothing twice', async (files) => {
    const [entry, prefix] = [await makeRelease(temporaryFolder()), newPrefix()];
    const child = spawn(process.execPath, [CHILD, entry.folder, JSON.stringify(bucket(prefix)), String(files)], { stdio: 'ignore', env: process.env });
    expect(await new Promise((done) => child.once('exit', (_code, signal) => done(signal)))).toBe('SIGKILL');
    const left = await objects(prefix);
    expect(left.has('1.0.0/release.json')).toBe(false);
    expect(left.has('log/1.json')).toBe(true);
    const report = await push(entry, prefix);
    expect(report.there.files).toBe(left.size - 1);
    expect(report.sent.files).toBe(FILES - report.there.files);
    expect(await verifyRelease(await download(prefix, '1.0.0'), { jobs: 1 })).toMatchObject({ ok: true });
  });

  test('a large file goes in parts, and an interrupted one goes on with those that are there', async () => {
    const root = temporaryFolder();
    const bytes = Buffer.alloc((33 << 20) + 7, 'a large image');
    const [entry, prefix] = [await makeRelease(root, { [BIG]: bytes }), newPrefix()];
    writeFileSync(join(entry.folder, BIG), Buffer.from(bytes).fill(0, bytes.length - 1));
    await expect(push(entry, prefix)).rejects.toMatchObject({ code: 'RELEASE_INVALID', message: expect.stringContaining(BIG) });
    expect((await objects(prefix)).has(`1.0.0/${BIG}`)).toBe(false);
    writeFileSync(join(entry.folder, BIG), bytes);
    const destination = await S3Destination.open(bucket(prefix), entry);
    const sentParts = countRequests(destination, 'UploadPartCommand');
    await pushRelease(entry, destination, { releases: dirname(entry.folder), log: [entry], dryRun: false, jobs: 4 }, defaultEffects);
    expect(sentParts()).toBe(1); // the last one: the first two were sent by the run that stopped at the wrong byte
    expect((await client.send(new ListMultipartUploadsCommand({ Bucket: 'data' }))).Uploads ?? []).toEqual([]);
    expect(await verifyRelease(await download(prefix, '1.0.0'), { jobs: 1 })).toMatchObject({ ok: true });
  });

  test('another object in the place of a file is a refusal, and stays', async () => {
    const [entry, prefix] = [await makeRelease(temporaryFolder()), newPrefix()];
    const Key = `${prefix}/1.0.0/data/tables/cases.parquet`;
    await client.send(new PutObjectCommand({ Bucket: 'data', Key, Body: Buffer.alloc(500, 'other') }));
    await expect(push(entry, prefix)).rejects.toMatchObject({ code: 'PUSH_CONFLICT', message: expect.stringContaining('data/tables/cases.parquet') });
    expect((await objects(prefix)).get('1.0.0/data/tables/cases.parquet')?.toString('latin1', 0, 5)).toBe('other');
    expect((await objects(prefix)).has('1.0.0/release.json')).toBe(false);
  });

  test('a refusal of the server tells no secret', async () => {
    const entry = await makeRelease(temporaryFolder());
    process.env.AWS_SECRET_ACCESS_KEY = 'a-wrong-secret-key';
    try {
      const failure = await push(entry, newPrefix()).catch((error: unknown) => error);
      expect(failure).toMatchObject({ code: 'TRANSFER_FAILED', exitCode: 3, message: expect.stringContaining('403') });
      expect(JSON.stringify(failure)).not.toContain('a-wrong-secret-key');
    } finally {
      process.env.AWS_SECRET_ACCESS_KEY = server.env.AWS_SECRET_ACCESS_KEY;
    }
  });

  test('a bucket that is not there is named', async () => {
    const entry = await makeRelease(temporaryFolder());
    const destination = await S3Destination.open({ ...bucket('x'), bucket: 'nowhere' }, entry);
    await expect(pushRelease(entry, destination, { releases: dirname(entry.folder), log: [entry], dryRun: true, jobs: 1 }, defaultEffects)).rejects.toMatchObject({ code: 'TRANSFER_FAILED', message: expect.stringContaining('NoSuchBucket') });
  });
});

function countRequests(destination: S3Destination, name: string): () => number {
  let seen = 0;
  destination.bucket.client.middlewareStack.add((next, context) => (args) => {
    if (context.commandName === name) seen += 1;
    return next(args);
  });
  return () => seen;
}
