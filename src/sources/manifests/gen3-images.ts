import { strict as assert } from 'node:assert';
import { CurationError } from '../../errors.js';
import type { Gen3ManifestSource } from '../../model/source-config.js';
import type { RangeRequest } from '../../network/source.js';
import { expandVariables } from '../environment.js';
import { openBucket, type BucketImages } from '../remote/bucket-images.js';
import type { ManifestItem } from '../../model/manifest-item.js';
import type { RemoteContext } from '../remote/open-remote.js';
import type { OpenedRemoteFile, RemoteFile, RemoteSource } from '../remote/remote-source.js';
import { bucketPlace } from './bucket-place.js';
import { HttpFiles } from './http-files.js';

/**
 * Opens the place that the file names of a Gen3 manifest are relative to. No request is sent yet.
 * @throws {CurationError} CONFIG_INVALID
 */
export async function openGen3Images(config: Gen3ManifestSource, context: RemoteContext): Promise<RemoteSource> {
  const base = expandVariables(config.base_url ?? '', context.environment, `sources, ${config.name}, base_url`);
  const bucket = bucketPlace(base, config);
  if (bucket === null && !/^https?:/i.test(base)) throw new CurationError('CONFIG_INVALID', `sources, ${config.name}, base_url: nothing can be read from such a URL.`, { expected: 'https://, http:// or s3://' });
  return new Gen3Images(bucket === null ? new HttpFiles(base, config, context) : await openBucket(bucket, context), context);
}

/**
 * The files of a Gen3 manifest. What tells one version of a file from another is its GUID, which names the same content for ever, and
 * the md5 that the manifest says.
 */
class Gen3Images implements RemoteSource {
  readonly claims = true;
  readonly left_out = 0;

  constructor(
    readonly base: HttpFiles | BucketImages,
    readonly context: RemoteContext,
  ) {}

  get name(): string {
    return this.base.name;
  }

  get requests(): number {
    return this.base.requests;
  }

  async *list(): AsyncGenerator<RemoteFile> {
    const { manifest } = this.context;
    assert(manifest !== undefined, 'the manifest was read');
    for await (const item of manifest.items()) yield fileOf(item);
  }

  open(file: RemoteFile, range: RangeRequest = {}): Promise<OpenedRemoteFile | null> {
    return this.base.open({ ...file, revision: null }, range);
  }

  close(): void {
    this.base.close();
  }
}

function fileOf({ path, name, size_bytes, md5, sha256, unusable, unusable_code }: ManifestItem): RemoteFile {
  const said = [name, md5, sha256].filter((each) => each !== null);
  return {
    path,
    size_bytes,
    revision: said.length === 0 ? null : said.join(' '),
    modified_ms: null,
    claimed: { ...(md5 === null ? {} : { md5 }), ...(sha256 === null ? {} : { sha256 }) },
    ...(unusable === null ? {} : { unusable, unusable_code }),
  };
}
