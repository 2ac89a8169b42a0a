import { CurationError } from '../../errors.js';
import type { ManifestSourceConfig, S3Source } from '../../model/source-config.js';

/**
 * The bucket that `s3://bucket/prefix` names, as a source of its own; null for another URL.
 * @throws {CurationError} CONFIG_INVALID
 */
export function bucketPlace(url: string, { name, endpoint, connections, requests_per_second }: ManifestSourceConfig): S3Source | null {
  if (!/^s3:/i.test(url)) return null;
  const [, bucket, prefix] = /^s3:\/\/([a-zA-Z0-9][a-zA-Z0-9._-]{1,254})(?:\/([^?#]*))?$/.exec(url) ?? [];
  if (bucket === undefined) throw new CurationError('CONFIG_INVALID', `sources, ${name}, base_url: it is no URL of a bucket.`, { expected: 's3://bucket/prefix, without user, password and query; keys come from the environment' });
  return {
    name,
    kind: 's3',
    bucket,
    ...(prefix === undefined || prefix === '' ? {} : { prefix }),
    ...(endpoint === undefined ? {} : { endpoint }),
    ...(connections === undefined ? {} : { connections }),
    ...(requests_per_second === undefined ? {} : { requests_per_second }),
  };
}
