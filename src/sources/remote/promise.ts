import { SourceFailure } from '../../network/source.js';
import { failedResult, type RemoteResult } from './image-row.js';
import type { RemoteFile, RemoteSource } from './remote-source.js';

/** What is said of a file that its source does not have: one that it listed itself has gone. */
export function missingFile({ name, claims }: RemoteSource, { path }: RemoteFile): SourceFailure {
  return claims === true ? new SourceFailure(`${name} does not have ${path}`, { retry: false, kind: 'missing' }) : new SourceFailure(`${name} does not have ${path} any more`, { retry: false });
}

/** What is said of a file of another size than was promised. */
export function sizeSentence({ claims }: RemoteSource, { size_bytes }: RemoteFile, total: number | null): string {
  return `The ${claims === true ? 'manifest' : 'listing'} says ${size_bytes} bytes, the answer ${total}.`;
}

/** The result of a file that is another than the one that was promised: by its store a moment ago, or by a manifest. */
export function otherThanPromised({ claims }: RemoteSource, file: RemoteFile, sentence: string): RemoteResult {
  return failedResult(file, claims === true ? 'checksum-mismatch' : 'changed-while-reading', sentence);
}
