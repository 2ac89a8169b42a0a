/** OAuth 2.0 client credentials against an authorization server of the test: asked for late, shared, renewed, told to nobody. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { afterEach, describe, expect, test } from '@jest/globals';
import { HttpClient } from '../../../src/network/http-client.js';
import { SourceFailure } from '../../../src/network/source.js';
import { AccessToken } from '../../../src/sources/dicomweb/access-token.js';
import { openDicomwebImages } from '../../../src/sources/dicomweb/dicomweb-images.js';
import { makeInstances, startDicomwebServer } from '../../support/dicomweb-server.js';

const open: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of open.splice(0)) await close();
});

interface TokenServer {
  url: URL;
  asked: { authorization: string | undefined; body: string }[];
  answer: (response: ServerResponse, count: number) => void;
}

async function startTokenServer(): Promise<TokenServer> {
  const server: TokenServer = { url: new URL('http://x'), asked: [], answer: (response, count) => void response.end(JSON.stringify({ access_token: `token-${count}`, token_type: 'bearer', expires_in: 3600 })) };
  const listening = createServer((request: IncomingMessage, response) => {
    let body = '';
    request.on('data', (chunk) => (body += String(chunk)));
    request.on('end', () => {
      server.asked.push({ authorization: request.headers.authorization, body });
      server.answer(response, server.asked.length);
    });
  });
  await new Promise<void>((done) => listening.listen(0, '127.0.0.1', done));
  const address = listening.address();
  server.url = new URL(`http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}/token`);
  open.push(() => (listening.closeAllConnections(), new Promise((done) => listening.close(done))));
  return server;
}

function client(server: TokenServer, now: () => number = () => 0): AccessToken {
  const http = new HttpClient({ timeout_ms: 2000, connections: 8, onOtherHost: () => {} });
  open.push(() => http.close());
  return new AccessToken(http, { token_url: server.url, client_id: 'col ophon', client_secret: 's:cret/ä', scope: 'read all' }, now);
}

describe('a token', () => {
  test('is asked for when it is needed, once for all who need it', async () => {
    const server = await startTokenServer();
    const token = client(server);
    expect(server.asked).toEqual([]);
    expect(await Promise.all(Array.from({ length: 5 }, () => token.header()))).toEqual(Array.from({ length: 5 }, () => 'Bearer token-1'));
    expect(await token.header()).toBe('Bearer token-1');
    // RFC 6749 2.3.1: form-encoded before it is user and password.
    expect(server.asked).toEqual([{ authorization: `Basic ${Buffer.from('col+ophon:s%3Acret%2F%C3%A4').toString('base64')}`, body: 'grant_type=client_credentials&scope=read+all' }]);
  });

  test('is renewed before it expires, by a clock that only goes forward', async () => {
    const server = await startTokenServer();
    let now = 0;
    const token = client(server, () => now);
    const at = async (ms: number): Promise<string> => {
      now = ms;
      return token.header();
    };
    expect([await at(0), await at(3_569_000), await at(3_570_000), await at(3_571_000)]).toEqual(['Bearer token-1', 'Bearer token-1', 'Bearer token-2', 'Bearer token-2']);
  });

  test('that is refused is replaced, but not one that came since', async () => {
    const server = await startTokenServer();
    const token = client(server);
    const old = await token.header();
    token.refused(old);
    expect(await token.header()).toBe('Bearer token-2');
    token.refused(old);
    expect(await token.header()).toBe('Bearer token-2');
  });

  test.each<[string, (response: ServerResponse) => void, RegExp, boolean]>([
    ['who is not known', (response) => response.writeHead(401).end('{"error": "invalid_client", "error_description": "s:cret is wrong"}'), /gives no token \(401, invalid_client\)$/, false],
    ['a request that is not understood', (response) => response.writeHead(400).end('<html>s:cret</html>'), /gives no token \(400\)$/, false],
    ['a server that is busy', (response) => response.writeHead(503).end(), /gives no token \(503\)$/, true],
    ['no token', (response) => response.end('{}'), /without an access_token that can be sent$/, false],
    ['a token with a line end', (response) => response.end(JSON.stringify({ access_token: 'a\r\nX: y' })), /without an access_token that can be sent$/, false],
    ['a token of another kind', (response) => response.end(JSON.stringify({ access_token: 'a', token_type: 'mac' })), /of another type than Bearer$/, false],
    ['a life that is no number', (response) => response.end(JSON.stringify({ access_token: 'a', expires_in: 'soon' })), /no number of seconds/, false],
    ['another place', (response) => response.writeHead(307, { location: 'http://localhost:1/' }).end(), /what was sent to it is sent to no other place$/, false],
  ])('is not had from %s', async (_what, answer, message, retry) => {
    const server = await startTokenServer();
    server.answer = answer;
    const failed = (await client(server).header().catch((error: unknown) => error)) as SourceFailure;
    expect(failed).toBeInstanceOf(SourceFailure);
    expect([failed.message, failed.details.retry]).toEqual([expect.stringMatching(message), retry]);
    expect(JSON.stringify([failed.message, failed.details])).not.toMatch(/s:cret|s%3Acret/);
  });
});

test('a token that expires midway is asked for anew, and every instance is listed once', async () => {
  const held = makeInstances(4, 2, 3);
  const [tokens, server] = [await startTokenServer(), await startDicomwebServer(held)];
  open.push(() => server.stop());
  let valid = 'Bearer token-1';
  server.misdeed = (request, response) => {
    if (server.requests.length === 6) valid = 'Bearer token-2';
    if (request.headers.authorization === valid) return false;
    response.writeHead(401).end();
    return true;
  };
  const oauth2 = { token_url: '${TOKEN_URL}', client_id: 'a', client_secret: '${SECRET}' };
  const source = await openDicomwebImages({ name: 'pacs', kind: 'dicomweb', url: server.url, auth: { oauth2 } }, { root: '/', environment: { TOKEN_URL: tokens.url.href, SECRET: 'x' }, timeout_ms: 2000, note: () => {} });
  open.push(() => source.close());
  let files = 0;
  for await (const file of source.list()) files += file.path === '' ? 0 : 1;
  expect([files, tokens.asked.length]).toEqual([held.length, 2]);
});
