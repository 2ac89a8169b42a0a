import { join } from 'node:path';
import type { Effects } from '../effects.js';
import { CurationError } from '../errors.js';
import type { PackShard } from '../model/transfer.js';
import type { LogEntry } from '../release/release-log.js';
import { ArchiveWriter, type ArchiveOptions } from './archive-writer.js';
import type { IndexWriter } from './index-writer.js';
import type { PackPlan, ShardOptions } from './pack-plan.js';
import { plannedShards, totals } from './pack-report.js';
import { payloadEntries, type PayloadEntry, type ReleaseFile } from './release-tree.js';
import { unitOf } from './shard-plan.js';
import { UnitReader } from './unit-reader.js';

/** Writes the shards of a plan, one after the other. */
export class Packer {
  #done = { files: 0, bytes: 0 };

  constructor(
    readonly staging: string,
    readonly entry: LogEntry,
    readonly options: ShardOptions & ArchiveOptions & { signal?: AbortSignal | undefined },
    readonly plan: PackPlan,
    readonly index: IndexWriter,
    readonly effects: Effects,
  ) {}

  /** @throws {CurationError} RELEASE_INVALID, DISK_FULL, IO_FAILED, INTERRUPTED */
  async run(): Promise<PackShard[]> {
    const planned = plannedShards(this.entry, this.options, this.plan);
    const images = new UnitReader(payloadEntries(this.entry.folder, this.entry.document), this.options.by);
    const shards: PackShard[] = [];
    for (const [number, shard] of planned.entries()) {
      const files = number === 0 ? this.plan.metadata : this.#images(images, number, this.plan.shards[number - 1]?.units ?? 0);
      shards.push({ ...shard, ...(await this.#write(shard.name, files)) });
    }
    // Reads the lists to their end, where they are held against release.json once more.
    if (images.next() !== null) throw new CurationError('RELEASE_INVALID', `The release was changed while it was packed: ${this.entry.folder}`);
    return shards;
  }

  *#images(images: UnitReader, shard: number, units: number): Generator<PayloadEntry> {
    for (let unit = 0; unit < units; unit++) {
      for (const image of images.unit()) {
        this.index.note(unitOf(image.path, this.options.by) ?? image.path, shard, image);
        yield image;
      }
    }
  }

  async #write(name: string, files: Iterable<ReleaseFile>): Promise<{ size_bytes: number; sha256: string }> {
    const writer = await ArchiveWriter.open(this.entry.folder, join(this.staging, name), this.options);
    try {
      for (const file of files) {
        if (this.options.signal?.aborted === true) throw new CurationError('INTERRUPTED', 'Interrupted; nothing was packed.');
        await writer.add(file);
        this.#tell(file.size_bytes);
      }
      return await writer.close();
    } catch (error) {
      writer.abandon();
      throw error;
    }
  }

  #tell(bytes: number): void {
    this.#done.files += 1;
    this.#done.bytes += bytes;
    const { files, content_bytes } = totals(this.plan);
    this.effects.progress({ stage: 'packing', ...this.#done, totalFiles: files, totalBytes: content_bytes });
  }
}
