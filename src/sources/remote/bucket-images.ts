import { unsafePathReason } from '../../fixity/safe-path.js';
import { CurationError } from '../../errors.js';
import type { S3Source } from '../../model/source-config.js';
import { HttpClient } from '../../network/http-client.js';
import type { ListedObject } from '../../network/listing-page.js';
import { listObjects } from '../../network/object-listing.js';
import { ObjectReader, type OpenedObject } from '../../network/object-reader.js';
import { RequestRate } from '../../network/request-rate.js';
import { Bucket } from '../../network/s3-bucket.js';
import type { RangeRequest } from '../../network/source.js';
import { DEFAULT_CONNECTIONS } from './connections.js';
import { expandVariables } from '../environment.js';
import { localNameReason } from './local-name.js';
import type { RemoteContext } from './open-remote.js';
import type { ClaimedDigests, OpenedRemoteFile, RemoteFile, RemoteSource } from './remote-source.js';

/**
 * Opens the bucket of a source. No request for it is sent yet.
 * @throws {CurationError} CONFIG_INVALID
 */
export function openBucketImages(config: S3Source, context: RemoteContext): Promise<RemoteSource> {
  return openBucket(config, context);
}

/**
 * Opens a bucket of which parts may be listed.
 * @throws {CurationError} CONFIG_INVALID
 */
export async function openBucket(config: S3Source, context: RemoteContext): Promise<BucketImages> {
  const { bucket, prefix = '', endpoint, region } = config;
  const { timeout_ms, signal, environment } = context;
  const folder = prefix.replace(/\/+$/, '');
  const reason = folder === '' ? null : unsafePathReason(folder);
  if (reason !== null) throw new CurationError('CONFIG_INVALID', `The prefix of the source ${config.name} ${reason}.`, { expected: 'the folder of the bucket that holds the images, without / at its beginning' });
  const server = endpoint === undefined ? undefined : expandVariables(endpoint, environment, `sources, ${config.name}, endpoint`);
  if (server !== undefined) requireServer(server, config.name);
  const opened = await Bucket.open({ bucket, prefix: folder, endpoint: server, region, anonymous: true, timeout_ms, signal });
  const http = new HttpClient({ timeout_ms, connections: config.connections ?? DEFAULT_CONNECTIONS, signal, onOtherHost: () => {} });
  return new BucketImages(opened, new ObjectReader(opened, http, config.requester_pays === true ? { 'x-amz-request-payer': 'requester' } : {}), config, new RequestRate(config.requests_per_second ?? null, signal));
}

/** Credentials in a URL would end up in messages and logs. */
function requireServer(endpoint: string, source: string): void {
  const url = URL.canParse(endpoint) ? new URL(endpoint) : null;
  if (url !== null && (url.protocol === 'https:' || url.protocol === 'http:') && url.username === '' && url.password === '') return;
  throw new CurationError('CONFIG_INVALID', `The endpoint of the source ${source} is no URL of a server.`, { expected: 'http(s)://host:port, without user and password' });
}

/** The images below a prefix of a bucket: the path of one is its key without the prefix. */
export class BucketImages implements RemoteSource {
  left_out = 0;

  constructor(
    readonly bucket: Bucket,
    readonly reader: ObjectReader,
    readonly config: S3Source,
    readonly rate: RequestRate,
  ) {}

  get name(): string {
    return this.bucket.name;
  }

  get requests(): number {
    return this.reader.requests;
  }

  list(): AsyncGenerator<RemoteFile> {
    return this.#list(this.bucket.options.prefix);
  }

  /** The files in a folder below the prefix; a safe path. Theirs begin with it. */
  async *listFolder(folder: string): AsyncGenerator<RemoteFile> {
    const { prefix } = this.bucket.options;
    for await (const file of this.#list(prefix === '' ? folder : `${prefix}/${folder}`)) yield { ...file, path: `${folder}/${file.path}` };
  }

  async *#list(prefix: string): AsyncGenerator<RemoteFile> {
    const { suffix = '' } = this.config;
    for await (const object of listObjects(this.reader, prefix, () => this.rate.take())) {
      if (object.key.endsWith(suffix)) yield describeObject(object, prefix);
      else this.left_out += 1;
    }
  }

  async open(file: RemoteFile, range: RangeRequest = {}): Promise<OpenedRemoteFile | null> {
    if (this.rate.perSecond !== null) await this.rate.take();
    const opened = await this.reader.open(this.bucket.object(file.path).Key, { ...range, validator: range.validator ?? file.revision });
    // Of a part of an object nothing is claimed that could be held against it.
    return opened === null || range.to !== undefined ? opened : { ...opened, claimed: claimsOf(opened.header) };
  }

  close(): void {
    this.reader.http.close();
    this.bucket.client.destroy();
  }
}

function describeObject({ key, readable, size_bytes, etag, modified_ms }: ListedObject, prefix: string): RemoteFile {
  const inside = prefix === '' || key.startsWith(`${prefix}/`);
  const path = inside ? key.slice(prefix === '' ? 0 : prefix.length + 1) : key;
  const unusable = reasonAgainst(path, { inside, readable });
  // The row needs a path, and a database text holds no NUL.
  const shown = path === '' ? key : path.replaceAll('\0', '%00');
  return { path: shown, size_bytes, revision: etag, modified_ms, claimed: {}, ...(unusable === null ? {} : { unusable }), ...(key.endsWith('/') && size_bytes === 0 ? { unusable_code: 'folder-marker' as const } : {}) };
}

function reasonAgainst(path: string, { inside, readable }: { inside: boolean; readable: boolean }): string | null {
  if (!readable) return 'The key is no UTF-8: it has no name here.';
  if (!inside) return 'The server lists the key below a prefix that it does not begin with.';
  if (path === '' || path.endsWith('/')) return 'The key ends in /, as markers of folders do: it names no file. With `suffix` such keys are left out.';
  const reason = localNameReason(path);
  return reason === null ? null : `The key ${reason}: it cannot be the path of a file.`;
}

/**
 * Digests that the store says an object has. What none of them proves: that the bytes are those that once were sent; a store computes
 * them from what it received. An ETag is an md5 only of an object that was sent in one part and is not encrypted with a key of KMS or of
 * the client; the checksum of one sent in parts is of the checksums of its parts (`...-7`); `x-amz-meta-sha256` is what whoever sent the
 * object wrote there.
 */
function claimsOf(header: OpenedObject['header']): ClaimedDigests {
  const md5 = md5OfTag(header);
  const checksum = /^[A-Za-z0-9+/]{43}=$/.exec(header('x-amz-checksum-sha256') ?? '')?.[0];
  const sha256 = checksum === undefined ? header('x-amz-meta-sha256')?.toLowerCase() : Buffer.from(checksum, 'base64').toString('hex');
  return { ...(md5 === null ? {} : { md5 }), ...(sha256 !== undefined && /^[0-9a-f]{64}$/.test(sha256) ? { sha256 } : {}) };
}

/** Encryption with keys of S3 itself leaves the ETag an md5; every other kind does not. */
function md5OfTag(header: OpenedObject['header']): string | null {
  const encryption = header('x-amz-server-side-encryption') ?? 'AES256';
  if (encryption !== 'AES256' || header('x-amz-server-side-encryption-customer-algorithm') !== undefined) return null;
  return /^"([0-9a-f]{32})"$/.exec(header('etag') ?? '')?.[1] ?? null;
}
