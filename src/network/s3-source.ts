import { CurationError } from '../errors.js';
import type { Bucket} from './s3-bucket.js';
import { statusOf } from './s3-bucket.js';
import { interrupted } from './retry.js';
import { SourceFailure, type OpenedFile, type RangeRequest, type Source } from './source.js';

/** A prefix of an S3 bucket. */
export class S3Source implements Source {
  constructor(
    readonly bucket: Bucket,
    /** Below the prefix of the bucket; empty, or with `/` at its end. */
    readonly folder = '',
  ) {}

  get name(): string {
    return this.folder === '' ? this.bucket.name : `${this.bucket.name}/${this.folder.slice(0, -1)}`;
  }

  at(folder: string): S3Source | null {
    if (folder !== '..') return new S3Source(this.bucket, `${this.folder}${folder}/`);
    if (this.folder !== '') return new S3Source(this.bucket, this.folder.replace(/[^/]*\/$/, ''));
    const { prefix } = this.bucket.options;
    return prefix === '' ? null : new S3Source(this.bucket.withPrefix(prefix.replace(/\/?[^/]*$/, '')));
  }

  async open(path: string, { from = 0, to, validator = null }: RangeRequest = {}): Promise<OpenedFile | null> {
    const whole = from === 0 && to === undefined;
    const { GetObjectCommand } = this.bucket.s3;
    const request = new GetObjectCommand({
      ...this.bucket.object(this.folder + path),
      ...(whole ? {} : { Range: `bytes=${from}-${to === undefined ? '' : to - 1}` }),
      ...(validator === null ? {} : { IfMatch: validator }),
    });
    try {
      const { Body, ContentLength = null, ContentRange, ETag = null } = await this.bucket.send((client, options) => client.send(request, options), 'reading', this.folder + path);
      const stream = Body as (AsyncIterable<Uint8Array> & { destroy(): void }) | undefined;
      if (stream === undefined) throw new SourceFailure(`${this.name}/${path} has no body`, { retry: true });
      const total = ContentRange === undefined ? ContentLength : Number(/\/([0-9]{1,15})$/.exec(ContentRange)?.[1] ?? NaN);
      return { from: ContentRange === undefined ? 0 : from, total: Number.isNaN(total) ? null : total, validator: ETag, body: this.#readable(stream, path), close: () => stream.destroy() };
    } catch (error) {
      return this.#judge(error, path);
    }
  }

  /** Null for a key that is not there; the requests themselves were repeated by the SDK already. */
  #judge(error: unknown, path: string): null {
    if (!(error instanceof CurationError) || error.code !== 'TRANSFER_FAILED') throw error;
    const status = statusOf(error.cause);
    if (status === 404 && !(error.cause instanceof Error && error.cause.name === 'NoSuchBucket')) return null;
    const details = { retry: status === null || status >= 500, suggestions: error.suggestions, cause: error };
    if (status === 416 || status === 412) throw new SourceFailure(`${this.name}/${path} is another object by now`, { ...details, kind: 'range' });
    throw new SourceFailure(error.message, { ...details, ...(status === 401 || status === 403 ? { kind: 'refused' as const } : {}) });
  }

  async *#readable(stream: AsyncIterable<Uint8Array>, path: string): AsyncGenerator<Uint8Array> {
    try {
      yield* stream;
    } catch (error) {
      if (this.bucket.options.signal?.aborted === true) throw interrupted();
      throw new SourceFailure(`${this.name}/${path} broke off`, { retry: true, cause: error });
    }
  }
}
