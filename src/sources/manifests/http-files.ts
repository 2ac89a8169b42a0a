import { CurationError } from '../../errors.js';
import { HttpClient, nameOf } from '../../network/http-client.js';
import { RequestRate } from '../../network/request-rate.js';
import { SourceFailure, type RangeRequest } from '../../network/source.js';
import { expandVariables } from '../environment.js';
import { DEFAULT_CONNECTIONS } from '../remote/connections.js';
import type { RemoteContext } from '../remote/open-remote.js';
import type { OpenedRemoteFile, RemoteFile } from '../remote/remote-source.js';

/** How the files of a web server are reached. */
export interface HttpFilesConfig {
  name: string;
  authorization?: string;
  connections?: number;
  requests_per_second?: number;
}

/** What only pages begin with: a server that wants a login sends one and says that all is well. */
const PAGE = /^(?:\xef\xbb\xbf)?\s*<(?:!doctype html|html)[\s>]/i;

/** Files below a URL. User and password in it, and its query, go with every request, to its server alone, and into no message. */
export class HttpFiles {
  requests = 0;
  readonly #http: HttpClient;
  readonly #base: URL;
  readonly #authorization: string | null;
  readonly #rate: RequestRate;

  /** @throws {CurationError} CONFIG_INVALID */
  constructor(base: string, config: HttpFilesConfig, { timeout_ms, signal, environment, note }: RemoteContext) {
    const { name, authorization, connections = DEFAULT_CONNECTIONS, requests_per_second = null } = config;
    if (!URL.canParse(base)) throw new CurationError('CONFIG_INVALID', `sources, ${name}, base_url: it is no URL.`, { expected: 'https://host/folder/' });
    this.#base = new URL(base);
    this.#base.hash = '';
    if (!this.#base.pathname.endsWith('/')) this.#base.pathname += '/';
    this.#authorization = authorization === undefined ? basic(this.#base) : headerOf(expandVariables(authorization, environment, `sources, ${name}, authorization`), name);
    this.#base.username = '';
    this.#base.password = '';
    this.#rate = new RequestRate(requests_per_second, signal);
    this.#http = new HttpClient({ timeout_ms, connections, signal, onOtherHost: (from, to) => note(`${from} leads to ${to}: files of ${name} come from there, and no credentials went there.`) });
  }

  get name(): string {
    return nameOf(this.#base);
  }

  /** Opens the file of that path below the URL; null when there is none. @throws {SourceFailure} INTERRUPTED */
  async open({ path }: Pick<RemoteFile, 'path'>, range: RangeRequest = {}): Promise<OpenedRemoteFile | null> {
    const url = new URL(this.#base);
    url.pathname += path.split('/').map(encodeURIComponent).join('/');
    await this.#rate.take();
    this.requests += 1;
    const opened = await this.#http.open(url, range, this.#authorization);
    return opened === null ? null : { ...opened, body: opened.from === 0 ? refusePage(opened.body, nameOf(url)) : opened.body };
  }

  close(): void {
    this.#http.close();
  }
}

async function* refusePage(body: AsyncIterable<Uint8Array>, name: string): AsyncGenerator<Uint8Array> {
  let first = true;
  for await (const chunk of body) {
    if (first && PAGE.test(Buffer.from(chunk.buffer, chunk.byteOffset, Math.min(chunk.length, 256)).toString('latin1')))
      throw new SourceFailure(`${name} sends an HTML page instead of the file`, { retry: false, suggestions: ['Open the URL in a browser: does it ask who you are?', 'A token goes into `authorization` of the source, as ${NAME}.'] });
    first = false;
    yield chunk;
  }
}

function headerOf(value: string, name: string): string {
  if (/^[\x20-\x7e]+$/.test(value)) return value;
  throw new CurationError('CONFIG_INVALID', `sources, ${name}, authorization: a header holds printable characters of ASCII only.`);
}

function basic({ username, password }: URL): string | null {
  if (username === '' && password === '') return null;
  return `Basic ${Buffer.from(`${decode(username)}:${decode(password)}`).toString('base64')}`;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
