import { systemErrorCode } from '../errors.js';
import { parseListingPage, type ListedObject, type ListingPage } from './listing-page.js';
import type { ObjectReader } from './object-reader.js';
import { Retry } from './retry.js';
import { SourceFailure } from './source.js';

/** Pages without an object, one after the other, after which a listing is given up. */
const MAX_EMPTY_PAGES = 100;

/** As patient as the SDK's standard mode: about ten seconds in all. */
const PATIENCE = { attempts: 8, base_ms: 100, max_ms: 20_000, seed: 1 };

/**
 * Lists all objects below a prefix of a bucket, a page at a time (ListObjectsV2). A listing that does not move on, or ends while it
 * says that there is more, is refused: what it leaves out would be taken for removed.
 * @param prefix as in `BucketOptions`
 * @param onPage is awaited before each page is asked for
 * @throws {SourceFailure} INTERRUPTED
 */
export async function* listObjects(reader: ObjectReader, prefix: string, onPage: () => Promise<void>): AsyncGenerator<ListedObject> {
  const name = reader.bucket.withPrefix(prefix).name;
  const guard = new PageGuard(name);
  for (let token: string | null = null; ; ) {
    await onPage();
    const page: ListingPage = await askPage(reader, name, prefix, token);
    token = guard.next(page);
    yield* page.objects;
    if (token === null) return;
  }
}

async function askPage(reader: ObjectReader, name: string, prefix: string, token: string | null): Promise<ListingPage> {
  // Without the encoding, a key with a control character would make the answer no XML.
  const query = { ...(token === null ? {} : { 'continuation-token': token }), 'encoding-type': 'url', 'list-type': '2', ...(prefix === '' ? {} : { prefix: `${prefix}/` }) };
  try {
    const text = await new Retry(PATIENCE, reader.http.options.signal).run(() => reader.list(query, name));
    const page = parseListingPage(text);
    if (page === null) throw new SourceFailure(`${name} is no listing of objects`, { retry: false, suggestions: ['Check `endpoint` in colophon.yaml: is it the address of an S3 server?'] });
    return page;
  } catch (error) {
    throw error instanceof SourceFailure ? listingFailure(reader, name, error) : error;
  }
}

/** It was tried often enough: it is not asked again, and nothing of the source can be read. */
function listingFailure({ bucket: { options } }: ObjectReader, name: string, { message, details }: SourceFailure): SourceFailure {
  const system = systemErrorCode(details.cause);
  if (system === undefined || details.wide === true) return new SourceFailure(`The listing of ${message}`, { ...details, retry: false, wide: true });
  const server = options.endpoint === undefined ? 'the servers of Amazon S3 (no `endpoint` is named)' : new URL(options.endpoint).origin;
  const suggestions = ['Check the network, and `endpoint` and `region` in colophon.yaml.', 'A proxy is named by HTTPS_PROXY.'];
  return new SourceFailure(`${name} cannot be reached at ${server} (${system})`, { retry: false, wide: true, suggestions: [...suggestions, ...(details.suggestions ?? [])], cause: details.cause });
}

/** Sees that a listing moves on. */
class PageGuard {
  readonly #seen = new Set<string>();
  #empty = 0;

  constructor(readonly name: string) {}

  /** The token of the next page; null behind the last one. */
  next({ objects, truncated, token }: ListingPage): string | null {
    const firstKey = objects[0]?.key ?? null;
    this.#empty = firstKey === null ? this.#empty + 1 : 0;
    if (this.#empty > MAX_EMPTY_PAGES) throw this.#refuse(`gives ${MAX_EMPTY_PAGES} pages without an object and says that there are more`);
    if (firstKey !== null) this.#note(`k${firstKey}`);
    if (!truncated) return null;
    if (token === null) throw this.#refuse('says that there is more, and not how to ask for it');
    this.#note(`t${token}`);
    return token;
  }

  #note(mark: string): void {
    if (this.#seen.has(mark)) throw this.#refuse('gives the same page again and again');
    this.#seen.add(mark);
  }

  #refuse(does: string): SourceFailure {
    return new SourceFailure(`The listing of ${this.name} ${does}`, { retry: false, wide: true, suggestions: ['The server is at fault: tell whoever runs it.', 'Nothing was dropped from the catalog.'] });
  }
}
