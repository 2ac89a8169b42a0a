import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { makeCertificate, hasOpenssl, type TestCertificate } from '../support/certificate.js';
import { runCli, type CliResult } from '../support/cli.js';
import { startBadServer, type BadServer } from '../support/hostile-server.js';
import { startProxy, type TestProxy } from '../support/proxy.js';
import { writeRelease } from '../support/release-folder.js';
import { useTemporaryFolders } from '../support/temporary-folder.js';
import { listing } from './packed-release.js';

const temporaryFolder = useTemporaryFolders();
const HOST = 'data.example.org';
const describeWithOpenssl = hasOpenssl ? describe : describe.skip;

let root: string;
let plain: BadServer;
let secure: BadServer;
let proxy: TestProxy;
let certificate: TestCertificate | undefined;

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'colophon-proxied-'));
  mkdirSync(join(root, 'www/set/1.0.0'), { recursive: true });
  writeRelease(join(root, 'www/set/1.0.0'));
  certificate = hasOpenssl ? makeCertificate(root, [HOST, 'localhost']) : undefined;
  plain = await startBadServer(join(root, 'www'));
  secure = await startBadServer(join(root, 'www'), 0, certificate);
  proxy = await startProxy({ plain: plain.port, secure: secure.port });
});
afterAll(async () => {
  await Promise.all([plain.stop(), secure.stop(), proxy.stop()]);
  rmSync(root, { recursive: true });
});
afterEach(() => {
  proxy.refusal = null;
  for (const list of [proxy.asked, proxy.authorizations, plain.requests, secure.requests]) list.length = 0;
});

async function fetch(url: string, environment: NodeJS.ProcessEnv, ...flags: string[]): Promise<{ into: string; result: CliResult }> {
  const into = temporaryFolder();
  const clean = Object.fromEntries(['HTTP_PROXY', 'HTTPS_PROXY', 'ALL_PROXY', 'NO_PROXY', 'NODE_EXTRA_CA_CERTS'].flatMap((name) => [[name, ''], [name.toLowerCase(), '']]));
  return { into, result: await runCli(['fetch', url, into, '--timeout', '20', ...flags], into, { ...clean, ...environment }) };
}

const proxyUrl = (): string => `http://user:pa%40ss@127.0.0.1:${proxy.port}`;

function expectNoPassword({ stdout, stderr }: CliResult): void {
  for (const secret of ['pa%40ss', 'pa@ss', Buffer.from('user:pa@ss').toString('base64')]) expect(stdout + stderr).not.toContain(secret);
}

describe('a web server behind a proxy', () => {
  test('is asked through it, by whole URLs; who asks is told to the proxy alone', async () => {
    const { into, result } = await fetch(`http://${HOST}/set/1.0.0/`, { HTTP_PROXY: proxyUrl() });
    expect(result).toMatchObject({ status: 0 });
    expect(listing(join(into, '1.0.0'))).toBe(listing(join(root, 'www/set/1.0.0')));
    expect(proxy.asked).toContain(`http://${HOST}/set/1.0.0/release.json`);
    expect(new Set(proxy.authorizations)).toEqual(new Set([`Basic ${Buffer.from('user:pa@ss').toString('base64')}`]));
    expect(plain.requests.some(({ headers }) => headers['proxy-authorization'] !== undefined)).toBe(false);
    expect(plain.requests.every(({ headers }) => headers.host === HOST)).toBe(true);
    expectNoPassword(result);
  });

  test('a proxy that asks who asks is told, and not taken for a server that has nothing', async () => {
    proxy.refusal = 407;
    const { result } = await fetch(`http://${HOST}/set/1.0.0/`, { HTTP_PROXY: proxyUrl() });
    expect(result.status).toBe(3);
    expect(result.stderr).toContain('the proxy asks who asks (407)');
    expectNoPassword(result);
  });

  test('a proxy that cannot be used is a wrong usage, before anything is asked', async () => {
    const { result } = await fetch(`http://${HOST}/set/1.0.0/`, { HTTPS_PROXY: 'socks5://user:pa%40ss@127.0.0.1:1' });
    expect(result).toMatchObject({ status: 2 });
    expect(result.stderr).toContain('HTTPS_PROXY');
    expectNoPassword(result);
  });

  test('what is on this machine is asked without it', async () => {
    const { result } = await fetch(`${plain.url}/set/1.0.0/`, { HTTP_PROXY: proxyUrl() });
    expect(result).toMatchObject({ status: 0 });
    expect(proxy.asked).toEqual([]);
  });
});

describeWithOpenssl(`https${hasOpenssl ? '' : ' (needs openssl)'}`, () => {
  test('through a proxy, which sees the host and no more; and an authority of our own is believed', async () => {
    const { into, result } = await fetch(`https://${HOST}/set/1.0.0/`, { HTTPS_PROXY: proxyUrl(), NODE_EXTRA_CA_CERTS: certificate?.authority });
    expect(result).toMatchObject({ status: 0 });
    expect(listing(join(into, '1.0.0'))).toBe(listing(join(root, 'www/set/1.0.0')));
    expect(new Set(proxy.asked)).toEqual(new Set([`CONNECT ${HOST}:443`]));
    expect(secure.requests.some(({ headers }) => headers['proxy-authorization'] !== undefined)).toBe(false);
    expectNoPassword(result);
  });

  test('a bucket is reached through it too', async () => {
    const { result } = await fetch('s3://set/1.0.0', { HTTPS_PROXY: proxyUrl(), NODE_EXTRA_CA_CERTS: certificate?.authority, AWS_ACCESS_KEY_ID: 'a', AWS_SECRET_ACCESS_KEY: 'b' }, '--endpoint', `https://${HOST}`);
    expect(result).toMatchObject({ status: 0 });
    expect(new Set(proxy.asked)).toEqual(new Set([`CONNECT ${HOST}:443`]));
    expectNoPassword(result);
  });

  test.each([407, 403])('a refusal of the proxy is told (%i)', async (status) => {
    proxy.refusal = status;
    const { result } = await fetch(`https://${HOST}/set/1.0.0/`, { HTTPS_PROXY: proxyUrl() });
    expect(result.status).toBe(3);
    expect(result.stderr).toContain(`The proxy 127.0.0.1:${proxy.port} does not let the request through (${status})`);
    expectNoPassword(result);
  });

  test.each([['directly', false], ['through a proxy', true]])('a certificate that nobody vouches for is refused, and nothing is fetched (%s)', async (_how, proxied) => {
    const url = proxied ? `https://${HOST}/set/1.0.0/` : `https://localhost:${secure.port}/set/1.0.0/`;
    const { result } = await fetch(url, proxied ? { HTTPS_PROXY: proxyUrl() } : {});
    expect(result.status).toBe(3);
    expect(result.stderr).toMatch(/cannot prove that it is (?:localhost|data\.example\.org) \(UNABLE_TO_VERIFY_LEAF_SIGNATURE\)/);
    expect(result.stderr).toContain('NODE_EXTRA_CA_CERTS');
    expect(secure.requests).toEqual([]);
  });

  test('a certificate of another host is refused', async () => {
    const { result } = await fetch('https://other.example.org/set/1.0.0/', { HTTPS_PROXY: proxyUrl(), NODE_EXTRA_CA_CERTS: certificate?.authority });
    expect(result.status).toBe(3);
    expect(result.stderr).toContain('cannot prove that it is other.example.org');
  });
});
