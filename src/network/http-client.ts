import http, { type ClientRequest, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import https from 'node:https';
import { urlToHttpOptions } from 'node:url';
import { systemErrorCode } from '../errors.js';
import { bodyOf } from './http-body.js';
import { readAnswer } from './http-answer.js';
import { interrupted } from './retry.js';
import { Routes } from './routes.js';
import { SourceFailure, type OpenedFile, type RangeRequest } from './source.js';

export interface HttpOptions {
  /** How long nothing may come, in ms. */
  timeout_ms: number;
  /** Connections to one server that are kept. */
  connections: number;
  signal?: AbortSignal | undefined;
  /** Told once of each other host that a server led to. */
  onOtherHost(from: string, to: string): void;
}

/** A request for something else than the bytes of a file. */
export interface HttpQuery {
  /** Beside those that every request has; without credentials. */
  headers: Readonly<Record<string, string>>;
  /** Sent by POST; such a request is never led elsewhere. */
  body?: string;
}

/** An answer, whatever its status. */
export interface HttpAnswer {
  status: number;
  headers: IncomingHttpHeaders;
  /** Who answers, without user, password and query. */
  name: string;
  /** As it was sent, encoded or not. Throws `SourceFailure` where it breaks off. */
  body: AsyncIterable<Uint8Array>;
  /** Gives up what was not read. */
  close(): void;
}

/** Redirects of one request that are followed. */
const MAX_REDIRECTS = 8;

/** Sent with every request. */
const STANDING_HEADERS = { accept: '*/*', 'accept-encoding': 'identity', 'user-agent': 'colophon' };

/** A server, and the way to it. */
export interface PreparedServer {
  readonly origin: string;
  readonly secure: boolean;
  /** What goes before every path. */
  readonly before: string;
  readonly options: https.RequestOptions;
  readonly headers: Readonly<Record<string, string>>;
}

/** Codes of Node.js for certificates that prove nothing. */
const TLS_CODE = /^(?:CERT_|ERR_TLS_|ERR_SSL_|DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_|HOSTNAME_MISMATCH|EPROTO$)/;

/** Asks web servers for files. Connections are kept; what it is told it may send only to the server that it was told for. */
export class HttpClient {
  readonly #routes: Routes;
  readonly #told = new Set<string>();
  /** One listener for the interruption serves all requests, instead of one each. */
  readonly #underWay = new Set<ClientRequest>();
  readonly #giveUp = (): void => this.#underWay.forEach((asked) => asked.destroy(interrupted()));

  /** @throws {CurationError} USAGE when the environment names a proxy that cannot be used */
  constructor(readonly options: HttpOptions) {
    options.signal?.addEventListener('abort', this.#giveUp);
    this.#routes = new Routes(options.connections, options.timeout_ms);
  }

  /** Lets the process end. */
  close(): void {
    this.options.signal?.removeEventListener('abort', this.#giveUp);
    this.#routes.close();
  }

  /**
   * Opens what a URL names, through redirects to http(s), but from https to https only.
   * @param authorization header for the server of `url`, and for no other
   * @throws {SourceFailure} INTERRUPTED
   */
  async open(url: URL, request: RangeRequest = {}, authorization: string | null = null): Promise<OpenedFile | null> {
    const { response, name, body } = await this.#follow(url, { headers: rangeHeaders(request) }, authorization);
    return readAnswer(response, request, name, body);
  }

  /**
   * Asks for what a URL names; redirects and credentials as in `open`.
   * @throws {SourceFailure} INTERRUPTED
   */
  async ask(url: URL, query: HttpQuery, authorization: string | null = null): Promise<HttpAnswer> {
    const { response, name, body } = await this.#follow(url, query, authorization);
    return { status: response.statusCode ?? 0, headers: response.headers, name, body: body(), close: () => void response.destroy() };
  }

  async #follow(url: URL, query: HttpQuery, authorization: string | null): Promise<{ response: IncomingMessage; name: string; body: () => AsyncIterable<Uint8Array> }> {
    let target = url;
    for (let hop = 0; hop <= MAX_REDIRECTS; hop++) {
      const credentials: Record<string, string> = authorization === null || target.origin !== url.origin ? {} : { authorization };
      const response = await this.#send(target, { ...query, headers: { ...query.headers, ...credentials } });
      const next = redirectOf(response, target);
      const name = nameOf(target);
      if (next === null) return { response, name, body: () => bodyOf(response, this.options.timeout_ms, name, this.options.signal) };
      response.destroy();
      if (query.body !== undefined) throw new SourceFailure(`${name} leads elsewhere, and what was sent to it is sent to no other place`, { retry: false });
      this.#tellOf(target, next);
      target = next;
    }
    throw new SourceFailure(`${nameOf(url)} leads from one place to the next without end`, { retry: false });
  }

  #tellOf(from: URL, to: URL): void {
    if (from.host === to.host || this.#told.has(to.host)) return;
    this.#told.add(to.host);
    this.options.onOtherHost(from.host, to.host);
  }

  /** What all requests to the server of a URL have in common, for who sends many. */
  prepare(url: URL): PreparedServer {
    const { headers: forProxy, path = '', ...route } = this.#routes.to(new URL(url.origin));
    const { hostname, port, protocol, origin } = url;
    // Through a proxy a path is the whole URL: all but its last `/` goes before ours.
    const options = { hostname: hostname.replace(/^\[|\]$/g, ''), port: port === '' ? null : port, ...route };
    return { origin, secure: protocol === 'https:', before: path.replace(/\/$/, ''), options, headers: { ...STANDING_HEADERS, ...forProxy } };
  }

  /**
   * Sends one request and gives the head of the answer, whatever it says; follows nothing. Who asks reads its body or destroys it.
   * @param path percent-encoded, with its query
   * @throws {SourceFailure} INTERRUPTED
   */
  get({ origin, secure, before, options, headers: standing }: PreparedServer, path: string, headers: Readonly<Record<string, string>>): Promise<IncomingMessage> {
    return this.#await(() => new URL(`${origin}${path}`), secure, { ...options, path: before + path, headers: { ...standing, ...headers } });
  }

  #send(url: URL, query: HttpQuery): Promise<IncomingMessage> {
    const { headers: forProxy, ...route } = this.#routes.to(url);
    const method = query.body === undefined ? 'GET' : 'POST';
    const options = { ...urlToHttpOptions(url), method, headers: { ...STANDING_HEADERS, ...query.headers, ...forProxy }, ...route };
    return this.#await(() => url, url.protocol === 'https:', options, query.body);
  }

  #await(url: () => URL, secure: boolean, options: https.RequestOptions, body?: string): Promise<IncomingMessage> {
    const { signal, timeout_ms } = this.options;
    if (signal?.aborted === true) return Promise.reject(interrupted());
    return new Promise((done, fail) => {
      const asked = (secure ? https : http).request(options);
      this.#underWay.add(asked);
      asked.once('close', () => this.#underWay.delete(asked));
      const timer = setTimeout(() => asked.destroy(new SourceFailure(`${nameOf(url())} does not answer within ${timeout_ms / 1000} s`, { retry: true })), timeout_ms);
      asked.once('response', (response) => {
        clearTimeout(timer);
        done(response);
      });
      asked.on('error', (error) => {
        clearTimeout(timer);
        fail(signal?.aborted === true ? interrupted() : networkFailure(error, url()));
      });
      asked.end(body);
    });
  }
}

function rangeHeaders({ from = 0, to, validator = null }: RangeRequest): Record<string, string> {
  if (from === 0 && to === undefined) return {};
  // RFC 9110 13.1.5: a part of this very file, or all of the one that is there now.
  return { range: `bytes=${from}-${to === undefined ? '' : to - 1}`, ...(validator === null ? {} : { 'if-range': validator }) };
}

/** A URL as it may be shown: who made it may have put secrets into user, password and query. */
export function nameOf(url: URL): string {
  return `${url.protocol}//${url.host}${url.pathname}`;
}

/** Null when the answer is no redirect. */
function redirectOf({ statusCode = 0, headers: { location } }: IncomingMessage, from: URL): URL | null {
  if (![301, 302, 303, 307, 308].includes(statusCode) || location === undefined) return null;
  const to = URL.canParse(location, from.href) ? new URL(location, from) : null;
  const refuse = (reason: string): SourceFailure => new SourceFailure(`${nameOf(from)} leads elsewhere, and that is not followed: ${reason}`, { retry: false });
  if (to === null) throw refuse('what it names is no URL');
  if (to.protocol !== 'http:' && to.protocol !== 'https:') throw refuse(`it names something of the scheme ${to.protocol}`);
  if (from.protocol === 'https:' && to.protocol === 'http:') throw refuse('from https to http');
  to.username = '';
  to.password = '';
  return to;
}

/** A failure of the network in our words. */
function networkFailure(error: Error, url: URL): SourceFailure {
  if (error instanceof SourceFailure) return error;
  const code = systemErrorCode(error) ?? '';
  if (TLS_CODE.test(code)) {
    return new SourceFailure(`${url.host} cannot prove that it is ${url.hostname} (${code})`, {
      retry: false,
      cause: error,
      suggestions: ['A certificate authority of your own is named by NODE_EXTRA_CA_CERTS=FILE.', 'Check the address, and the clock of this machine.'],
    });
  }
  const unknown = code === 'ENOTFOUND';
  return new SourceFailure(`${nameOf(url)} cannot be reached (${code === '' ? error.name : code})`, { retry: !unknown, cause: error, suggestions: [unknown ? 'Check the name of the server.' : 'Run the same command again later: what is here is not fetched again.'] });
}
