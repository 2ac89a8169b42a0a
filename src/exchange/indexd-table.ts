import { fileUrl } from './base-url.js';
import type { TextSink } from './export-target.js';
import { contentGuid } from '../manifests/guid.js';
import { contentRows } from './image-rows.js';
import type { OpenedRelease } from './opened-release.js';
import { CurationError } from '../errors.js';

export interface IndexdOptions {
  prefix: string;
  /** URL of the root of the release with a slash at its end; null: urls stay empty. */
  root: string | null;
  /** Resources whose readers may have the files, e.g. `/programs/Open/projects/A1`. */
  authz: readonly string[];
  signal?: AbortSignal;
}

const COLUMNS = ['guid', 'md5', 'size', 'authz', 'acl', 'file_name', 'urls'];

/**
 * Writes the table that `gen3 objects manifest publish` puts into an index: one line a content, since the index knows one record of a
 * GUID; images with the same bytes share a line, with all their URLs. Lists are separated by blanks. Returns the number of lines.
 * @throws {CurationError} RELEASE_INVALID, INTERRUPTED
 */
export async function writeIndexdTable(release: OpenedRelease, sink: TextSink, { prefix, root, authz, signal }: IndexdOptions): Promise<number> {
  let count = 0;
  sink.add(`${COLUMNS.join('\t')}\n`);
  for await (const { sha256, md5, size_bytes, paths } of contentRows(release, signal)) {
    const urls = root === null ? [] : paths.map((path) => fileUrl(root, path).replaceAll(' ', '%20'));
    sink.add(`${[contentGuid(prefix, sha256), md5 ?? '', String(size_bytes), authz.join(' '), '', paths[0] ?? '', urls.join(' ')].join('\t')}\n`);
    count += 1;
  }
  return count;
}

/**
 * A resource of Gen3's access control.
 * @throws {CurationError} USAGE
 */
export function parseAuthz(text: string): string {
  if (/^(?:\/[A-Za-z0-9_.-]+)+$/.test(text)) return text;
  throw new CurationError('USAGE', `${JSON.stringify(text.slice(0, 80))} is no resource.`, { expected: 'a path, e.g. /programs/Open/projects/A1' });
}
