import assert from 'node:assert';
import { constants, createReadStream, lstatSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { open, writeFile, type FileHandle } from 'node:fs/promises';
import { wrapSystemError } from '../../errors.js';
import { RunningSha256 } from '../../fixity/digest.js';

/** What is noted as there, or not, as a whole. A run that was killed fetches at most so much of each open file again. */
export const BLOCK_BYTES = 1 << 20;

/** Bytes of the journal before one byte a block: the validator, filled up with spaces. */
const HEAD_BYTES = 256;
const THERE = 0x31;
const NOT_THERE = 0x30;

/** A stretch of a file: first byte, and the byte behind the last. */
export interface Stretch {
  from: number;
  to: number;
}

/**
 * A large file on its way: `<name>.part` beside a journal `<name>.blocks` of the blocks that are written, so that a run
 * that was killed is gone on with. What the journal says is believed until the whole file is hashed, and no longer.
 */
export class PartFile {
  /** Over the blocks from the first on that are there without a gap. */
  #sha256 = new RunningSha256();
  #hashedBlocks = 0;
  /** Blocks are hashed one after the other, whoever wrote them. */
  #hashing: Promise<void> = Promise.resolve();

  private constructor(
    readonly path: string,
    readonly size_bytes: number,
    readonly file: FileHandle,
    readonly journal: FileHandle,
    readonly blocks: Buffer,
    public validator: string | null,
  ) {}

  /**
   * Opens what is there of it, or begins.
   * @param path without `.part`
   */
  static async open(path: string, size_bytes: number): Promise<PartFile> {
    try {
      const left = readJournal(path, size_bytes);
      const flags = constants.O_RDWR | constants.O_CREAT | constants.O_NOFOLLOW | (left === null ? constants.O_TRUNC : 0);
      const file = await open(`${path}.part`, flags, 0o644);
      const journal = await open(`${path}.blocks`, flags, 0o644);
      const blocks = left?.blocks ?? Buffer.alloc(Math.ceil(size_bytes / BLOCK_BYTES), NOT_THERE);
      const part = new PartFile(path, size_bytes, file, journal, blocks, left?.validator ?? null);
      if (left === null) await part.reset(null);
      return part;
    } catch (error) {
      throw wrapSystemError(error, 'writing', `${path}.part`);
    }
  }

  /** Forgets all blocks: what comes now is another file. */
  async reset(validator: string | null): Promise<void> {
    await this.#hashAnew();
    this.validator = validator;
    this.blocks.fill(NOT_THERE);
    await this.journal.write(Buffer.concat([Buffer.from((validator ?? '').padEnd(HEAD_BYTES)), this.blocks]), 0, undefined, 0);
  }

  /** Notes which file its first bytes are of. */
  async note(validator: string): Promise<void> {
    this.validator = validator;
    await this.journal.write(Buffer.from(validator.slice(0, HEAD_BYTES).padEnd(HEAD_BYTES)), 0, HEAD_BYTES, 0);
  }

  /** Bytes of the blocks that are there. */
  get there(): number {
    let bytes = 0;
    for (let block = 0; block < this.blocks.length; block++) if (this.blocks[block] === THERE) bytes += this.#end(block) - block * BLOCK_BYTES;
    return bytes;
  }

  #end(block: number): number {
    return Math.min(this.size_bytes, (block + 1) * BLOCK_BYTES);
  }

  /** What is not there, in stretches of at most `bytes`. */
  missing(bytes: number): Stretch[] {
    const stretches: Stretch[] = [];
    for (let block = 0; block < this.blocks.length; block++) {
      if (this.blocks[block] === THERE) continue;
      const [from, last] = [block * BLOCK_BYTES, stretches.at(-1)];
      if (last !== undefined && last.to === from && last.to - last.from < bytes) last.to = this.#end(block);
      else stretches.push({ from, to: this.#end(block) });
    }
    return stretches;
  }

  /** Writes bytes at a place; blocks that end in them are there when the stretch began at or before them. */
  async write(bytes: Uint8Array, at: number, stretch: Stretch): Promise<void> {
    try {
      if (at < this.#hashedBlocks * BLOCK_BYTES) await this.#hashAnew();
      for (let done = 0; done < bytes.length; ) done += (await this.file.write(bytes, done, bytes.length - done, at + done)).bytesWritten;
      const end = at + bytes.length;
      for (let block = Math.floor(at / BLOCK_BYTES); block < this.blocks.length && this.#end(block) <= end; block++) {
        if (block * BLOCK_BYTES < stretch.from) continue;
        this.blocks[block] = THERE;
        await this.journal.write(Buffer.of(THERE), 0, 1, HEAD_BYTES + block);
        await this.#hashOn();
      }
    } catch (error) {
      throw wrapSystemError(error, 'writing', `${this.path}.part`);
    }
  }

  /** sha256 of what was written, in hex; made durable first. Nearly all of it was hashed while the rest was on its way. */
  async digest(): Promise<string> {
    try {
      await this.file.sync();
      await this.#hashOn();
      assert(this.#hashedBlocks === this.blocks.length, 'all blocks are there');
      return this.#sha256.hex();
    } catch (error) {
      throw wrapSystemError(error, 'reading', `${this.path}.part`);
    }
  }

  /** What was hashed is not what will be there. */
  async #hashAnew(): Promise<void> {
    await this.#hashing;
    this.#sha256 = new RunningSha256();
    this.#hashedBlocks = 0;
  }

  /** Hashes what follows without a gap on what was hashed, as it is in the file. */
  #hashOn(): Promise<void> {
    this.#hashing = this.#hashing.then(async () => {
      const bytes = Buffer.allocUnsafe(Math.min(BLOCK_BYTES, this.size_bytes));
      for (; this.blocks[this.#hashedBlocks] === THERE; this.#hashedBlocks += 1) {
        const [from, end] = [this.#hashedBlocks * BLOCK_BYTES, this.#end(this.#hashedBlocks)];
        for (let at = from; at < end; ) {
          const { bytesRead } = await this.file.read(bytes, at - from, end - at, at);
          at += bytesRead;
          // what a killed run noted as written may not be there: it is zeros then, and the digest tells
          if (bytesRead === 0) await this.file.truncate(this.size_bytes);
        }
        this.#sha256.update(bytes.subarray(0, end - from));
      }
    });
    return this.#hashing;
  }

  /** Gives the file its name. */
  commit(target: string): void {
    renameSync(`${this.path}.part`, target);
    rmSync(`${this.path}.blocks`, { force: true });
  }

  async close(): Promise<void> {
    await this.file.close();
    await this.journal.close();
  }
}

/** Null where there is nothing to go on with. */
function readJournal(path: string, size_bytes: number): { blocks: Buffer; validator: string | null } | null {
  const blocks = Math.ceil(size_bytes / BLOCK_BYTES);
  const [part, journal] = [`${path}.part`, `${path}.blocks`].map((name) => lstatSync(name, { throwIfNoEntry: false }));
  if (part?.isFile() !== true || journal?.isFile() !== true || journal.size !== HEAD_BYTES + blocks) return null;
  const bytes = readFileSync(`${path}.blocks`);
  const validator = bytes.toString('latin1', 0, HEAD_BYTES).trimEnd();
  return { blocks: Buffer.from(bytes.subarray(HEAD_BYTES)), validator: validator === '' ? null : validator };
}

/**
 * Begins a large file with what is left of it: its whole blocks count as there, until the whole file is hashed.
 * @param path without `.part`; nothing is done when there is one already
 */
export async function seedPart(path: string, size_bytes: number, left: string): Promise<void> {
  const blocks = Math.floor(Math.min(lstatSync(left).size, size_bytes) / BLOCK_BYTES);
  if (blocks === 0 || readJournal(path, size_bytes) !== null) return;
  const part = await PartFile.open(path, size_bytes);
  try {
    const whole = { from: 0, to: size_bytes };
    let at = 0;
    for await (const chunk of createReadStream(left, { end: blocks * BLOCK_BYTES - 1, highWaterMark: BLOCK_BYTES })) {
      await part.write(chunk as Buffer, at, whole);
      at += (chunk as Buffer).length;
    }
  } finally {
    await part.close();
  }
}

/** Writes a small file that was checked already, durable, beside where it belongs, and gives it its name. */
export async function placeSmall(path: string, bytes: Uint8Array, target: string): Promise<void> {
  try {
    await writeFile(`${path}.part`, bytes, { flush: true, mode: 0o644 });
    renameSync(`${path}.part`, target);
  } catch (error) {
    throw wrapSystemError(error, 'writing', target);
  }
}
