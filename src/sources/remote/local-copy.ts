import { closeSync, fstatSync, fsync, ftruncateSync, futimesSync, rename, rmSync, write, writeSync } from 'node:fs';
import { promisify } from 'node:util';
import { wrapSystemError } from '../../errors.js';

const flush = promisify(fsync);
const writeLater = promisify(write);
const renameLater = promisify(rename);

/**
 * The time that a local copy carries, in ns since the epoch: whole seconds, which every file system keeps, and the same whenever the
 * copy is made. Null counts as the epoch.
 */
export function copyTime(modified_ms: number | null): bigint {
  const seconds = Math.floor((modified_ms ?? 0) / 1000);
  return BigInt(seconds > 0 && seconds < 2 ** 33 ? seconds : 0) * 1_000_000_000n;
}

/**
 * A copy on its way: it gets its name when all of it is on the disk. What the system does in its own memory is asked for at once, which
 * takes a tenth of what a promise does; what may wait for the disk is not.
 */
export class Copy {
  #open = true;
  /** Bytes behind which nothing was written yet. */
  #end = 0;
  #writing: Promise<unknown> | null = null;

  /** @param place makes the folder of a path, and says where it is */
  constructor(
    readonly part: string,
    readonly descriptor: number,
    readonly place: (path: string) => string,
  ) {}

  /** Adds bytes at `at`; the next ones when it is done. @throws {CurationError} DISK_FULL, IO_FAILED */
  write(bytes: Uint8Array, at: number): void | Promise<void> {
    this.#end = Math.max(this.#end, at + bytes.length);
    // Most of a million files are one piece; of large ones the disk may ask for a pause.
    if (at > 0) return this.#write(bytes, at);
    try {
      for (let done = 0; done < bytes.length; ) done += writeSync(this.descriptor, bytes, done, bytes.length - done, done);
    } catch (error) {
      throw wrapSystemError(error, 'writing', this.part);
    }
  }

  async #write(bytes: Uint8Array, at: number): Promise<void> {
    try {
      for (let done = 0; done < bytes.length; ) {
        const writing = writeLater(this.descriptor, bytes, done, bytes.length - done, at + done);
        this.#writing = writing;
        done += (await writing).bytesWritten;
      }
    } catch (error) {
      throw wrapSystemError(error, 'writing', this.part);
    }
  }

  /** Gives it its name and its time, and returns that (ns). @throws {CurationError} DISK_FULL, IO_FAILED */
  async finish(path: string, size_bytes: number, modified_ms: number | null): Promise<bigint> {
    const place = this.place(path);
    try {
      const seconds = Number(copyTime(modified_ms) / 1_000_000_000n);
      // What was begun anew may be shorter than what came first.
      if (this.#end > size_bytes) ftruncateSync(this.descriptor, size_bytes);
      futimesSync(this.descriptor, seconds, seconds);
      await flush(this.descriptor);
      const { mtimeNs } = fstatSync(this.descriptor, { bigint: true });
      this.#close();
      await renameLater(this.part, place);
      return mtimeNs;
    } catch (error) {
      throw wrapSystemError(error, 'writing', place);
    }
  }

  /** Gives it up. */
  async abandon(): Promise<void> {
    // A number of a file that is closed may be given to another one, which must not get these bytes.
    await this.#writing?.catch(() => {});
    this.#close();
    rmSync(this.part, { force: true });
  }

  #close(): void {
    if (!this.#open) return;
    this.#open = false;
    closeSync(this.descriptor);
  }
}
