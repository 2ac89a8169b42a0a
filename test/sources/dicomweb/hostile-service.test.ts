/** What a service may do wrong: right rows or a clear error, never a wrong file, nothing twice, no secret told. */
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, test } from '@jest/globals';
import type { DicomwebSource } from '../../../src/model/source-config.js';
import { SourceFailure } from '../../../src/network/source.js';
import { openDicomwebImages } from '../../../src/sources/dicomweb/dicomweb-images.js';
import type { RemoteFile, RemoteSource } from '../../../src/sources/remote/remote-source.js';
import { makeInstance, makeInstances, sendJson, sendPart, startDicomwebServer, type DicomwebServer, type HeldInstance } from '../../support/dicomweb-server.js';

const FAST = { attempts: 4, base_ms: 5, max_ms: 2000 };
const open: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of open.splice(0)) await close();
});

interface Opened {
  server: DicomwebServer;
  source: RemoteSource;
  notes: string[];
}

async function start(instances: HeldInstance[], config: Partial<DicomwebSource> = {}, timeout_ms = 2000): Promise<Opened> {
  const server = await startDicomwebServer(instances);
  const notes: string[] = [];
  const source = await openDicomwebImages({ name: 'pacs', kind: 'dicomweb', url: server.url, ...config }, { root: '/', environment: { TOKEN: 'Bearer very-secret' }, timeout_ms, retry: FAST, note: (sentence) => void notes.push(sentence) });
  open.push(() => source.close(), () => server.stop());
  return { server, source, notes };
}

async function list(source: RemoteSource): Promise<RemoteFile[]> {
  const files: RemoteFile[] = [];
  for await (const file of source.list()) files.push(file);
  return files;
}

const pathOf = ({ study, series, instance }: HeldInstance): string => `${study}/${series}/${instance}.dcm`;
const fileOf = (held: HeldInstance): RemoteFile => ({ path: pathOf(held), size_bytes: null, revision: 'x', modified_ms: null, claimed: {} });

async function read(source: RemoteSource, file: RemoteFile): Promise<Buffer> {
  const opened = await source.open(file);
  if (opened === null) throw new Error('not there');
  const chunks: Uint8Array[] = [];
  for await (const chunk of opened.body) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** The failure of a promise that has to fail as a source does. */
async function failure(promise: Promise<unknown>): Promise<SourceFailure> {
  const error = await promise.then(() => new Error('it did not fail'), (reason: unknown) => reason);
  if (!(error instanceof SourceFailure)) throw error;
  return error;
}

describe('searching', () => {
  const held = makeInstances(3, 2, 5);

  test('lists every instance once, by its UIDs, in the order of the server', async () => {
    const { source, notes } = await start(held);
    expect((await list(source)).map(({ path }) => path)).toEqual(held.map(pathOf));
    expect(notes).toEqual([]);
  });

  test('tells instances whose patient was corrected from what they were', async () => {
    const { server, source } = await start(held);
    const before = new Map((await list(source)).map(({ path, revision }) => [path, revision]));
    server.instances = held.map((each) => (each.study === '1.2' ? { ...each, patient: 'P2 merged' } : each));
    const changed = (await list(source)).filter(({ path, revision }) => before.get(path) !== revision);
    expect(changed.map(({ path }) => path)).toEqual(held.filter(({ study }) => study === '1.2').map(pathOf));
  });

  test('takes what a server gives as one page for ever', async () => {
    const { server, source } = await start(held);
    server.page = (results) => results;
    expect((await list(source)).map(({ path }) => path)).toEqual(held.map(pathOf));
  });

  test('takes 204 and 404 for nothing, and says so', async () => {
    const { server, source, notes } = await start(held);
    server.misdeed = (_request, response, path) => {
      const status = path === '/studies/1.1/series' ? 204 : path === '/studies/1.2/series/1.2.1/instances' ? 404 : 0;
      if (status > 0) response.writeHead(status).end();
      return status > 0;
    };
    expect((await list(source)).map(({ path }) => path)).toEqual(held.filter(({ study, series }) => study !== '1.1' && series !== '1.2.1').map(pathOf));
    expect(notes.join(' ')).toMatch(/lists nothing for 2 searches.*|says another number/);
  });

  test('makes a row of what is no UID, and never asks for it', async () => {
    const { server, source } = await start(held);
    const honest = server.page;
    const instead = (end: string, result: object): void => void (server.page = (results, limit, offset, path) => honest(path.endsWith(end) ? [result] : results, limit, offset, path));
    instead('/studies', { '0020000D': { vr: 'UI', Value: ['../../etc'] } });
    expect(await list(source)).toEqual([expect.objectContaining({ path: expect.stringMatching(/^no-uid-[0-9a-f]{16}$/), unusable: 'The server names one of its studies by 9 characters that are no UID (digits and dots, 64 at most): it cannot be asked for.' })]);
    instead('/1.1.1/instances', { '00080018': { vr: 'UI', Value: ['1.2/../3'] } });
    const files = await list(source);
    expect(files.filter(({ unusable }) => unusable !== undefined).map(({ path }) => path)).toEqual([expect.stringMatching(/^1\.1\/1\.1\.1\/no-uid-[0-9a-f]{16}$/)]);
    expect(server.requests.some(({ url }) => url.includes('..'))).toBe(false);
  });

  test('refuses a server that ignores what is wanted', async () => {
    const { source, server } = await start(held, { match: { PatientID: 'P1' } });
    expect((await list(source)).map(({ path }) => path)).toEqual(held.filter(({ study }) => study === '1.1').map(pathOf));
    server.misdeed = (_request, response, path) => path === '/studies' && (sendJson(response, [{ '0020000D': { vr: 'UI', Value: ['1.2'] }, '00100020': { vr: 'LO', Value: ['P2'] } }]), true);
    expect((await failure(list(source))).message).toMatch(/does not search by PatientID: it gives a study with another value of it$/);
  });

  test('refuses HTML and shows nothing of it but its form', async () => {
    const { server, source } = await start(held);
    server.misdeed = (_request, response) => (response.writeHead(200, { 'content-type': 'text/html; charset=x' }).end('<!DOCTYPE html><title>Jane Doe 1956</title>'), true);
    const { message } = await failure(list(source));
    expect(message).toContain('answers something else than application/dicom+json: the content type text/html, which looks like an HTML page, beginning (masked) "<!xxxxxxx xxxx><xxxxx>xxxx xxx 0000</xxxxx>"');
    expect(message).not.toMatch(/Jane|1956/);
  });

  test.each([500, 503, 429])('tries again after %d, and then goes on', async (status) => {
    const { server, source } = await start(held);
    let left = 3;
    server.misdeed = (_request, response) => left-- > 0 && (response.writeHead(status, { 'retry-after': '0' }).end(), true);
    expect(await list(source)).toHaveLength(held.length);
  });

  test('gives up what asks to be left alone for too long, what stalls and what breaks off', async () => {
    const { server, source } = await start(held, {}, 150);
    server.misdeed = (_request, response) => (response.writeHead(503, { 'retry-after': '3600' }).end(), true);
    expect((await failure(list(source))).message).toContain('it asks to be left alone for 3600 s');
    server.misdeed = (_request, response) => (response.writeHead(200, { 'content-type': 'application/dicom+json' }).write('[{"0020'), true);
    expect((await failure(list(source))).message).toContain('sends nothing for 0.15 s');
    server.misdeed = (_request, response) => {
      response.writeHead(200, { 'content-type': 'application/dicom+json', 'content-length': '100' }).write('[{"0020');
      setTimeout(() => response.destroy(), 10);
      return true;
    };
    expect((await failure(list(source))).message).toContain('broke off');
  });
});

describe('retrieving', () => {
  const held = makeInstances(1, 1, 2, 300_000);
  const [first, second] = held as [HeldInstance, HeldInstance];

  test('gives the bytes as they are stored, compressed on the way or not', async () => {
    const { server, source } = await start(held);
    expect((await read(source, fileOf(first))).equals(first.bytes)).toBe(true);
    expect(server.requests.at(-1)?.headers.accept).toBe('multipart/related; type="application/dicom"; transfer-syntax=*');
    server.misdeed = (_request, response) => {
      const body = Buffer.concat([Buffer.from('--x\r\ncontent-type: application/dicom\r\n\r\n'), first.bytes, Buffer.from('\r\n--x--')]);
      response.writeHead(200, { 'content-type': 'multipart/related; boundary=x', 'content-encoding': 'gzip' }).end(gzipSync(body));
      return true;
    };
    expect((await read(source, fileOf(first))).equals(first.bytes)).toBe(true);
  });

  test('takes an instance that is no part of anything, from a server that gives no multipart', async () => {
    const { server, source } = await start(held);
    server.misdeed = (request, response) => {
      if (String(request.headers.accept).startsWith('multipart')) response.writeHead(406).end();
      else response.writeHead(200, { 'content-type': 'application/dicom' }).end(first.bytes);
      return true;
    };
    expect((await read(source, fileOf(first))).equals(first.bytes)).toBe(true);
    await read(source, fileOf(first));
    expect(server.requests.map(({ headers }) => headers.accept?.slice(0, 9))).toEqual(['multipart', 'applicati', 'applicati']);
  });

  test('is nothing for an instance that is gone', async () => {
    const { server, source } = await start(held);
    expect(await source.open({ ...fileOf(first), path: '1.1/1.1.1/9.9.dcm' })).toBeNull();
    server.misdeed = (_request, response) => (response.writeHead(204).end(), true);
    expect(await source.open(fileOf(first))).toBeNull();
  });

  test.each<[string, (server: DicomwebServer) => void, RegExp, boolean]>([
    ['another instance', (server) => void (server.misdeed = (_request, response) => (sendPart(response, second.bytes), true)), /sends another instance than the one that was asked for: its SOPInstanceUID is another$/, false],
    ['two instances', (server) => void (server.misdeed = (_request, response) => (sendPart(response, Buffer.concat([first.bytes, Buffer.from('\r\n--a b\r\n\r\n'), second.bytes])), true)), /sends more than the one instance/, false],
    ['a part that is cut off', (server) => void (server.misdeed = (_request, response) => (sendPart(response, first.bytes, { end: '' }), true)), /ends before its closing boundary/, true],
    ['less than the part says', (server) => void (server.misdeed = (_request, response) => (sendPart(response, first.bytes, { head: 'Content-Length: 999999\r\n' }), true)), /sends a part of [0-9]+ bytes that it says has 999999/, true],
    ['a part in base64', (server) => void (server.misdeed = (_request, response) => (sendPart(response, first.bytes, { head: 'Content-Transfer-Encoding: base64\r\n' }), true)), /in the encoding base64, not as it is/, false],
    ['no part', (server) => void (server.misdeed = (_request, response) => (response.writeHead(200, { 'content-type': 'multipart/related; boundary=x' }).end('nothing'), true)), /multipart answer that holds no part/, true],
    ['no boundary', (server) => void (server.misdeed = (_request, response) => (response.writeHead(200, { 'content-type': 'multipart/related' }).end('nothing'), true)), /declares no boundary/, true],
    ['HTML', (server) => void (server.misdeed = (_request, response) => (response.writeHead(200, { 'content-type': 'text/html' }).end('<html>Sign in, Jane'), true)), /something without its SOPInstanceUID: the content type text\/html, which looks like an HTML page, beginning \(masked\) "<xxxx>xxxx xx, xxxx"$/, false],
    ['JSON in a part', (server) => void (server.misdeed = (_request, response) => (sendPart(response, Buffer.from('{"error": 7}'), { head: 'Content-Type: application/json\r\n' }), true)), /the content type application\/json, which looks like JSON, beginning \(masked\) "{\\"xxxxx\\": 0}"$/, false],
    ['nothing', (server) => void (server.misdeed = (_request, response) => (sendPart(response, Buffer.alloc(0)), true)), /the content type application\/dicom, and nothing in it$/, false],
    ['an endless preamble of zeros', (server) => void (server.misdeed = (_request, response) => (sendPart(response, Buffer.alloc(3_000_000)), true)), /without its SOPInstanceUID/, false],
  ])('refuses %s', async (_what, misdeed, message, retry) => {
    const { server, source } = await start(held);
    misdeed(server);
    const failed = await failure(read(source, fileOf(first)));
    expect(failed.message).toMatch(message);
    expect(failed.message).not.toMatch(/Jane|error": 7/);
    expect(failed.details.retry).toBe(retry);
  });

  test('gives no byte of an instance before it is known to be the right one', async () => {
    const { server, source } = await start(held);
    server.misdeed = (_request, response) => (sendPart(response, second.bytes), true);
    const opened = await source.open(fileOf(first));
    let bytes = 0;
    await failure((async () => {
      for await (const chunk of opened!.body) bytes += chunk.length;
    })());
    expect(bytes).toBe(0);
  });
});

describe('metadata', () => {
  const held = makeInstances(1, 1, 2);
  const [first, second] = held as [HeldInstance, HeldInstance];

  test('give the attributes, and no byte is asked for', async () => {
    const { server, source } = await start(held);
    const reading = await source.headerOf!(fileOf(first));
    expect([reading.status, reading.values.filter((value) => value !== null)]).toEqual(['ok', [first.instance, 'CT', 'P1', first.study, first.series]]);
    expect(server.requests.every(({ url }) => url.endsWith('/metadata'))).toBe(true);
  });

  test('of another instance, of several, or of none are refused', async () => {
    const { server, source } = await start(held);
    const results = (...uids: string[]) => (server.misdeed = (_request, response) => (sendJson(response, uids.map((uid) => ({ '00080018': { vr: 'UI', Value: [uid] } }))), true));
    results(second.instance);
    expect((await failure(source.headerOf!(fileOf(first)))).message).toMatch(/gives the metadata of another instance than the one/);
    results(first.instance, first.instance);
    expect((await failure(source.headerOf!(fileOf(first)))).message).toMatch(/gives the metadata of more than the one/);
    results();
    expect((await failure(source.headerOf!(fileOf(first)))).message).toMatch(/does not have .* any more/);
    results(second.instance, first.instance);
    expect((await source.headerOf!(fileOf(first))).status).toBe('ok');
  });
});

describe('who asks', () => {
  const held = [makeInstance(1, 1, 1)];

  test('is told to the service, and to no host that it leads to', async () => {
    const { server, source, notes } = await start(held, { auth: { header: '${TOKEN}' } });
    const other = await startDicomwebServer(held);
    open.push(() => other.stop());
    server.misdeed = (_request, response, path) => !path.endsWith('/series') && (response.writeHead(302, { location: `${other.url.replace('127.0.0.1', 'localhost')}${path}` }).end(), true);
    expect(await list(source)).toHaveLength(1);
    expect(server.requests.every(({ headers }) => headers.authorization === 'Bearer very-secret')).toBe(true);
    expect(other.requests.length).toBeGreaterThan(0);
    expect(other.requests.every(({ headers }) => headers.authorization === undefined)).toBe(true);
    expect(notes.filter((note) => note.includes('no credentials went there'))).toHaveLength(1);
  });

  test('is told by user and password of the URL, which no message shows', async () => {
    const server = await startDicomwebServer(held);
    const source = await openDicomwebImages({ name: 'pacs', kind: 'dicomweb', url: server.url.replace('//', '//us%20er:${PASS}@') }, { root: '/', environment: { PASS: 'p%3Aw' }, timeout_ms: 2000, retry: FAST, note: () => {} });
    open.push(() => source.close(), () => server.stop());
    await list(source);
    expect(server.requests[0]?.headers.authorization).toBe(`Basic ${Buffer.from('us er:p:w').toString('base64')}`);
    expect(source.name).toBe(server.url);
  });

  test('may not read: that ends it, and nothing secret is told', async () => {
    const { server, source } = await start(held, { auth: { header: '${TOKEN}' } });
    server.misdeed = (_request, response) => (response.writeHead(401).end('very-secret'), true);
    const failed = await failure(list(source));
    expect([failed.message, failed.details.kind, failed.details.wide]).toEqual([expect.stringMatching(/may not be read \(401\)$/), 'refused', true]);
    expect(server.requests).toHaveLength(1);
  });

  test.each<[Partial<DicomwebSource>, RegExp]>([
    [{ url: 'ftp://x' }, /sources, pacs, url: it is no URL of a service/],
    [{ url: 'http://x/?key=secret' }, /sources, pacs, url: it is no URL/],
    [{ auth: { header: '${MISSING}' } }, /auth\.header: the variable MISSING of the environment is not set/],
    [{ auth: { header: 'Bearer ä' } }, /printable characters of ASCII only/],
    [{ url: 'http://user:secret@x/', auth: { header: 'x' } }, /told in more than one way/],
    [{ auth: { oauth2: { token_url: 'http://example.org/token', client_id: 'a', client_secret: 'secret' } } }, /a client secret is sent by https only/],
    [{ match: { PatientsName: 'x' } }, /there is no DICOM attribute PatientsName/],
    [{ match: { limit: '1' } }, /there is no DICOM attribute limit/],
  ])('and where is refused when it cannot be: %j', async (config, message) => {
    const opened = openDicomwebImages({ name: 'pacs', kind: 'dicomweb', url: 'http://127.0.0.1:1', ...config }, { root: '/', environment: {}, timeout_ms: 1, note: () => {} });
    await expect(opened).rejects.toMatchObject({ code: 'CONFIG_INVALID', message: expect.stringMatching(message) });
    await expect(opened).rejects.not.toThrow(/secret@|=secret/);
  });
});

describe('how fast', () => {
  test('is as it was allowed', async () => {
    const { source } = await start(makeInstances(1, 1, 1), { requests_per_second: 20 });
    const begun = performance.now();
    await list(source);
    await list(source);
    expect(source.requests).toBeGreaterThanOrEqual(6);
    expect(performance.now() - begun).toBeGreaterThan((source.requests - 1) * 50 - 20);
  });
});
