/** What becomes of credentials that run out while a bucket is read. */
import { createServer, type Server } from 'node:http';
import { afterEach, expect, test } from '@jest/globals';
import { HttpClient } from '../../src/network/http-client.js';
import { listObjects } from '../../src/network/object-listing.js';
import { ObjectReader } from '../../src/network/object-reader.js';
import type { Bucket } from '../../src/network/s3-bucket.js';

let server: Server | null = null;
let http: HttpClient | null = null;
afterEach(() => {
  http?.close();
  server?.closeAllConnections();
  server?.close();
});

/** A bucket whose credentials come from `ask`. */
async function openReader(ask: () => Promise<object>): Promise<ObjectReader> {
  server = createServer((_request, response) => response.end('abc'));
  await new Promise<void>((done) => server?.listen(0, '127.0.0.1', done));
  const address = server.address();
  const endpoint = `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;
  const config = { region: () => Promise.resolve('us-east-1'), endpointProvider: () => ({ url: new URL(`${endpoint}/images`) }), credentials: ask };
  const bucket = { name: 's3://images', options: { bucket: 'images', prefix: '', endpoint }, client: { config }, anonymous: false, withPrefix: () => bucket };
  http = new HttpClient({ timeout_ms: 5000, connections: 2, onOtherHost: () => {} });
  return new ObjectReader(bucket as unknown as Bucket, http);
}

test('credentials are asked for once for many requests, and no longer than a second', async () => {
  let asked = 0;
  const reader = await openReader(() => Promise.resolve({ accessKeyId: `key${(asked += 1)}`, secretAccessKey: 'secret' }));
  const read = async (): Promise<void> => (await reader.open('a.dcm'))?.close();
  for (let n = 0; n < 20; n++) await read();
  expect(asked).toBe(1);
  await new Promise((done) => setTimeout(done, 1100));
  await read();
  expect(asked).toBe(2);
});

test('a session that has expired ends the source with what to do, and without what the SDK says of it', async () => {
  const reader = await openReader(() => Promise.reject(Object.assign(new Error('account 123456789012'), { name: 'TokenProviderError' })));
  const expected = { name: 'SourceFailure', message: expect.stringContaining('no credentials any more (TokenProviderError)') as unknown, details: { wide: true, retry: false } };
  const object = await reader.open('a.dcm').catch((error: unknown) => error);
  expect(object).toMatchObject(expected);
  const listing = await listObjects(reader, '', () => Promise.resolve()).next().catch((error: unknown) => error);
  expect(listing).toMatchObject(expected);
  expect(`${String(object)}${String(listing)}`).not.toContain('123456789012');
});
