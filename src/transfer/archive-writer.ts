import type { Stats } from 'node:fs';
import { Readable } from 'node:stream';
import { setImmediate as turn } from 'node:timers/promises';
import type { Archiver } from 'archiver';
import type { ArchiveFormat } from '../model/transfer.js';
import { readChecked, readPieces } from './checked-file.js';
import type { ReleaseFile } from './release-tree.js';
import { ShardSink } from './shard-sink.js';

/** Files up to this size are read whole: their entry in a zip then tells size and CRC before the bytes. */
const WHOLE_BYTES = 16 << 20;

/** The time of every file: the first that a zip can tell. */
const TIME = new Date('1980-01-01T00:00:00Z');
const MODE = 0o644;
const GZIP_LEVEL = 6;

/** How an archive is written. */
export interface ArchiveOptions {
  format: ArchiveFormat;
  /** Compress the entries of a zip; stored otherwise. */
  deflate: boolean;
}

/**
 * Writes one archive from files of a release, one after the other, each held against its digest on the way. Order, times,
 * modes and owners are fixed, so the same files give the same archive.
 */
export class ArchiveWriter {
  /** Rejects when anything on the way fails. */
  readonly #failed: Promise<never>;
  /** The large file that was added last. */
  #source: Readable | null = null;

  private constructor(
    readonly folder: string,
    readonly archive: Archiver,
    readonly sink: ShardSink,
    readonly streams: boolean,
  ) {
    this.#failed = new Promise((_done, fail) => {
      for (const source of [archive, sink]) source.on('error', fail);
      archive.on('warning', fail);
    });
    this.#failed.catch(() => {});
    archive.pipe(sink);
  }

  /**
   * @param folder the release
   * @param path of the new archive
   */
  static async open(folder: string, path: string, { format, deflate }: ArchiveOptions): Promise<ArchiveWriter> {
    const { TarArchive, ZipArchive } = await import('archiver');
    const gzip = format === 'tar.gz';
    const sink = new ShardSink(path, gzip);
    const archive = format === 'zip' ? new ZipArchive({ store: !deflate, zlib: { level: GZIP_LEVEL } }) : new TarArchive({ gzip, gzipOptions: { level: GZIP_LEVEL } });
    return new ArchiveWriter(folder, archive, sink, format !== 'zip');
  }

  /**
   * Adds a file and waits until it is written: entries that pile up would be held in memory.
   * @throws {CurationError} RELEASE_INVALID when the file is not as the release lists it; DISK_FULL, IO_FAILED
   */
  async add(file: ReleaseFile): Promise<void> {
    // `stats` tells the tar writer the size of a stream; nothing else of it is read.
    const data = { name: file.path, date: TIME, mode: MODE, stats: { size: file.size_bytes } as Stats };
    const source = file.size_bytes <= WHOLE_BYTES ? readChecked(this.folder, file) : Readable.from(readPieces(this.folder, file));
    const added = new Promise<void>((done, fail) => {
      this.archive.once('entry', () => done());
      if (source instanceof Readable) this.#source = source.once('error', fail);
    });
    this.archive.append(source, data);
    await Promise.race([added, this.#failed]);
    // What was appended whole runs through to the disk, which is written synchronously, before the next turn.
    await turn();
  }

  /** Ends the archive; durable then. */
  async close(): Promise<{ size_bytes: number; sha256: string }> {
    const finished = new Promise<void>((done) => this.sink.once('finish', done));
    await Promise.race([this.archive.finalize(), this.#failed]);
    await Promise.race([finished, this.#failed]);
    return { size_bytes: this.sink.size_bytes, sha256: this.sink.sha256 };
  }

  /** Lets go of an archive that will not be ended: its own `abort` and `destroy` fail while an entry is open. */
  abandon(): void {
    this.archive.unpipe(this.sink);
    this.#source?.destroy();
    this.sink.destroy();
  }
}
