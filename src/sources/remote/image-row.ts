import type { HeaderReading, InstanceErrorCode } from '../../model/header.js';
import { unreadableHeader } from '../header-reading.js';
import type { RemoteFile } from './remote-source.js';

/** What reading a file that is elsewhere gave. */
export interface RemoteResult {
  path: string;
  size_bytes: number | null;
  /** Of the local copy, or the one that a copy will have; null when its bytes were not read as a whole. */
  mtime_ns: bigint | null;
  /** Null when not every byte was read. */
  sha256: string | null;
  md5: string | null;
  /** Null when it has to be read again by the next pull. */
  revision: string | null;
  header: HeaderReading;
  /** Whether the source claimed a digest, and the bytes have it. */
  claimMet: boolean;
}

/** A file of which the bytes could not be had, or not those that its source promises: the next pull reads it again. */
export function failedResult({ path, size_bytes }: RemoteFile, code: InstanceErrorCode, sentence: string): RemoteResult {
  return { path, size_bytes, mtime_ns: null, sha256: null, md5: null, revision: null, header: unreadableHeader(code, sentence), claimMet: false };
}
