/** A web server on loopback that serves folders as badly as a test asks for. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import https from 'node:https';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { sha256 } from './release-folder.js';

/** What one request is answered with, when it is not the file. True: the answer was given. */
export type Misdeed = (request: IncomingMessage, response: ServerResponse, file: ServedFile | null) => boolean;

export interface ServedFile {
  /** From the root of the server. */
  path: string;
  bytes: Buffer;
}

export interface BadServer {
  url: string;
  port: number;
  /** Every request: path, and its range. */
  requests: { path: string; range: string | undefined; headers: IncomingMessage['headers'] }[];
  misdeed: Misdeed;
  stop(): Promise<void>;
}

/** Serves files honestly, with ranges and ETags, until `misdeed` does otherwise; by https when it is given a certificate. */
export async function startBadServer(root: string, port = 0, certificate?: { key: string; cert: string }): Promise<BadServer> {
  const requests: BadServer['requests'] = [];
  const bad: BadServer = { url: '', port: 0, requests, misdeed: () => false, stop: async () => {} };
  const answer = (request: IncomingMessage, response: ServerResponse): void => {
    const path = decodeURIComponent(new URL(request.url ?? '/', 'http://x').pathname);
    requests.push({ path, range: request.headers.range, headers: { ...request.headers } });
    const file = read(root, path);
    if (bad.misdeed(request, response, file)) return;
    serve(request, response, file);
  };
  const server = certificate === undefined ? createServer(answer) : https.createServer(certificate, answer);
  await new Promise<void>((done) => server.listen(port, '127.0.0.1', done));
  const address = server.address();
  bad.port = typeof address === 'object' && address !== null ? address.port : 0;
  bad.url = `http${certificate === undefined ? '' : 's'}://127.0.0.1:${bad.port}`;
  bad.stop = () => stop(server);
  return bad;
}

function stop(server: Server): Promise<void> {
  server.closeAllConnections();
  return new Promise((done) => server.close(() => done()));
}

function read(root: string, path: string): ServedFile | null {
  const place = join(root, path);
  return statSync(place, { throwIfNoEntry: false })?.isFile() === true ? { path, bytes: readFileSync(place) } : null;
}

/** The honest answer. */
export function serve(request: IncomingMessage, response: ServerResponse, file: ServedFile | null): void {
  if (file === null) return void response.writeHead(404).end('no such file');
  const { bytes } = file;
  const etag = `"${sha256(bytes).slice(0, 16)}"`;
  const range = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? '');
  const condition = request.headers['if-range'];
  if (range === null || (condition !== undefined && condition !== etag)) return void response.writeHead(200, { 'content-length': bytes.length, etag }).end(bytes);
  const from = Number(range[1]);
  const to = range[2] === '' ? bytes.length : Math.min(bytes.length, Number(range[2]) + 1);
  if (from >= bytes.length) return void response.writeHead(416).end();
  response.writeHead(206, { 'content-length': to - from, 'content-range': `bytes ${from}-${to - 1}/${bytes.length}`, etag }).end(bytes.subarray(from, to));
}

/** Does something to requests for paths that end so, as often as asked. */
export function misbehave(end: string, times: number, deed: (request: IncomingMessage, response: ServerResponse, file: ServedFile) => void): Misdeed {
  let left = times;
  return (request, response, file) => {
    if (file === null || !file.path.endsWith(end) || left <= 0) return false;
    left -= 1;
    deed(request, response, file);
    return true;
  };
}
