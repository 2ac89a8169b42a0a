import type { IncomingMessage } from 'node:http';
import { readAnswer } from './http-answer.js';
import { bodyOf } from './http-body.js';
import type { HttpClient, PreparedServer } from './http-client.js';
import { RequestSignature, type SigningIdentity } from './request-signature.js';
import type { Bucket } from './s3-bucket.js';
import { s3ErrorCode, s3Failure } from './s3-error.js';
import { SourceFailure, type OpenedFile, type RangeRequest } from './source.js';

/** An object that is being read, and what its store says of it beside the bytes. */
export interface OpenedObject extends OpenedFile {
  /** Value of a header of the answer, by its name in lower case. */
  header(name: string): string | undefined;
}

/** Where a request goes, and what signs it. */
interface Route {
  server: PreparedServer;
  /** Of the bucket, without `/` at its end; empty where the host names the bucket. */
  path: string;
  sign(headers: Record<string, string>, path: string, query: string): Record<string, string> | Promise<Record<string, string>>;
}

/** Credentials are asked for anew after so long: the SDK renews them minutes before they expire. */
const CREDENTIALS_HOLD_MS = 1000;

/** Of the body of a refusal that is read. */
const MAX_REFUSAL_BYTES = 64 * 1024;
/** Of a page of a listing: a thousand keys of 1024 bytes, each encoded as three, are 3 MB. */
const MAX_PAGE_BYTES = 64 * 1024 * 1024;

/** A clock that is wrong by less than this is no reason for a refusal: to correct it once more would go on for ever. */
const CLOCK_STEP_MS = 60_000;

/**
 * Reads objects of a bucket. The credentials and the address are the SDK's, the signature and the request are our own: a command of the
 * SDK takes 0.6 ms of processor time, and of an image of which only the header is wanted that is most of the work.
 */
export class ObjectReader {
  /** Requests that were sent. */
  requests = 0;
  #clockOffset_ms = 0;
  #route: Route | null = null;
  #routing: Promise<Route> | null = null;

  constructor(
    readonly bucket: Bucket,
    readonly http: HttpClient,
    /** Sent with every request: who pays, say. */
    readonly headers: Readonly<Record<string, string>> = {},
  ) {}

  /**
   * Opens an object, or a part of it, in the version that `validator` names; null when there is none of that key.
   * @throws {SourceFailure} INTERRUPTED
   */
  async open(key: string, { from = 0, to, validator = null }: RangeRequest = {}): Promise<OpenedObject | null> {
    // A checksum is of all bytes: of a part it proves nothing.
    const headers: Record<string, string> = to === undefined ? { 'x-amz-checksum-mode': 'ENABLED' } : {};
    if (from > 0 || to !== undefined) headers.range = `bytes=${from}-${to === undefined ? '' : to - 1}`;
    if (validator !== null) headers['if-match'] = validator;
    const response = await this.#send(`/${encodeKey(key)}`, '', headers);
    const name = `s3://${this.bucket.options.bucket}/${key}`;
    const { statusCode = 0 } = response;
    if (statusCode !== 200 && statusCode !== 206 && statusCode !== 412 && statusCode !== 416) return this.#refused(response, name);
    const opened = this.#read(response, from, name);
    return opened === null ? null : { ...opened, header: (named) => headerOf(response, named) };
  }

  /**
   * Asks for a page of a listing once, and gives what the server writes.
   * @param query names in their order
   * @throws {SourceFailure} INTERRUPTED
   */
  async list(query: Readonly<Record<string, string>>, name: string): Promise<string> {
    const response = await this.#send('', Object.entries(query).map(([key, value]) => `${key}=${encodeAll(value)}`).join('&'), {});
    const opened = response.statusCode === 200 ? this.#read(response, 0, name) : await this.#refused(response, name);
    if (opened === null) throw new SourceFailure(`${name} is not given (404)`, { retry: false });
    const chunks: Uint8Array[] = [];
    let bytes = 0;
    for await (const chunk of opened.body) {
      chunks.push(chunk);
      bytes += chunk.length;
      if (bytes > MAX_PAGE_BYTES) throw new SourceFailure(`${name} is no listing of objects: it has more than ${MAX_PAGE_BYTES} bytes`, { retry: false });
    }
    if (opened.total !== null && bytes < opened.total) throw new SourceFailure(`${name} ended ${opened.total - bytes} bytes early`, { retry: true });
    return Buffer.concat(chunks).toString('utf8');
  }

  #read(response: IncomingMessage, from: number, name: string): OpenedFile | null {
    const { timeout_ms, signal } = this.http.options;
    return readAnswer(response, { from }, name, () => bodyOf(response, timeout_ms, name, signal));
  }

  async #send(key: string, query: string, headers: Record<string, string>): Promise<IncomingMessage> {
    this.#routing ??= routeTo(this.bucket, this.http, () => this.#clockOffset_ms);
    this.#route ??= await this.#routing;
    const { server, path: bucket, sign } = this.#route;
    const path = bucket + key === '' ? '/' : bucket + key;
    const signed = sign({ ...headers, ...this.headers }, path, query);
    this.requests += 1;
    return this.http.get(server, query === '' ? path : `${path}?${query}`, signed instanceof Promise ? await signed : signed);
  }

  /** Null for a key that is not there. */
  async #refused(response: IncomingMessage, name: string): Promise<null> {
    const { statusCode: status = 0, headers } = response;
    const code = s3ErrorCode(await this.#readStart(response, name));
    if (status === 404 && code !== 'NoSuchBucket') return null;
    if (code === 'RequestTimeTooSkewed' && this.#correctClock(headers.date)) throw new SourceFailure(`${name} was asked for by a wrong clock`, { retry: true });
    throw s3Failure(name, { status, code });
  }

  async #readStart(response: IncomingMessage, name: string): Promise<string> {
    const { timeout_ms, signal } = this.http.options;
    const chunks: Uint8Array[] = [];
    let bytes = 0;
    for await (const chunk of bodyOf(response, timeout_ms, name, signal)) {
      chunks.push(chunk);
      bytes += chunk.length;
      if (bytes >= MAX_REFUSAL_BYTES) break;
    }
    return Buffer.concat(chunks).toString('latin1');
  }

  /** Goes by the clock of the server from now on; false when that was done already and did not help. */
  #correctClock(date: string | undefined): boolean {
    const offset = Date.parse(date ?? '') - Date.now();
    if (!Number.isFinite(offset) || Math.abs(offset - this.#clockOffset_ms) < CLOCK_STEP_MS) return false;
    this.#clockOffset_ms = offset;
    return true;
  }
}

/** Asks the SDK where the bucket is and who asks for it. */
async function routeTo(bucket: Bucket, http: HttpClient, clockOffset: () => number): Promise<Route> {
  const { config } = bucket.client;
  const { bucket: Bucket, endpoint } = bucket.options;
  const region = await config.region();
  const resolved = config.endpointProvider({ Bucket, Region: region, UseFIPS: false, UseDualStack: false, ForcePathStyle: endpoint !== undefined, ...(endpoint === undefined ? {} : { Endpoint: endpoint }) });
  // An address as every other part of the programme reads it, whatever the SDK's own is.
  const { origin, host, pathname } = new URL(resolved.url.href);
  const place = { server: http.prepare(new URL(origin)), path: pathname.replace(/\/$/, '') };
  if (bucket.anonymous) return { ...place, sign: (headers) => headers };
  const signature = new RequestSignature(region);
  const identity = heldCredentials(() => config.credentials().catch((error: unknown) => Promise.reject(noCredentials(bucket.name, error))));
  return {
    ...place,
    sign(headers, path, query) {
      const sign = (who: SigningIdentity): Record<string, string> => signature.sign({ host, path, query, headers }, who, new Date(Date.now() + clockOffset()));
      const who = identity();
      return who instanceof Promise ? who.then(sign) : sign(who);
    },
  };
}

/** The SDK keeps credentials until they expire; a promise for each of a thousand requests a second is what it costs to ask it. */
function heldCredentials(ask: () => Promise<SigningIdentity>): () => SigningIdentity | Promise<SigningIdentity> {
  let held: SigningIdentity | null = null;
  let until_ms = 0;
  return () => {
    if (held !== null && performance.now() < until_ms) return held;
    return ask().then((known) => {
      held = known;
      until_ms = performance.now() + CREDENTIALS_HOLD_MS;
      return known;
    });
  };
}

/** A session that has expired, say: what the SDK says of it may hold an account. */
function noCredentials(name: string, error: unknown): SourceFailure {
  const suggestions = ['Log in again, or renew what AWS_PROFILE names, then run the same command again: it goes on where it stopped.'];
  return new SourceFailure(`${name} cannot be asked: the environment gives no credentials any more (${error instanceof Error ? error.name : 'unknown error'})`, { retry: false, wide: true, suggestions, cause: error });
}

/** RFC 3986 unreserved characters and `/` stand for themselves, as the signature wants it. */
function encodeKey(key: string): string {
  return /^[A-Za-z0-9_.~/-]*$/.test(key) ? key : encodeAll(key).replaceAll('%2F', '/');
}

function encodeAll(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
}

function headerOf({ headers }: IncomingMessage, name: string): string | undefined {
  const value = headers[name];
  return typeof value === 'string' ? value : undefined;
}
