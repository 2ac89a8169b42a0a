import { strict as assert } from 'node:assert';
import { CurationError } from '../../errors.js';
import type { IdcManifestSource } from '../../model/source-config.js';
import type { RangeRequest } from '../../network/source.js';
import { ahead } from '../dicomweb/ahead.js';
import { expandVariables } from '../environment.js';
import { openBucket, type BucketImages } from '../remote/bucket-images.js';
import { DEFAULT_CONNECTIONS } from '../remote/connections.js';
import type { ManifestItem } from '../../model/manifest-item.js';
import { unusableFile } from '../remote/manifest-items.js';
import type { RemoteContext } from '../remote/open-remote.js';
import type { OpenedRemoteFile, RemoteFile, RemoteSource } from '../remote/remote-source.js';
import { bucketPlace } from './bucket-place.js';

/** Google's buckets speak S3 at this address, as s5cmd is told for `gs://`. */
const GOOGLE = 'https://storage.googleapis.com';

/**
 * Opens the bucket that holds the keys of an s5cmd manifest, or those that the manifest names itself. No request is sent yet.
 * @throws {CurationError} CONFIG_INVALID
 */
export async function openIdcImages(config: IdcManifestSource, context: RemoteContext): Promise<RemoteSource> {
  if (config.base_url === undefined) return new IdcImages(config, context, null);
  const base = bucketPlace(expandVariables(config.base_url, context.environment, `sources, ${config.name}, base_url`), config);
  if (base === null) throw new CurationError('CONFIG_INVALID', `sources, ${config.name}, base_url: the series of an s5cmd manifest are listed in a bucket.`, { expected: 's3://bucket/prefix', suggestions: ['Leave base_url out to read from the buckets that the manifest names.'] });
  return new IdcImages(config, context, await openBucket(base, context));
}

/**
 * The objects of an s5cmd manifest: below `base_url` by their keys, else by bucket and key. Nothing of the manifest is run, and no
 * address of a server is taken from it.
 */
class IdcImages implements RemoteSource {
  readonly left_out = 0;
  readonly #buckets = new Map<string, Promise<BucketImages>>();
  readonly #opened: BucketImages[] = [];

  constructor(
    readonly config: IdcManifestSource,
    readonly context: RemoteContext,
    readonly base: BucketImages | null,
  ) {
    if (base !== null) this.#opened.push(base);
  }

  get name(): string {
    return this.base?.name ?? `the buckets of ${this.config.path}`;
  }

  get requests(): number {
    return this.#opened.reduce((sum, { requests }) => sum + requests, 0);
  }

  async *list(): AsyncGenerator<RemoteFile> {
    const { manifest } = this.context;
    assert(manifest !== undefined, 'the manifest was read');
    for await (const files of ahead(manifest.items(), this.config.connections ?? DEFAULT_CONNECTIONS, (item) => this.#listItem(item))) yield* files;
  }

  async open(file: RemoteFile, range: RangeRequest = {}): Promise<OpenedRemoteFile | null> {
    const { images, path } = await this.#place(file.path);
    return images.open({ ...file, path }, range);
  }

  close(): void {
    for (const images of this.#opened) images.close();
  }

  async #listItem({ path, url, is_set, unusable, unusable_code }: ManifestItem): Promise<RemoteFile[]> {
    if (unusable !== null) return [unusableFile(path, unusable, unusable_code)];
    if (!is_set) return [{ path, size_bytes: null, revision: null, modified_ms: null, claimed: {} }];
    const { images, path: folder } = await this.#place(path, url?.startsWith('gs:') === true);
    const prefix = path.slice(0, path.length - folder.length);
    const files: RemoteFile[] = [];
    for await (const file of images.listFolder(folder)) files.push({ ...file, path: prefix + file.path });
    return files.length > 0 ? files : [unusableFile(path, `${images.name} holds nothing below ${folder}/, which the manifest lists.`, 'not-given')];
  }

  async #place(path: string, google = false): Promise<{ images: BucketImages; path: string }> {
    if (this.base !== null) return { images: this.base, path };
    const at = path.indexOf('/');
    return { images: await this.#bucket(path.slice(0, at), google), path: path.slice(at + 1) };
  }

  #bucket(bucket: string, google: boolean): Promise<BucketImages> {
    const known = this.#buckets.get(bucket);
    if (known !== undefined) return known;
    const config = bucketPlace(`s3://${bucket}`, google ? { endpoint: GOOGLE, ...this.config } : this.config);
    assert(config !== null, 'it is a URL of a bucket');
    const opening = openBucket(config, this.context).then((images) => {
      this.#opened.push(images);
      return images;
    });
    this.#buckets.set(bucket, opening);
    return opening;
  }
}
