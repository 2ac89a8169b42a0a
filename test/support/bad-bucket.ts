/** A bucket on loopback that lists and gives objects as an S3 server does, and as badly as a test asks for. It checks no signature. */
import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';

export interface StoredObject {
  bytes: Buffer;
  /** Default: the md5, as of an object that was sent in one part. */
  etag?: string;
  headers?: Record<string, string>;
  /** What the listing says; default: the truth. */
  listedSize?: number;
}

export interface BadBucket {
  endpoint: string;
  objects: Map<string, StoredObject>;
  /** Keys of a page of the listing. */
  pageSize: number;
  /** Method, path and range of every request. */
  requests: { path: string; query: URLSearchParams; headers: IncomingMessage['headers'] }[];
  /** Answers a request in another way; true when it did. */
  misdeed(request: IncomingMessage, response: ServerResponse, key: string | null): boolean;
  /** Bytes of objects that were sent. */
  sent: number;
  connections: number;
  stop(): Promise<void>;
}

/** Starts a server whose only bucket is called `images`. */
export async function startBadBucket(): Promise<BadBucket> {
  const bucket: BadBucket = { endpoint: '', objects: new Map(), pageSize: 1000, requests: [], misdeed: () => false, sent: 0, connections: 0, stop: async () => {} };
  let sorted: { of: number; keys: string[] } = { of: -1, keys: [] };
  const keys = (): string[] => {
    if (sorted.of !== bucket.objects.size || sorted.of < 1000) sorted = { of: bucket.objects.size, keys: [...bucket.objects.keys()].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b))) };
    return sorted.keys;
  };
  const server = createServer((request, response) => {
    const url = new URL(`http://x${request.url?.replaceAll('%2e', '%252e').replaceAll('%2E', '%252E') ?? '/'}`);
    const [, name = '', ...parts] = (request.url ?? '').replace(/\?.*$/, '').split('/');
    const key = parts.length === 0 || parts.join('/') === '' ? null : decodeURIComponent(parts.join('/'));
    bucket.requests.push({ path: request.url ?? '', query: url.searchParams, headers: request.headers });
    if (bucket.misdeed(request, response, key)) return;
    if (name !== 'images') return sendError(response, 404, 'NoSuchBucket');
    if (key === null) return sendPage(response, url.searchParams, keys(), bucket);
    sendObject(request, response, bucket.objects.get(key), bucket);
  });
  server.on('connection', () => (bucket.connections += 1));
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const address = server.address();
  bucket.endpoint = `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;
  bucket.stop = () => {
    server.closeAllConnections();
    return new Promise((done) => server.close(() => done()));
  };
  return bucket;
}

/** An error as S3 writes it. */
export function sendError(response: ServerResponse, status: number, code: string, headers: Record<string, string> = {}): void {
  response.writeHead(status, { 'content-type': 'application/xml', ...headers }).end(`<?xml version="1.0" encoding="UTF-8"?><Error><Code>${code}</Code><Message>No.</Message></Error>`);
}

function sendPage(response: ServerResponse, query: URLSearchParams, keys: string[], bucket: BadBucket): void {
  const prefix = query.get('prefix') ?? '';
  const mine = prefix === '' ? keys : keys.filter((key) => key.startsWith(prefix));
  const from = Number(query.get('continuation-token') ?? 0);
  const page = mine.slice(from, from + bucket.pageSize);
  const more = from + page.length < mine.length;
  const rows = page.map((key) => listedObject(key, bucket.objects.get(key) as StoredObject));
  const next = more ? `<NextContinuationToken>${from + page.length}</NextContinuationToken>` : '';
  response.writeHead(200, { 'content-type': 'application/xml' });
  response.end(`<?xml version="1.0" encoding="UTF-8"?><ListBucketResult><Name>images</Name><EncodingType>url</EncodingType><IsTruncated>${more}</IsTruncated>${next}${rows.join('')}</ListBucketResult>`);
}

/** One row of the listing. */
export function listedObject(key: string, object: StoredObject): string {
  const encoded = encodeURIComponent(key).replaceAll('%20', '+');
  return `<Contents><Key>${encoded}</Key><LastModified>2024-05-06T07:08:09.000Z</LastModified><ETag>${etagOf(object).replaceAll('"', '&quot;')}</ETag><Size>${object.listedSize ?? object.bytes.length}</Size></Contents>`;
}

/** The ETag of an object, in quotes. */
export function etagOf({ bytes, etag }: StoredObject): string {
  return etag ?? `"${createHash('md5').update(bytes).digest('hex')}"`;
}

function sendObject(request: IncomingMessage, response: ServerResponse, object: StoredObject | undefined, bucket: BadBucket): void {
  if (object === undefined) return sendError(response, 404, 'NoSuchKey');
  const etag = etagOf(object);
  const wanted = request.headers['if-match'];
  if (wanted !== undefined && wanted !== etag) return sendError(response, 412, 'PreconditionFailed');
  const range = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? '');
  const from = Number(range?.[1] ?? 0);
  const to = range?.[2] === undefined || range[2] === '' ? object.bytes.length : Math.min(Number(range[2]) + 1, object.bytes.length);
  const part = object.bytes.subarray(from, to);
  bucket.sent += part.length;
  const head = { etag, 'content-length': String(part.length), 'last-modified': 'Mon, 06 May 2024 07:08:09 GMT', ...object.headers };
  if (range === null) response.writeHead(200, head);
  else response.writeHead(206, { ...head, 'content-range': `bytes ${from}-${to - 1}/${object.bytes.length}` });
  response.end(part);
}
