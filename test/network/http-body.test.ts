/** The bytes of an answer as they come: all of them, no more than a reader has room for, and what is said when they do not come. */
import http, { type IncomingMessage, type ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { bodyOf } from '../../src/network/http-body.js';

let answer: (response: ServerResponse) => void;
let server: http.Server;
beforeEach(() => new Promise<void>((done) => (server = http.createServer((_request, response) => answer(response)).listen(0, '127.0.0.1', done))));
afterEach(() => {
  server.closeAllConnections();
  return new Promise((done) => server.close(done));
});

function ask(): Promise<IncomingMessage> {
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return new Promise((done, fail) => http.get({ host: '127.0.0.1', port, agent: false }, done).on('error', fail));
}

const large = Buffer.alloc(24_000_000, Buffer.from([1, 2, 3, 5, 8, 13, 21]));

describe('the body of an answer', () => {
  test('comes whole to a reader who takes longer than the server may', async () => {
    answer = (response) => response.end(large);
    const chunks: Uint8Array[] = [];
    let pauses = 2;
    for await (const chunk of bodyOf(await ask(), 800, 'x')) {
      chunks.push(chunk);
      if (pauses-- > 0) await sleep(1000);
    }
    expect(Buffer.concat(chunks).equals(large)).toBe(true);
  });

  test('waits at the server for a reader who does not read', async () => {
    let taken = 0;
    const send = async (response: ServerResponse): Promise<void> => {
      let go = (): void => {};
      response.on('drain', () => go()).on('close', () => go());
      for (let at = 0; at < large.length && !response.destroyed; at += 100_000) {
        if (!response.write(large.subarray(at, at + 100_000))) await new Promise<void>((done) => (go = done));
        taken = at;
      }
      response.end();
    };
    answer = (response) => void send(response);
    const body = bodyOf(await ask(), 5000, 'x');
    await body.next();
    await sleep(300);
    // What the sockets of both sides hold, and half a megabyte.
    expect(taken).toBeLessThan(16_000_000);
    await body.return?.();
    expect(await body.next()).toEqual({ done: true, value: undefined });
  });

  test.each<[string, (response: ServerResponse) => void, string]>([
    ['stalls', (response) => void response.writeHead(200, { 'content-length': '9' }).write('abc'), 'x sends nothing for 0.1 s'],
    ['breaks off', (response) => void response.writeHead(200, { 'content-length': '9' }).write('abc', () => setTimeout(() => response.destroy(), 20)), 'x broke off (ECONNRESET)'],
  ])('of a server that %s ends in a failure after which it may be asked again', async (_does, does, message) => {
    answer = does;
    const body = bodyOf(await ask(), 100, 'x');
    expect(Buffer.from((await body.next()).value as Uint8Array).toString()).toBe('abc');
    await expect(body.next()).rejects.toMatchObject({ name: 'SourceFailure', message, details: { retry: true } });
    await expect(body.next()).rejects.toMatchObject({ name: 'SourceFailure' });
  });

  test('that is given up by who interrupts says so', async () => {
    answer = (response) => void response.writeHead(200).write('abc');
    const stop = new AbortController();
    const response = await ask();
    const body = bodyOf(response, 5000, 'x', stop.signal);
    await body.next();
    const next = body.next();
    stop.abort();
    response.destroy();
    await expect(next).rejects.toMatchObject({ code: 'INTERRUPTED' });
  });
});
