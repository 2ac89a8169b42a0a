import { MAX_DOCUMENT_BYTES } from '../release/release-document.js';
import type { LogEntry } from '../release/release-log.js';
import { readChecked } from './checked-file.js';
import { conflict, type Destination, type PlacedDocument, type PlacedFile } from './destination.js';
import type { ReleaseFile } from './release-tree.js';
import { Bucket, statusOf, type BucketOptions, type S3Request } from '../network/s3-bucket.js';
import { base64Digest, mediaType, SHA256_NAME } from './s3-object.js';
import { uploadParts, PART_BYTES } from './s3-multipart.js';
import { IMAGE_FOLDER } from './shard-plan.js';

/**
 * A bucket, or a prefix in one, that has the shape of `releases/`. Everything is created under the condition that nothing
 * is there (If-None-Match: *). Each file carries its sha256, with which the server compared what arrived; that, together
 * with the size, is what tells later that a file is there.
 */
export class S3Destination implements Destination {
  readonly staged = false;

  private constructor(
    readonly bucket: Bucket,
    readonly version: string,
  ) {}

  static async open(options: BucketOptions, { document }: LogEntry): Promise<S3Destination> {
    return new S3Destination(await Bucket.open(options), document.version);
  }

  get name(): string {
    return this.bucket.name;
  }

  /** S3 lists keys in the order of their UTF-8 bytes, which is ours. */
  async *images(): AsyncGenerator<PlacedFile> {
    const { Bucket: bucket, Key: prefix } = this.#object(IMAGE_FOLDER);
    const root = prefix.length - IMAGE_FOLDER.length;
    let token: string | undefined;
    do {
      const { ListObjectsV2Command } = this.bucket.s3;
      const request = new ListObjectsV2Command({ Bucket: bucket, Prefix: prefix, ...(token === undefined ? {} : { ContinuationToken: token }) });
      const page = await this.bucket.send((client, options) => client.send(request, options), 'listing', this.#path(IMAGE_FOLDER));
      for (const { Key = '', Size = 0 } of page.Contents ?? []) yield { path: Key.slice(root), size_bytes: Size };
      token = page.IsTruncated === true ? page.NextContinuationToken : undefined;
    } while (token !== undefined);
  }

  async compare({ path, size_bytes, sha256 }: ReleaseFile): Promise<'same' | 'different' | 'absent'> {
    const { HeadObjectCommand } = this.bucket.s3;
    const request = new HeadObjectCommand({ ...this.#object(path), ChecksumMode: 'ENABLED' });
    const head = await this.#found((client, options) => client.send(request, options), 'looking at', path);
    if (head === null) return 'absent';
    const told = head.Metadata?.[SHA256_NAME] === sha256 || head.ChecksumSHA256 === base64Digest(sha256);
    return told && head.ContentLength === size_bytes ? 'same' : 'different';
  }

  async put(folder: string, file: ReleaseFile): Promise<void> {
    const object = this.#object(file.path);
    const described = { ...object, ContentType: mediaType(file.path), Metadata: { [SHA256_NAME]: file.sha256 } };
    const inParts = file.size_bytes > PART_BYTES;
    const done = inParts ? await uploadParts(this.bucket, folder, file, described) : await this.#putWhole(folder, file, described);
    // Another publisher of the same release may have been faster, or our own first try whose answer was lost; and parts
    // may have been begun by somebody who meant another file.
    if ((inParts || !done) && (await this.compare(file)) !== 'same') throw conflict(this, this.#path(file.path), `sha256:${file.sha256}`, 'another object');
  }

  async #putWhole(folder: string, file: ReleaseFile, described: object & { Bucket: string; Key: string }): Promise<boolean> {
    const { PutObjectCommand } = this.bucket.s3;
    const Body = readChecked(folder, file);
    const request = new PutObjectCommand({ ...described, Body, ContentLength: Body.length, ChecksumSHA256: base64Digest(file.sha256), IfNoneMatch: '*' });
    return (await this.bucket.sendConditionally((client, options) => client.send(request, options), 'sending', this.#path(file.path))) !== null;
  }

  async read(path: string): Promise<PlacedDocument | null> {
    const { GetObjectCommand } = this.bucket.s3;
    const request = new GetObjectCommand({ ...this.bucket.object(path), Range: `bytes=0-${MAX_DOCUMENT_BYTES - 1}` });
    const answer = await this.#found((client, options) => client.send(request, options), 'reading', path);
    if (answer === null) return null;
    const bytes = await this.bucket.send(async () => Buffer.from((await answer.Body?.transformToByteArray()) ?? []), 'reading', path);
    return { bytes, tag: answer.ETag ?? '' };
  }

  async create(path: string, bytes: Buffer): Promise<boolean> {
    return this.#writeDocument(path, bytes, { IfNoneMatch: '*' });
  }

  async replace(path: string, bytes: Buffer, tag: string): Promise<boolean> {
    return this.#writeDocument(path, bytes, { IfMatch: tag });
  }

  async #writeDocument(path: string, bytes: Buffer, condition: { IfNoneMatch: string } | { IfMatch: string }): Promise<boolean> {
    const { PutObjectCommand } = this.bucket.s3;
    const request = new PutObjectCommand({ ...this.bucket.object(path), Body: bytes, ContentLength: bytes.length, ContentType: mediaType(path), ...condition });
    return (await this.bucket.sendConditionally((client, options) => client.send(request, options), 'writing', path)) !== null;
  }

  /** Everybody sees it already: release.json came last. */
  async publish(): Promise<void> {}

  /** Null when there is no such object. */
  async #found<Output>(request: S3Request<Output>, doing: string, path: string): Promise<Output | null> {
    return this.bucket.send(
      async (client, options) => {
        try {
          return await request(client, options);
        } catch (error) {
          // A missing bucket has its own name; of an empty document no byte can be asked for (416).
          if (statusOf(error) === 404 && !(error instanceof Error && error.name === 'NoSuchBucket')) return null;
          throw error;
        }
      },
      doing,
      path,
    );
  }

  #path(path: string): string {
    return `${this.version}/${path}`;
  }

  #object(path: string): { Bucket: string; Key: string } {
    return this.bucket.object(this.#path(path));
  }
}
