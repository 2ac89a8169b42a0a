import { mkdirSync, rmSync, truncateSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { CreateBucketCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { defaultEffects } from '../../src/effects.js';
import { pushRelease } from '../../src/transfer/push.js';
import { S3Destination } from '../../src/transfer/s3-destination.js';
import { fetchRelease } from '../../src/workflow/fetch.js';
import { repairRelease } from '../../src/workflow/repair.js';
import { verifyRelease } from '../../src/verify/verify.js';
import { noRadosgw, startRadosgw, type S3Server } from '../support/radosgw.js';
import { useTemporaryFolders } from '../support/temporary-folder.js';
import { IMAGES, listing, makeRelease } from './packed-release.js';

const temporaryFolder = useTemporaryFolders();
const LARGE = 'data/images/C9/1.9/1.9.1/1.9.1.1.dcm';
const PAYLOAD = { ...IMAGES, [LARGE]: Buffer.from(Array.from({ length: 6_000_000 }, (_, at) => (at * 2654435761) >>> 13 & 0xff)) };

const reason = noRadosgw();
(reason === null ? describe : describe.skip)(`a real S3 server${reason === null ? '' : `: ${reason}`}`, () => {
  let server: S3Server;
  let client: S3Client;
  const options = () => ({ endpoint: server.endpoint, jobs: 3, retry: { attempts: 3, base_ms: 10, max_ms: 100, seed: 1 } });

  beforeAll(async () => {
    server = await startRadosgw();
    Object.assign(process.env, server.env, { AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' });
    client = new S3Client({ region: 'us-east-1', endpoint: server.endpoint, forcePathStyle: true });
    await client.send(new CreateBucketCommand({ Bucket: 'data' }));
  });
  afterAll(async () => {
    client?.destroy();
    await server?.stop();
  });

  async function push(prefix: string) {
    const entry = await makeRelease(temporaryFolder(), PAYLOAD);
    const destination = await S3Destination.open({ bucket: 'data', prefix, endpoint: server.endpoint }, entry);
    await pushRelease(entry, destination, { releases: dirname(entry.folder), log: [entry], dryRun: false, jobs: 4 }, defaultEffects);
    return entry;
  }

  test('what was pushed is fetched, by the dataset or the release, and repaired by range', async () => {
    const entry = await push('sets/1');
    for (const [named, version] of [['s3://data/sets/1', 'latest'], ['s3://data/sets/1/1.0.0/', undefined]] as const) {
      const into = temporaryFolder();
      const report = await fetchRelease(named, into, { ...options(), ...(version === undefined ? {} : { version }) });
      expect(report).toMatchObject({ verified: { ok: true }, source: 's3://data/sets/1/1.0.0' });
      const copy = join(into, '1.0.0');
      expect(listing(copy)).toBe(listing(entry.folder));
      truncateSync(join(copy, LARGE), 3_000_000);
      rmSync(join(copy, 'data/tables/cases.parquet'));
      expect(await repairRelease(copy, options())).toMatchObject({ fetched: { files: 2 }, verified: { ok: true } });
      expect(await verifyRelease(copy, { jobs: 1, expect: entry.digest })).toMatchObject({ ok: true });
    }
  }, 60_000);

  test('an object with other bytes, and a bucket that is not there, are clear errors', async () => {
    await push('sets/2');
    await client.send(new PutObjectCommand({ Bucket: 'data', Key: `sets/2/1.0.0/${LARGE}`, Body: Buffer.alloc(6_000_000, 'x') }));
    const into = join(temporaryFolder(), 'mine');
    mkdirSync(into);
    await expect(fetchRelease('s3://data/sets/2', into, options())).rejects.toMatchObject({ code: 'TRANSFER_FAILED', message: expect.stringContaining(LARGE) });
    await expect(fetchRelease('s3://nowhere/x', into, options())).rejects.toMatchObject({ code: 'TRANSFER_FAILED', message: expect.stringContaining('NoSuchBucket') });
    await expect(fetchRelease('s3://data/nothing', into, options())).rejects.toMatchObject({ code: 'RELEASE_NOT_FOUND' });
  }, 60_000);
});
