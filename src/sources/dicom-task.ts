import { join } from 'node:path';
import { FileDigester } from '../fixity/digest.js';
import { describeDefect, UnreadableFileError, type FileDefect } from '../fixity/file.js';
import type { HeaderReading, InstanceErrorCode } from '../model/header.js';
import { readSafely, unreadableHeader } from './header-reading.js';

/** A file to read, relative to the root that the task was made with. */
export interface DicomItem {
  path: string;
  size_bytes: number;
}

/** What the task is made with. */
export interface DicomTaskData {
  root: string;
  md5: boolean;
}

/**
 * What one read of a file gave. Bytes and header are of the same read; without bytes (`digest` null) there is no header
 * either.
 */
export interface DicomResult {
  path: string;
  digest: { size_bytes: number; mtime_ns: bigint; sha256: string; md5: string | null } | null;
  header: HeaderReading;
}

const ERROR_CODES: Record<FileDefect, InstanceErrorCode> = {
  missing: 'unreadable-file',
  link: 'link',
  special: 'special-file',
  changed: 'changed-while-reading',
  'too-large': 'unreadable-file',
  unreadable: 'unreadable-file',
};

/** Makes the function that a worker thread runs over files: digest and header in one read, whatever the file holds. */
export function createTask({ root, md5 }: DicomTaskData): (item: DicomItem) => DicomResult {
  const digester = new FileDigester();
  const read = ({ path, size_bytes }: DicomItem): DicomResult => {
    let header: HeaderReading | 'need-more-bytes' = 'need-more-bytes';
    try {
      const digest = digester.digestFile(join(root, path), {
        md5,
        onHead: (bytes, complete) => {
          header = readSafely(bytes, complete, size_bytes);
          return header === 'need-more-bytes' ? 'more' : 'done';
        },
      });
      // The listing was out of date, and the header was judged by it.
      if (digest.size_bytes !== size_bytes) return read({ path, size_bytes: digest.size_bytes });
      return { path, digest, header: header === 'need-more-bytes' ? unreadableHeader('malformed', 'The header has no end.') : header };
    } catch (error) {
      if (!(error instanceof UnreadableFileError)) throw error;
      const because = error.systemCode === null ? '' : ` (${error.systemCode})`;
      return unreadableResult(path, ERROR_CODES[error.defect], `The file is ${describeDefect(error.defect)}${because}.`);
    }
  };
  return read;
}

/** What is said of a file of which not even the bytes are known. */
export function unreadableResult(path: string, errorCode: InstanceErrorCode, error: string): DicomResult {
  return { path, digest: null, header: unreadableHeader(errorCode, error) };
}
