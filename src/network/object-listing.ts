import type { ListObjectsV2CommandOutput } from '@aws-sdk/client-s3';
import { CurationError, systemErrorCode } from '../errors.js';
import type { Bucket } from './s3-bucket.js';
import { statusOf } from './s3-bucket.js';
import { s3Failure } from './s3-error.js';
import { SourceFailure } from './source.js';

/** An object as the listing of its bucket shows it. */
export interface ListedObject {
  key: string;
  /** Whether `key` is the name itself; false when its bytes are no UTF-8, and `key` is how the server wrote them. */
  readable: boolean;
  /** Null when the server says none that could be one. */
  size_bytes: number | null;
  etag: string | null;
  /** ms since the epoch. */
  modified_ms: number | null;
}

/** Pages without an object, one after the other, after which a listing is given up. */
const MAX_EMPTY_PAGES = 100;

/**
 * Lists all objects below the prefix of a bucket, a page at a time (ListObjectsV2). A listing that does not move on, or ends while it
 * says that there is more, is refused: what it leaves out would be taken for removed.
 * @param onPage is awaited before each request
 * @throws {SourceFailure} INTERRUPTED
 */
export async function* listObjects(bucket: Bucket, parameters: { RequestPayer?: 'requester' }, onPage: () => Promise<void>): AsyncGenerator<ListedObject> {
  const guard = new PageGuard(bucket.name);
  for (let token: string | null = null; ; ) {
    await onPage();
    const page: ListObjectsV2CommandOutput = await askPage(bucket, parameters, token);
    const objects = (page.Contents ?? []).map(({ Key, Size, ETag, LastModified }) => ({ ...decodeKey(Key ?? ''), size_bytes: sizeOf(Size), etag: ETag ?? null, modified_ms: timeOf(LastModified) }));
    token = guard.next(page, objects[0]?.key ?? null);
    yield* objects;
    if (token === null) return;
  }
}

async function askPage(bucket: Bucket, parameters: { RequestPayer?: 'requester' }, token: string | null): Promise<ListObjectsV2CommandOutput> {
  const { bucket: Bucket, prefix } = bucket.options;
  const { ListObjectsV2Command } = bucket.s3;
  // Without the encoding, a key with a control character would make the answer no XML.
  const command = new ListObjectsV2Command({ Bucket, ...parameters, EncodingType: 'url', ...(prefix === '' ? {} : { Prefix: `${prefix}/` }), ...(token === null ? {} : { ContinuationToken: token }) });
  try {
    return await bucket.send((client, options) => client.send(command, options), 'listing', '');
  } catch (error) {
    if (!(error instanceof CurationError) || error.code !== 'TRANSFER_FAILED') throw error;
    throw listingFailure(bucket, error);
  }
}

/** The SDK has tried often enough: it is not asked again, and nothing of the source can be read. */
function listingFailure({ name, options }: Bucket, error: CurationError): SourceFailure {
  const status = statusOf(error.cause);
  const system = systemErrorCode(error.cause);
  if (status === null && system !== undefined) {
    const server = options.endpoint === undefined ? 'the servers of Amazon S3 (no `endpoint` is named)' : new URL(options.endpoint).origin;
    const suggestions = ['Check the network, and `endpoint` and `region` in colophon.yaml.', 'A proxy is named by HTTPS_PROXY.'];
    return new SourceFailure(`${name} cannot be reached at ${server} (${system})`, { retry: false, wide: true, suggestions, cause: error.cause });
  }
  const code = error.cause instanceof Error ? error.cause.name : '';
  const failure = s3Failure(name, { status: status ?? 0, code }, error.cause);
  return new SourceFailure(`The listing of ${failure.message}`, { ...failure.details, retry: false, wide: true });
}

/** Sees that a listing moves on. */
class PageGuard {
  readonly #seen = new Set<string>();
  #empty = 0;

  constructor(readonly name: string) {}

  /** The token of the next page; null behind the last one. */
  next({ IsTruncated, NextContinuationToken }: ListObjectsV2CommandOutput, firstKey: string | null): string | null {
    this.#empty = firstKey === null ? this.#empty + 1 : 0;
    if (this.#empty > MAX_EMPTY_PAGES) throw this.#refuse(`gives ${MAX_EMPTY_PAGES} pages without an object and says that there are more`);
    if (firstKey !== null) this.#note(`k${firstKey}`);
    if (IsTruncated !== true) return null;
    if (NextContinuationToken === undefined || NextContinuationToken === '') throw this.#refuse('says that there is more, and not how to ask for it');
    this.#note(`t${NextContinuationToken}`);
    return NextContinuationToken;
  }

  #note(mark: string): void {
    if (this.#seen.has(mark)) throw this.#refuse('gives the same page again and again');
    this.#seen.add(mark);
  }

  #refuse(does: string): SourceFailure {
    return new SourceFailure(`The listing of ${this.name} ${does}`, { retry: false, wide: true, suggestions: ['The server is at fault: tell whoever runs it.', 'Nothing was dropped from the catalog.'] });
  }
}

/** Servers write a space as `+` or as `%20`, and a plus sign as `%2B`. */
function decodeKey(encoded: string): { key: string; readable: boolean } {
  try {
    return { key: decodeURIComponent(encoded.replaceAll('+', ' ')), readable: true };
  } catch {
    return { key: encoded, readable: false };
  }
}

function sizeOf(size: number | undefined): number | null {
  return size !== undefined && Number.isSafeInteger(size) && size >= 0 ? size : null;
}

function timeOf(date: Date | undefined): number | null {
  const ms = date?.getTime() ?? NaN;
  return Number.isNaN(ms) ? null : ms;
}
