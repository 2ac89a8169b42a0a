/** A receiver of OpenTelemetry on loopback: it takes what OTLP over HTTP sends as JSON. */
import { createServer } from 'node:http';
import { gunzipSync } from 'node:zlib';

export interface OtlpReceiver {
  url: string;
  /** What came to each path. */
  received: { path: string; headers: NodeJS.Dict<string | string[]>; body: string }[];
  /** The paths that something came to, sorted, each once. */
  paths(): string[];
  /** What came to one path, in its order. */
  bodies(path: string): string[];
  /** Resolves when something more comes. */
  next(): Promise<void>;
  stop(): Promise<void>;
}

/** @param answer status of every answer; `never` takes what is sent and says nothing */
export async function startOtlpReceiver(answer: number | 'never' = 200): Promise<OtlpReceiver> {
  const received: OtlpReceiver['received'] = [];
  const waiting: (() => void)[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const bytes = Buffer.concat(chunks);
      received.push({ path: request.url ?? '', headers: request.headers, body: (request.headers['content-encoding'] === 'gzip' ? gunzipSync(bytes) : bytes).toString() });
      for (const done of waiting.splice(0)) done();
      if (answer !== 'never') response.writeHead(answer, { 'content-type': 'application/json' }).end('{}');
    });
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const address = server.address();
  return {
    url: `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`,
    received,
    paths: () => [...new Set(received.map(({ path }) => path))].toSorted(),
    bodies: (wanted) => received.filter(({ path }) => path === wanted).map(({ body }) => body),
    next: () => new Promise((done) => void waiting.push(done)),
    stop: () => {
      server.closeAllConnections();
      return new Promise((done) => server.close(() => done()));
    },
  };
}
