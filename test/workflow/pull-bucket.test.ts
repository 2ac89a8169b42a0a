import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { Catalog } from '../../src/catalog/catalog.js';
import type { PullReport } from '../../src/model/pull.js';
import { sendError, startBadBucket, type BadBucket } from '../support/bad-bucket.js';
import { useTemporaryFolders } from '../support/temporary-folder.js';
import { bucketConfig, S3_ENVIRONMENT } from './bucket-workspace.js';
import { IMAGES_ONLY, makeConfig, pullAt, slice, writeFiles } from './pull-workspace.js';

const makeFolder = useTemporaryFolders();
let bucket: BadBucket;

beforeAll(() => void Object.assign(process.env, S3_ENVIRONMENT));
beforeEach(async () => void (bucket = await startBadBucket()));
afterEach(() => bucket.stop());

const put = (key: string, bytes: Buffer, more: object = {}): void => void bucket.objects.set(key, { bytes, ...more });
const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');
const ofFile = (_catalog: Catalog, { images: [image] }: PullReport) => {
  const { files, read, unchanged, removed, ok, unreadable } = image!;
  return Promise.resolve({ files, read, unchanged, removed, ok, unreadable });
};
const states = async (catalog: Catalog): Promise<Record<string, string>> =>
  Object.fromEntries((await catalog.all<{ path: string; state: string }>('SELECT path, coalesce(error_code, status) AS state FROM instance ORDER BY path')).map(({ path, state }) => [path, state]));
const copies = (root: string): string[] => readdirSync(join(root, '.colophon/sources/images'), { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile()).map((entry) => entry.name).sort();

describe('what changed is read, and nothing else', () => {
  test('new, changed, removed, and lost copies; a second pull asks for the listing alone', async () => {
    const root = makeFolder();
    const config = bucketConfig(bucket.endpoint, { prefix: 'in' });
    for (const n of [1, 2, 3]) put(`in/p${n}/a.dcm`, slice(`p${n}`, n));
    put('other/x.dcm', slice('p9', 9));
    put('in-between/x.dcm', slice('p9', 9));
    expect(await pullAt(root, config, ofFile)).toEqual({ files: 3, read: 3, unchanged: 0, removed: 0, ok: 3, unreadable: 0 });
    bucket.requests.length = 0;
    expect(await pullAt(root, config, ofFile)).toMatchObject({ read: 0, unchanged: 3 });
    expect(bucket.requests).toHaveLength(1);

    put('in/p1/a.dcm', slice('p1', 11));
    bucket.objects.delete('in/p2/a.dcm');
    put('in/p4/a.dcm', slice('p4', 4));
    expect(await pullAt(root, config, ofFile)).toEqual({ files: 3, read: 2, unchanged: 1, removed: 1, ok: 3, unreadable: 0 });
    const kept = join(root, '.colophon/sources/images');
    expect(readdirSync(kept).sort()).toEqual(['p1', 'p3', 'p4']);
    expect(readFileSync(join(kept, 'p1/a.dcm'))).toEqual(slice('p1', 11));

    rmSync(join(kept, 'p3/a.dcm'));
    utimesSync(join(kept, 'p4/a.dcm'), 1, 1);
    expect(await pullAt(root, config, ofFile)).toMatchObject({ read: 2, unchanged: 1 });
    await pullAt(root, config, async (catalog, report) => {
      expect(report.images[0]).toMatchObject({ read: 0 });
      for (const { path, sha256: digest, mtime_ns, size_bytes } of await catalog.all<{ path: string; sha256: string; mtime_ns: string; size_bytes: number }>('SELECT path, sha256, mtime_ns::VARCHAR AS mtime_ns, size_bytes FROM instance')) {
        const bytes = readFileSync(join(kept, path));
        expect({ digest, size_bytes, mtime_ns }).toEqual({ digest: sha256(bytes), size_bytes: bytes.length, mtime_ns: statSync(join(kept, path), { bigint: true }).mtimeNs.toString() });
      }
    });
  });

  test('an empty listing, and a bucket that is not there, drop nothing', async () => {
    const root = makeFolder();
    put('a.dcm', slice('p1', 1));
    await pullAt(root, bucketConfig(bucket.endpoint), ofFile);
    await expect(pullAt(root, bucketConfig(bucket.endpoint, { prefix: 'nothing' }), ofFile)).rejects.toMatchObject({ code: 'SOURCE_MISSING', message: expect.stringContaining('s3://images/nothing') });
    await expect(pullAt(root, bucketConfig(bucket.endpoint, { bucket: 'elsewhere' }), ofFile)).rejects.toMatchObject({ code: 'SOURCE_UNREADABLE', message: expect.stringContaining('does not exist') });
    expect(copies(root)).toEqual(['a.dcm']);
    expect(await pullAt(root, bucketConfig(bucket.endpoint), ofFile)).toMatchObject({ read: 0, unchanged: 1 });
  });

  test('copies of a source that is no longer named, or that keeps none, are gone', async () => {
    const root = makeFolder();
    put('a.dcm', slice('p1', 1));
    await pullAt(root, bucketConfig(bucket.endpoint), ofFile);
    expect(await pullAt(root, bucketConfig(bucket.endpoint, { keep: false }), ofFile)).toMatchObject({ read: 0, unchanged: 1 });
    expect(existsSync(join(root, '.colophon/sources/images'))).toBe(false);
    expect(await pullAt(root, bucketConfig(bucket.endpoint), ofFile)).toMatchObject({ read: 1 });
    writeFiles(join(root, 'dicom'), { 'a.dcm': slice('p1', 1) });
    await pullAt(root, makeConfig(IMAGES_ONLY), ofFile);
    expect(readdirSync(join(root, '.colophon/sources'))).not.toContain('images');
  });

  test('headers alone: 64 KiB of each file, no digest, nothing kept; a longer header takes as much as it needs', async () => {
    const root = makeFolder();
    const pixels = { tag: '7fe00010', vr: 'OW', value: new Uint8Array(2_000_000) };
    for (const n of [1, 2, 3]) put(`p${n}.dcm`, slice(`p${n}`, n, [pixels]));
    put('long.dcm', slice('p4', 4, [{ tag: '00291010', vr: 'OB', value: new Uint8Array(300_000) }]));
    put('empty.dcm', Buffer.alloc(0));
    await pullAt(root, bucketConfig(bucket.endpoint, { read: 'headers' }), async (catalog, report) => {
      expect(await states(catalog)).toEqual({ 'p1.dcm': 'ok', 'p2.dcm': 'ok', 'p3.dcm': 'ok', 'long.dcm': 'ok', 'empty.dcm': 'empty' });
      expect(await catalog.all("SELECT DISTINCT sha256, mtime_ns FROM instance")).toEqual([{ sha256: null, mtime_ns: null }]);
      expect(await catalog.all("SELECT PatientID, size_bytes FROM instance WHERE path = 'p1.dcm'")).toEqual([{ PatientID: 'p1', size_bytes: bucket.objects.get('p1.dcm')!.bytes.length }]);
      expect(report.images[0]!.remote).toMatchObject({ kept_files: 0, transferred_bytes: bucket.sent });
      expect(bucket.sent).toBeLessThan(3 * 65_536 + 310_000);
    });
    expect(await pullAt(root, bucketConfig(bucket.endpoint, { read: 'headers' }), ofFile)).toMatchObject({ read: 0, unchanged: 5 });
    expect(await pullAt(root, bucketConfig(bucket.endpoint), ofFile)).toMatchObject({ read: 5, unchanged: 0 });
  });

  test('connections are kept from one request to the next', async () => {
    for (let n = 0; n < 60; n++) put(`${n}.dcm`, slice('p1', n));
    await pullAt(makeFolder(), bucketConfig(bucket.endpoint), ofFile);
    expect(bucket.connections).toBeLessThanOrEqual(6);
  });
});

describe('odd keys', () => {
  test('what cannot be the path of a file is a row with its reason; what merely looks odd is read', async () => {
    const root = makeFolder();
    const odd = ['../up.dcm', '/abs.dcm', 'a//b.dcm', 'a/./b.dcm', 'back\\slash.dcm', 'nul\0.dcm', `${'x'.repeat(300)}.dcm`, '~/home.dcm', 'C:/x.dcm', 'big/', 'twice', 'a/../../b.dcm'];
    const fine = ['twice/under/it.dcm', 'Umlaut/Bücher.dcm', 'decomposed/Bu\u0308cher.dcm', 'a b+c%20d&e<f>.dcm', "quote'd;--.dcm", 'line\nend.dcm', '\u202Egnp.dcm', '*?[x].dcm', 'A.dcm', 'a.dcm'];
    const taken = [...odd, ...fine].map((key, n) => [key, slice('p1', n)] as const);
    for (const [key, bytes] of taken) put(key, bytes);
    put('marker/', Buffer.alloc(0));
    await pullAt(root, bucketConfig(bucket.endpoint), async (catalog, { images: [image] }) => {
      expect(await states(catalog)).toEqual({
        ...Object.fromEntries(odd.map((key) => [key.replace('\0', '%00'), 'unusable-name'])),
        ...Object.fromEntries(fine.map((key) => [key, 'ok'])),
        'marker/': 'folder-marker',
      });
      expect(image).toMatchObject({ files: odd.length + fine.length + 1, read: fine.length, ok: fine.length, unreadable: odd.length + 1 });
      expect(await catalog.all("SELECT path FROM instance WHERE status = 'unreadable' AND error NOT LIKE '%.'")).toEqual([]);
      for (const [key, bytes] of taken) if (fine.includes(key)) expect(readFileSync(join(root, '.colophon/sources/images', key))).toEqual(bytes);
    });
    expect(existsSync(join(root, '.colophon/up.dcm'))).toBe(false);
    expect(copies(root)).toHaveLength(fine.length);
    expect(await pullAt(root, bucketConfig(bucket.endpoint), ofFile)).toMatchObject({ read: 0, unchanged: fine.length });
  });

  test('a suffix leaves keys out and says how many', async () => {
    put('a.dcm', slice('p1', 1));
    put('README', Buffer.from('x'));
    put('marker/', Buffer.alloc(0));
    await pullAt(makeFolder(), bucketConfig(bucket.endpoint, { suffix: '.dcm' }), async (_catalog, { images: [image] }) => {
      expect(image).toMatchObject({ files: 1, ok: 1, unreadable: 0, remote: { left_out: 2 } });
    });
  });

  test('thirty thousand keys are listed in pages, and one that is listed twice counts once', async () => {
    const root = makeFolder();
    const nothing = Buffer.alloc(0);
    for (let n = 0; n < 30_000; n++) put(`../${n}\u0001'"\\.dcm`, nothing);
    put('a.dcm', slice('p1', 1));
    bucket.misdeed = (request, response) => {
      if (request.url?.includes('continuation-token=5000&') !== true) return false;
      response.writeHead(200, { 'content-type': 'application/xml' }).end('<ListBucketResult><IsTruncated>true</IsTruncated><NextContinuationToken>6000</NextContinuationToken><Contents><Key>../5000%01%27%22%5C.dcm</Key><Size>1</Size></Contents><Contents><Key>a.dcm</Key><Size>1</Size></Contents></ListBucketResult>');
      return true;
    };
    await pullAt(root, bucketConfig(bucket.endpoint), async (_catalog, { images: [image] }) => {
      expect(image).toMatchObject({ read: 1, ok: 1 });
      expect(image!.files).toBeGreaterThanOrEqual(29_000);
      expect(image!.files).toBeLessThanOrEqual(29_002);
      expect(image!.problems.length).toBeLessThanOrEqual(20);
    });
  }, 120_000);
});

describe('checksums that the store claims', () => {
  const bytes = slice('p1', 1);
  const md5 = createHash('md5').update(bytes).digest('hex');
  const multipart = `"${md5}-3"`;
  const one = async (object: object): Promise<string> => {
    put('a.dcm', bytes, object);
    const root = makeFolder();
    return pullAt(root, bucketConfig(bucket.endpoint), async (catalog) => {
      const [row] = await catalog.all<{ state: string; sha256: string | null; error: string | null }>('SELECT coalesce(error_code, status) AS state, sha256, error FROM instance');
      expect(row!.sha256).toBe(row!.state === 'ok' ? sha256(bytes) : null);
      expect(copies(root)).toEqual(row!.state === 'ok' ? ['a.dcm'] : []);
      return row!.state;
    });
  };
  const other = Buffer.alloc(32, 7);

  test.each<[string, object, string]>([
    ['an ETag that is the md5', {}, 'ok'],
    ['an ETag that is another md5', { etag: `"${'0'.repeat(32)}"` }, 'checksum-mismatch'],
    ['an ETag of several parts proves nothing', { etag: multipart }, 'ok'],
    ['an ETag of an object encrypted by a key of KMS proves nothing', { etag: `"${'0'.repeat(32)}"`, headers: { 'x-amz-server-side-encryption': 'aws:kms' } }, 'ok'],
    ['one encrypted by a key of the store itself is an md5', { etag: `"${'0'.repeat(32)}"`, headers: { 'x-amz-server-side-encryption': 'AES256' } }, 'checksum-mismatch'],
    ['a right sha256 of the store', { etag: multipart, headers: { 'x-amz-checksum-sha256': createHash('sha256').update(bytes).digest('base64') } }, 'ok'],
    ['a wrong sha256 of the store', { etag: multipart, headers: { 'x-amz-checksum-sha256': other.toString('base64') } }, 'checksum-mismatch'],
    ['a sha256 of the parts is none of the object', { etag: multipart, headers: { 'x-amz-checksum-sha256': `${other.toString('base64')}-2` } }, 'ok'],
    ['a wrong sha256 of whoever sent it', { etag: multipart, headers: { 'x-amz-meta-sha256': other.toString('hex') } }, 'checksum-mismatch'],
    ['something else under that name', { etag: multipart, headers: { 'x-amz-meta-sha256': 'unknown' } }, 'ok'],
  ])('%s', async (_name, object, state) => {
    expect(await one(object)).toBe(state);
  });
});

describe('a store that misbehaves', () => {
  const get = (work: (...args: Parameters<BadBucket['misdeed']>) => boolean): BadBucket['misdeed'] => (request, response, key) => key !== null && work(request, response, key);

  test('a connection that breaks is taken up in the same version; one that says another size, or goes on, is a row', async () => {
    const root = makeFolder();
    const big = slice('p1', 1, [{ tag: '7fe00010', vr: 'OW', value: new Uint8Array(3_000_000).map((_, at) => at * 31) }]);
    for (const key of ['broken', 'lies', 'longer', 'html', 'gone', 'secret', 'ignores']) put(key, key === 'ignores' ? big : slice('p1', key.length), key === 'lies' ? { listedSize: 17 } : {});
    put('broken', big);
    let tries = 0;
    bucket.misdeed = get((request, response, key) => {
      if (key === 'broken' && tries++ < 3) {
        const from = Number(/\d+/.exec(request.headers.range ?? '0')![0]);
        expect(request.headers['if-match']).toBe(`"${createHash('md5').update(big).digest('hex')}"`);
        response.writeHead(from === 0 ? 200 : 206, { etag: request.headers['if-match'], 'content-length': big.length - from, ...(from === 0 ? {} : { 'content-range': `bytes ${from}-${big.length - 1}/${big.length}` }) });
        response.write(big.subarray(from, from + 700_000), () => setTimeout(() => response.destroy(), 30));
        return true;
      }
      if (key === 'ignores' && tries++ < 6) {
        response.writeHead(200, { 'content-length': big.length }).write(big.subarray(0, 500_000), () => setTimeout(() => response.destroy(), 30));
        return true;
      }
      if (key === 'ignores') response.writeHead(200, { 'content-length': big.length }).end(big);
      else if (key === 'longer') response.writeHead(200).end(Buffer.concat([bucket.objects.get(key)!.bytes, Buffer.alloc(10)]));
      else if (key === 'html') response.writeHead(200, { 'content-type': 'text/html' }).end('<html>Please log in</html>'.padEnd(bucket.objects.get(key)!.bytes.length));
      else if (key === 'gone') sendError(response, 404, 'NoSuchKey');
      else if (key === 'secret') sendError(response, 403, 'AccessDenied');
      else return false;
      return true;
    });
    await pullAt(root, bucketConfig(bucket.endpoint), async (catalog) => {
      expect(await states(catalog)).toEqual({ broken: 'ok', ignores: 'ok', lies: 'changed-while-reading', longer: 'changed-while-reading', html: 'not-dicom', gone: 'not-given', secret: 'not-given' });
      expect(await catalog.all("SELECT DISTINCT sha256 FROM instance WHERE path IN ('broken', 'ignores')")).toEqual([{ sha256: sha256(big) }]);
    });
    expect(copies(root)).toEqual(['broken', 'html', 'ignores']);
    expect(readdirSync(join(root, '.colophon/sources')).sort()).toEqual(['.parts', 'images']);
    bucket.misdeed = () => false;
    put('lies', slice('p1', 4));
    expect(await pullAt(root, bucketConfig(bucket.endpoint), ofFile)).toMatchObject({ read: 4, ok: 6, unreadable: 1 });
  }, 120_000);

  test('an object that changes while it is read is never a mix of two', async () => {
    const [first, second] = [1, 2].map((n) => slice('p1', n, [{ tag: '7fe00010', vr: 'OW', value: new Uint8Array(1_000_000).fill(n) }]));
    put('a.dcm', first!);
    bucket.misdeed = get((_request, response, key) => {
      if (bucket.objects.get(key!)!.bytes === second) return false;
      put('a.dcm', second!);
      response.writeHead(200, { etag: `"${createHash('md5').update(first!).digest('hex')}"`, 'content-length': first!.length }).write(first!.subarray(0, 200_000), () => setTimeout(() => response.destroy(), 30));
      return true;
    });
    const root = makeFolder();
    await pullAt(root, bucketConfig(bucket.endpoint), async (catalog) => expect(await states(catalog)).toEqual({ 'a.dcm': 'changed-while-reading' }));
    await pullAt(root, bucketConfig(bucket.endpoint), async (catalog) => expect(await catalog.all('SELECT status, sha256 FROM instance')).toEqual([{ status: 'ok', sha256: sha256(second!) }]));
  });

  const listing = (rows: string, more: string) => `<ListBucketResult><IsTruncated>${more === '' ? 'false' : 'true'}</IsTruncated>${more}${rows}</ListBucketResult>`;
  const row = '<Contents><Key>a.dcm</Key><Size>3</Size></Contents>';
  test.each<[string, () => string]>([
    ['the same page for ever', () => listing(row, `<NextContinuationToken>${Math.random()}</NextContinuationToken>`)],
    ['the same token for ever', () => listing(`<Contents><Key>${Math.random()}</Key><Size>3</Size></Contents>`, '<NextContinuationToken>x</NextContinuationToken>')],
    ['empty pages for ever', () => listing('', `<NextContinuationToken>${Math.random()}</NextContinuationToken>`)],
    ['more, without a way to it', () => listing(row, '<Other/>')],
  ])('a listing that gives %s is refused, and drops nothing', async (_name, page) => {
    const root = makeFolder();
    put('a.dcm', slice('p1', 1));
    await pullAt(root, bucketConfig(bucket.endpoint), ofFile);
    bucket.misdeed = (_request, response, key) => key === null && (response.writeHead(200, { 'content-type': 'application/xml' }).end(page()), true);
    await expect(pullAt(root, bucketConfig(bucket.endpoint), ofFile)).rejects.toMatchObject({ code: 'SOURCE_UNREADABLE', message: expect.stringContaining('The listing of s3://images') });
    bucket.misdeed = () => false;
    expect(await pullAt(root, bucketConfig(bucket.endpoint), ofFile)).toMatchObject({ read: 0, unchanged: 1 });
  });

  test.each([
    ['ExpiredToken', 400, 'the session has expired'],
    ['InvalidAccessKeyId', 403, 'unknown access key'],
    ['SignatureDoesNotMatch', 403, 'AWS_SECRET_ACCESS_KEY'],
    ['RequestTimeTooSkewed', 403, 'clock'],
    ['PermanentRedirect', 301, 'another region'],
  ])('%s midway ends the pull with what to do, and the next one goes on', async (code, status, says) => {
    const root = makeFolder();
    for (let n = 0; n < 40; n++) put(`${String(n).padStart(2, '0')}.dcm`, slice('p1', n));
    let given = 0;
    bucket.misdeed = get((_request, response) => (given += 1) > 20 && (sendError(response, status, code, { date: new Date().toUTCString() }), true));
    const failure = await pullAt(root, bucketConfig(bucket.endpoint, { keep: false }), ofFile).catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: 'SOURCE_UNREADABLE' });
    expect(String(failure) + JSON.stringify(failure)).toContain(says);
    expect(String(failure) + JSON.stringify(failure)).not.toContain(S3_ENVIRONMENT.AWS_SECRET_ACCESS_KEY);
    bucket.misdeed = () => false;
    const again = await pullAt(root, bucketConfig(bucket.endpoint, { keep: false }), ofFile);
    expect(again).toMatchObject({ files: 40, ok: 40 });
    expect(again.read).toBeLessThanOrEqual(24);
  });

  test('a clock that is wrong is set by the server’s', async () => {
    put('a.dcm', slice('p1', 1));
    const server = Date.now() + 3 * 3_600_000;
    bucket.misdeed = get((request, response) => {
      const text = String(request.headers['x-amz-date']);
      const asked = Date.parse(text.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'));
      return Math.abs(asked - server) > 900_000 && (sendError(response, 403, 'RequestTimeTooSkewed', { date: new Date(server).toUTCString() }), true);
    });
    expect(await pullAt(makeFolder(), bucketConfig(bucket.endpoint), ofFile)).toMatchObject({ ok: 1 });
  });

  test('a store that gives nothing any more ends the pull; Ctrl-C too, and keeps what was read', async () => {
    const root = makeFolder();
    for (let n = 0; n < 60; n++) put(`${n}.dcm`, slice('p1', n));
    bucket.misdeed = get((_request, response) => (sendError(response, 403, 'AccessDenied'), true));
    await expect(pullAt(root, bucketConfig(bucket.endpoint), ofFile)).rejects.toMatchObject({ code: 'SOURCE_UNREADABLE', message: expect.stringContaining('may not be read (403 AccessDenied)') });
    const stop = new AbortController();
    let given = 0;
    bucket.misdeed = get(() => ((given += 1) === 30 && stop.abort(), false));
    await expect(pullAt(root, bucketConfig(bucket.endpoint), ofFile, { signal: stop.signal })).rejects.toMatchObject({ code: 'INTERRUPTED' });
    const { read, ok } = await pullAt(root, bucketConfig(bucket.endpoint), ofFile);
    expect(ok).toBe(60);
    expect(read).toBeLessThan(45);
    expect(read).toBeGreaterThan(20);
  });

  test('nobody is asked twice as often as the configuration allows', async () => {
    for (let n = 0; n < 12; n++) put(`${n}.dcm`, slice('p1', n));
    const begun = performance.now();
    await pullAt(makeFolder(), bucketConfig(bucket.endpoint, { requests_per_second: 20 }), ofFile);
    expect(performance.now() - begun).toBeGreaterThan(580);
  });
});

describe('what is configured wrong', () => {
  test.each([
    [{ endpoint: 'http://user:geheim@host/' }, 'endpoint'],
    [{ endpoint: 'ftp://host/' }, 'endpoint'],
    [{ endpoint: '${COLOPHON_NO_SUCH_VARIABLE}' }, 'COLOPHON_NO_SUCH_VARIABLE'],
    [{ prefix: '../x' }, 'prefix'],
  ])('%j is refused', async (changes, says) => {
    const failure = await pullAt(makeFolder(), bucketConfig(bucket.endpoint, changes), ofFile).catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: 'CONFIG_INVALID', message: expect.stringContaining(says) });
    expect(String(failure)).not.toContain('geheim');
  });

  test('a file where the folder of a copy belongs is told', async () => {
    const root = makeFolder();
    mkdirSync(join(root, '.colophon/sources/images'), { recursive: true });
    writeFileSync(join(root, '.colophon/sources/images/p1'), 'in the way');
    put('p1/a.dcm', slice('p1', 1));
    await expect(pullAt(root, bucketConfig(bucket.endpoint), ofFile)).rejects.toMatchObject({ code: 'IO_FAILED', message: expect.stringContaining('images/p1') });
  });
});
