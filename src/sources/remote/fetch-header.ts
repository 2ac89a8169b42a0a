import type { Retry } from '../../network/retry.js';
import { SourceFailure } from '../../network/source.js';
import type { HeadSize } from './head-size.js';
import { HeaderCollector } from './header-collector.js';
import type { RemoteResult } from './image-row.js';
import { missingFile, otherThanPromised, sizeSentence } from './promise.js';
import type { OpenedRemoteFile, RemoteFile, RemoteSource } from './remote-source.js';

/** How headers alone are read. */
export interface HeaderFetch {
  source: RemoteSource;
  retry: Retry;
  /** What the headers of this source took so far. */
  head: HeadSize;
  /** Takes the number of bytes that came. */
  onBytes(bytes: number): void;
}

/**
 * Reads as much of a file as its kept attributes take: what those of the files before it took, then 64 KiB, then four times as much. All
 * pieces are of one version of the file. There is no digest: of most bytes nothing is known.
 * @throws {SourceFailure} CurationError INTERRUPTED
 */
export async function fetchHeader(file: RemoteFile, fetch: HeaderFetch): Promise<RemoteResult> {
  const { source, retry } = fetch;
  if (source.headerOf !== undefined) {
    const header = await retry.run(() => source.headerOf!(file));
    return { path: file.path, size_bytes: file.size_bytes, mtime_ns: null, sha256: null, md5: null, revision: file.revision, header, claimMet: false };
  }
  return retry.run((progressed) => readPieces(file, fetch, progressed));
}

async function readPieces(file: RemoteFile, fetch: HeaderFetch, progressed: () => void): Promise<RemoteResult> {
  const { source, head } = fetch;
  let header = new HeaderCollector(file.size_bytes, head);
  let validator = source.claims === true ? null : file.revision;
  let total = file.size_bytes;
  while (header.reading === null && (total === null || header.held < total)) {
    const [from, to] = [header.held, Math.min(header.wanted, total ?? Infinity)];
    const opened = await source.open(file, { from, to, validator });
    if (opened === null) throw missingFile(source, file);
    try {
      if (isOther(file, opened)) return otherThanPromised(source, file, sizeSentence(source, file, opened.total));
      if (validator !== null && opened.validator !== null && opened.validator !== validator) throw new SourceFailure(`${source.name} has another file by now: ${file.path}`, { retry: false, kind: 'range' });
      // A server that knows no ranges sends the file from its beginning.
      if (opened.from !== from) header = new HeaderCollector(file.size_bytes, head);
      validator = opened.validator ?? validator;
      total = opened.total ?? total;
      if ((await takePiece(opened, header, to - opened.from, fetch, progressed)) === 0) break;
    } finally {
      opened.close();
    }
  }
  if (total !== null && header.reading === null && header.held < total) throw new SourceFailure(`${source.name} ended ${total - header.held} bytes early: ${file.path}`, { retry: true });
  return { path: file.path, size_bytes: total, mtime_ns: null, sha256: null, md5: null, revision: file.revision, header: header.end(), claimMet: false };
}

function isOther({ size_bytes }: RemoteFile, { total }: OpenedRemoteFile): boolean {
  return size_bytes !== null && total !== null && total !== size_bytes;
}

/** Reads the piece that was asked for to its end, which leaves the connection to the next one, but nothing that comes behind it; returns its bytes. */
async function takePiece({ body }: OpenedRemoteFile, header: HeaderCollector, wanted: number, { onBytes }: HeaderFetch, progressed: () => void): Promise<number> {
  let came = 0;
  for await (const chunk of body) {
    came += chunk.length;
    onBytes(chunk.length);
    progressed();
    header.take(chunk);
    if (came > wanted) break;
  }
  return came;
}
