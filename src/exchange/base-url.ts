import { join } from 'node:path';
import { CurationError } from '../errors.js';
import { UnreadableFileError } from '../fixity/file.js';
import { readLines } from '../fixity/lines.js';
import { parseFetchLine } from '../fixity/manifest.js';
import { RELEASE_FILES } from '../model/release.js';
import type { OpenedRelease } from './opened-release.js';

const SCHEMES = new Set(['s3:', 'gs:', 'https:', 'http:', 'ftp:']);

/**
 * Where releases lie, without slash at its end. What could be a secret in it is refused: it would be in every line that is written.
 * @throws {CurationError} USAGE
 */
export function parseBaseUrl(text: string): string {
  const url = /^[\x21-\x7e]+$/.test(text) && URL.canParse(text) ? new URL(text) : null;
  if (url === null || !SCHEMES.has(url.protocol) || url.host === '')
    throw new CurationError('USAGE', 'The base URL is none.', { expected: 's3://, gs://, https://, http:// or ftp:// and a place', found: text.slice(0, 12) });
  if (url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '')
    throw new CurationError('USAGE', 'The base URL holds a name, a password, a query or a fragment: it would be published in every line.', {
      suggestions: ['Give the place alone, as anybody would write it.'],
    });
  return text.replace(/\/+$/, '');
}

/**
 * URL of the root of a release, with a slash at its end: `<base>/<version>/`, as fetch.txt has it. Without a base it is read from the
 * fetch.txt of the release; null when it has none.
 * @throws {CurationError} RELEASE_INVALID when fetch.txt was changed
 */
export function releaseUrl({ document, folder }: OpenedRelease, base: string | null): string | null {
  if (base !== null) return `${base}/${document.version}/`;
  if (document.digests.fetch === undefined) return null;
  const path = join(folder, RELEASE_FILES.fetch);
  let root: string | null = null;
  const found = readFetch(path, (line, number) => {
    const entry = number === 1 ? parseFetchLine(line) : null;
    const tail = entry === null ? '' : encodePath(entry.path);
    if (entry !== null && entry.url.endsWith(tail)) root = entry.url.slice(0, -tail.length);
  });
  if (found === document.digests.fetch) return root;
  throw new CurationError('RELEASE_INVALID', `A published release was changed: ${path}`, { expected: `sha256 ${document.digests.fetch}`, found: `sha256 ${found}` });
}

function readFetch(path: string, onLine: (text: string, number: number) => void): string {
  try {
    return readLines(path, ({ text, number }) => onLine(text, number)).sha256;
  } catch (error) {
    if (!(error instanceof UnreadableFileError)) throw error;
    throw new CurationError('RELEASE_INVALID', `A published release was changed: ${error.message}`, { cause: error });
  }
}

/** URL of a file of a release. Keys of buckets are written as they are, paths of web servers percent-encoded. */
export function fileUrl(root: string, path: string): string {
  return root + (isBucket(root) ? path : encodePath(path));
}

/** Whether a URL names a key in a bucket, which is no web address. */
export function isBucket(url: string): boolean {
  return url.startsWith('s3://') || url.startsWith('gs://');
}

function encodePath(path: string): string {
  return path.split('/').map(encodeURIComponent).join('/');
}
