/** A receiver of OpenTelemetry on loopback: it takes what OTLP over HTTP sends as JSON. */
import { createServer } from 'node:http';
import { gunzipSync } from 'node:zlib';

export interface OtlpReceiver {
  url: string;
  /** What came to each path. */
  received: { path: string; headers: NodeJS.Dict<string | string[]>; body: string }[];
  stop(): Promise<void>;
}

/** @param answer status of every answer; `never` takes what is sent and says nothing */
export async function startOtlpReceiver(answer: number | 'never' = 200): Promise<OtlpReceiver> {
  const received: OtlpReceiver['received'] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const bytes = Buffer.concat(chunks);
      received.push({ path: request.url ?? '', headers: request.headers, body: (request.headers['content-encoding'] === 'gzip' ? gunzipSync(bytes) : bytes).toString() });
      if (answer !== 'never') response.writeHead(answer, { 'content-type': 'application/json' }).end('{}');
    });
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const address = server.address();
  return {
    url: `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`,
    received,
    stop: () => {
      server.closeAllConnections();
      return new Promise((done) => server.close(() => done()));
    },
  };
}
