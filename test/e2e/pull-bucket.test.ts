/** Buckets of a real S3 server: the same catalog, findings and release as from a folder. */
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateBucketCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Catalog } from '../../src/catalog/catalog.js';
import type { CutReport } from '../../src/model/release-reports.js';
import type { PullReport } from '../../src/model/pull.js';
import { PACKAGE_ROOT } from '../../src/package-root.js';
import { runCli } from '../support/cli.js';
import { noRadosgw, startRadosgw, type S3Server } from '../support/radosgw.js';
import { expectStatus, freezeSplits, makeSampleWorkspace, runJson } from '../support/sample-workspace.js';
import { bucketConfig } from '../workflow/bucket-workspace.js';
import { IMAGES_ONLY, makeConfig, pullAt } from '../workflow/pull-workspace.js';

const FILES = join(PACKAGE_ROOT, 'test/fixtures/dicom/files');
const DATE = '2026-03-01';

const reason = noRadosgw();
(reason === null ? describe : describe.skip)(`a real S3 server${reason === null ? '' : `: ${reason}`}`, () => {
  let server: S3Server;
  let client: S3Client;
  const made: string[] = [];
  const folder = (): string => {
    made.push(mkdtempSync(join(tmpdir(), 'colophon-test-')));
    return made.at(-1) as string;
  };

  beforeAll(async () => {
    server = await startRadosgw();
    Object.assign(process.env, server.env, { AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' });
    client = new S3Client({ region: 'us-east-1', endpoint: server.endpoint, forcePathStyle: true, requestChecksumCalculation: 'WHEN_REQUIRED' });
    await client.send(new CreateBucketCommand({ Bucket: 'images' }));
  });
  afterAll(async () => {
    client?.destroy();
    await server?.stop();
    for (const each of made) rmSync(each, { recursive: true, force: true });
  });

  async function upload(from: string, prefix: string): Promise<void> {
    for (const entry of readdirSync(from, { recursive: true, withFileTypes: true })) {
      if (!entry.isFile()) continue;
      const path = join(entry.parentPath, entry.name);
      await client.send(new PutObjectCommand({ Bucket: 'images', Key: `${prefix}/${path.slice(from.length + 1)}`, Body: readFileSync(path) }));
    }
  }

  const rows = (catalog: Catalog, except: string) => catalog.all(`SELECT * EXCLUDE (mtime_ns, revision${except}) FROM instance ORDER BY path`);

  test('real files give the same rows from a folder and from a bucket; their headers come with a part of the bytes', async () => {
    await upload(FILES, 'real');
    const root = folder();
    cpSync(FILES, join(root, 'dicom'), { recursive: true });
    const release = { md5: true };
    const fromFolder = await pullAt(root, makeConfig({ ...IMAGES_ONLY, release }), async (catalog) => [await rows(catalog, ''), await rows(catalog, ', sha256, md5')]);
    const config = bucketConfig(server.endpoint, { prefix: 'real/' }, { release });
    expect(await pullAt(folder(), config, (catalog) => rows(catalog, ''))).toEqual(fromFolder[0]);
    await pullAt(folder(), { ...config, sources: [{ ...config.sources[0]!, read: 'headers' } as never] }, async (catalog, { images: [image] }) => {
      expect(await rows(catalog, ', sha256, md5')).toEqual(fromFolder[1]);
      expect(image!.remote!.transferred_bytes).toBeLessThan(0.75 * image!.bytes);
      expect(image!.remote!.requests).toBeGreaterThanOrEqual(image!.files);
    });
  }, 240_000);

  test('an odd key, and one that is gone when it is asked for', async () => {
    for (const key of ['odd/a b+c%25&<é>.dcm', 'odd/../up.dcm', 'odd//double.dcm', 'odd/marker/', 'odd/new\nline.dcm'])
      await client.send(new PutObjectCommand({ Bucket: 'images', Key: key, Body: key.endsWith('/') ? Buffer.alloc(0) : readFileSync(join(FILES, 'pydicom/MR_small.dcm')) }));
    await pullAt(folder(), bucketConfig(server.endpoint, { prefix: 'odd' }), async (catalog) => {
      const found = await catalog.all<{ path: string; state: string }>('SELECT path, coalesce(error_code, status) AS state FROM instance');
      expect(Object.fromEntries(found.map(({ path, state }) => [path, state]))).toEqual({
        'a b+c%25&<é>.dcm': 'ok',
        '../up.dcm': 'unusable-name',
        '/double.dcm': 'unusable-name',
        'marker/': 'folder-marker',
        'new\nline.dcm': 'ok',
      });
    });
    const stranger = { ...server.env, AWS_ACCESS_KEY_ID: 'nobody' };
    Object.assign(process.env, stranger);
    try {
      await expect(pullAt(folder(), bucketConfig(server.endpoint, { prefix: 'odd' }), () => Promise.resolve())).rejects.toMatchObject({ code: 'SOURCE_UNREADABLE', message: expect.stringContaining('InvalidAccessKeyId') });
    } finally {
      Object.assign(process.env, server.env);
    }
  }, 240_000);

  test('pull, check, cut and verify from a bucket of which no copy is kept publish what a folder does', async () => {
    const fromFolder = await makeSampleWorkspace();
    made.push(fromFolder);
    await upload(join(fromFolder, 'incoming/dicom'), 'sample');
    const digests = [await publish(fromFolder)];
    const root = await makeSampleWorkspace();
    made.push(root);
    rmSync(join(root, 'incoming/dicom'), { recursive: true });
    const config = join(root, 'colophon.yaml');
    writeFileSync(config, readFileSync(config, 'utf8').replace(/kind: dicom-folder\n\s*path: incoming\/dicom/, `kind: s3\n    bucket: images\n    prefix: sample\n    keep: false\n    endpoint: ${server.endpoint}`));
    digests.push(await publish(root));
    const copies = join(root, '.colophon/sources/images');
    expect(existsSync(copies) && readdirSync(copies, { recursive: true }).some((name) => statSync(join(copies, String(name))).isFile())).toBe(false);
    expect(new Set(digests).size).toBe(1);
  }, 300_000);

  async function publish(root: string): Promise<string> {
    const pulled = await runJson<PullReport>(root, ['pull']);
    expect(pulled.images[0]).toMatchObject({ unreadable: 0, partial: 0 });
    await freezeSplits(root, DATE);
    const { digest } = await runJson<CutReport>(root, ['release', 'cut', '--date', DATE]);
    await expectStatus(0, runCli(['verify', join(root, 'releases/1.0.0'), '--expect', digest as string], root));
    return digest as string;
  }
});
