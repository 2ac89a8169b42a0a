import { closeSync, readSync } from 'node:fs';
import type { ByteSource } from '../dicom/dicom-file.js';
import { FIRST_READ_BYTES } from '../dicom/limits.js';
import { asUnreadable, describeDefect, openRegularFile, UnreadableFileError } from '../fixity/file.js';

/** A file as the catalog knows it. */
export interface KnownFile {
  size_bytes: number;
  /** Nanoseconds since the epoch, decimal digits. */
  mtime_ns: string;
}

const CHANGED = 'The file changed since it was pulled.';

/** Opens files one after the other for reading in parts. */
export class SourceReader {
  /** The first bytes of a file: most headers are no longer, and one buffer serves for all files. */
  private readonly head = Buffer.allocUnsafe(FIRST_READ_BYTES);

  /**
   * Runs `work` with an open file that is the one that was pulled: same size, same time.
   * @returns a sentence instead when the file could not be read, or is another one
   */
  withFile<T>(path: string, known: KnownFile, work: (source: ByteSource) => T): { result: T } | { failure: string } {
    let descriptor: number | null = null;
    try {
      const file = openRegularFile(path);
      descriptor = file.descriptor;
      if (Number(file.stat.size) !== known.size_bytes || String(file.stat.mtimeNs) !== known.mtime_ns) return { failure: CHANGED };
      return { result: work(this.source(descriptor, known.size_bytes, path)) };
    } catch (error) {
      if (!(error instanceof UnreadableFileError)) throw error;
      return { failure: error.defect === 'changed' ? CHANGED : `The file is ${describeDefect(error.defect)}${error.systemCode === null ? '' : ` (${error.systemCode})`}.` };
    } finally {
      if (descriptor !== null) closeSync(descriptor);
    }
  }

  private source(descriptor: number, size: number, path: string): ByteSource {
    return {
      size,
      readAt: (offset, length) => {
        const wanted = Math.max(0, Math.min(length, size - offset));
        const buffer = offset === 0 && wanted <= this.head.length ? this.head.subarray(0, wanted) : Buffer.allocUnsafe(wanted);
        try {
          for (let at = 0; at < wanted; ) {
            const read = readSync(descriptor, buffer, at, wanted - at, offset + at);
            if (read === 0) throw new UnreadableFileError('changed', null, path);
            at += read;
          }
        } catch (error) {
          throw asUnreadable(error, path);
        }
        return buffer;
      },
    };
  }
}
