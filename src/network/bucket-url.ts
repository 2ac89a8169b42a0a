import { CurationError } from '../errors.js';
import { unpublishablePathReason } from '../fixity/safe-path.js';
import type { BucketOptions } from './s3-bucket.js';

/**
 * Reads `s3://bucket/prefix`; null for what is no such URL.
 * @throws {CurationError} USAGE
 */
export function parseBucketUrl(url: string, { endpoint, region, signal }: Pick<BucketOptions, 'endpoint' | 'region' | 'signal'>): BucketOptions | null {
  const match = /^s3:\/\/([a-zA-Z0-9][a-zA-Z0-9._-]{1,254})(?:\/(.*))?$/.exec(url);
  if (match === null) return null;
  const prefix = (match[2] ?? '').replace(/\/+$/, '');
  const reason = prefix === '' ? null : unpublishablePathReason(prefix);
  if (reason !== null) throw new CurationError('USAGE', `The prefix ${reason}: ${url}`, { expected: 's3://bucket/prefix' });
  if (endpoint !== undefined) requireServer(endpoint);
  return { bucket: match[1] as string, prefix, endpoint, region, signal };
}

/** Credentials in a URL would end up in messages and logs. */
function requireServer(endpoint: string): void {
  const url = URL.canParse(endpoint) ? new URL(endpoint) : null;
  if (url !== null && (url.protocol === 'https:' || url.protocol === 'http:') && url.username === '' && url.password === '') return;
  throw new CurationError('USAGE', 'The endpoint is no URL of a server.', { expected: 'http(s)://host:port, without user and password' });
}
