import { nameOf, type HttpClient } from './http-client.js';
import type { OpenedFile, RangeRequest, Source } from './source.js';

/** A folder of a web server. A query of its URL (a signature of a store, say) goes with every request to it, and is never shown. */
export class HttpSource implements Source {
  readonly #authorization: string | null;

  /** @param base whose path ends in `/` */
  constructor(
    readonly client: HttpClient,
    readonly base: URL,
  ) {
    const { username, password } = base;
    const credentials = Buffer.from(`${decodeURIComponent(username)}:${decodeURIComponent(password)}`).toString('base64');
    this.#authorization = username === '' && password === '' ? null : `Basic ${credentials}`;
  }

  get name(): string {
    return nameOf(this.base);
  }

  at(folder: string): HttpSource | null {
    const url = new URL(this.base);
    if (folder !== '..') url.pathname += `${encodePath(folder)}/`;
    else if (url.pathname === '/') return null;
    else url.pathname = url.pathname.replace(/[^/]*\/$/, '');
    return new HttpSource(this.client, url);
  }

  open(path: string, request: RangeRequest = {}): Promise<OpenedFile | null> {
    const url = new URL(this.base);
    url.pathname += encodePath(path);
    url.username = '';
    url.password = '';
    return this.client.open(url, request, this.#authorization);
  }
}

function encodePath(path: string): string {
  return path.split('/').map(encodeURIComponent).join('/');
}
