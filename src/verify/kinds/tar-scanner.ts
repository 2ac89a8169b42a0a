import { parsePax, parseTarHeader, isZeroBlock, type TarHeader } from './tar-header.js';

/** An entry of an archive, before its bytes. */
export interface ArchiveEntry {
  /** Bytes of the name as latin1. */
  name: string;
  kind: 'file' | 'folder' | 'link' | 'special';
  /** Null when only its end will tell. */
  size_bytes: number | null;
}

/** Takes what an archive holds, in its order. */
export interface ArchiveReceiver {
  begin(entry: ArchiveEntry): void;
  data(bytes: Buffer): void;
  end(): void;
  /** What is wrong with the archive itself, as a clause about it. */
  fault(message: string): void;
}

const BLOCK_BYTES = 512;
/** Largest extended header: a path is 4096 bytes at most. */
const MAX_HEADER_BYTES = 1 << 20;

/**
 * Reads a tar as it comes, block by block, without trust in it: POSIX pax and GNU long names are followed, sparse files are special, and
 * every byte belongs to an entry or to the zeros at the end. A library would pass over what follows the end, and over an end that
 * is not there. After a fault that leaves no way to go on it takes no more.
 */
export class TarScanner {
  #block = Buffer.alloc(0);
  #state: 'header' | 'data' | 'extension' | 'padding' | 'end' | 'broken' = 'header';
  #left = 0;
  #padding = 0;
  #extension: { header: TarHeader; parts: Buffer[] } | null = null;
  #longName: string | null = null;
  #pax: ReadonlyMap<string, string> = new Map();
  #globalPax: ReadonlyMap<string, string> = new Map();
  #zeroBlocks = 0;

  constructor(readonly receiver: ArchiveReceiver) {}

  /** Whether nothing more can be read. */
  get broken(): boolean {
    return this.#state === 'broken';
  }

  push(chunk: Buffer): void {
    let at = 0;
    while (at < chunk.length && this.#state !== 'broken') {
      if (this.#state === 'header' || this.#state === 'end') at += this.#takeBlock(chunk, at);
      else {
        const bytes = chunk.subarray(at, at + this.#left);
        this.#left -= bytes.length;
        at += bytes.length;
        if (this.#state === 'data') this.receiver.data(bytes);
        else if (this.#state === 'extension') this.#extension?.parts.push(Buffer.from(bytes));
        if (this.#left === 0) this.#finishPart();
      }
    }
  }

  end(): void {
    if (this.#state === 'broken') return;
    if (this.#state === 'data') this.receiver.end();
    if (this.#state !== 'end' && this.#state !== 'header') this.#break('it is cut off within an entry');
    else if (this.#block.length > 0) this.#break('it is cut off within a block');
    else if (this.#zeroBlocks < 2) this.#break('it has no end: the zero blocks that close a tar are not there, so entries may be gone');
  }

  /** Gathers a block of 512 bytes; returns how many bytes it took. */
  #takeBlock(chunk: Buffer, at: number): number {
    const taken = Math.min(BLOCK_BYTES - this.#block.length, chunk.length - at);
    const piece = chunk.subarray(at, at + taken);
    const block = this.#block.length === 0 ? piece : Buffer.concat([this.#block, piece]);
    if (block.length < BLOCK_BYTES) this.#block = Buffer.from(block);
    else {
      this.#block = Buffer.alloc(0);
      this.#header(block);
    }
    return taken;
  }

  #header(block: Buffer): void {
    if (isZeroBlock(block)) {
      this.#zeroBlocks += 1;
      if (this.#zeroBlocks >= 2) this.#state = 'end';
      return;
    }
    if (this.#zeroBlocks > 0) return this.#break('it goes on after its end: some programs would unpack what follows, others not');
    const header = parseTarHeader(block);
    if (typeof header === 'string') return this.#break(header);
    if (header.type === 'pax' || header.type === 'pax-global' || header.type === 'long-name' || header.type === 'long-link') this.#beginExtension(header);
    else this.#beginEntry(header);
  }

  #beginExtension(header: TarHeader): void {
    if (header.size_bytes > MAX_HEADER_BYTES) return this.#break(`an extended header is longer than ${MAX_HEADER_BYTES} bytes`);
    this.#extension = { header, parts: [] };
    this.#begin('extension', header.size_bytes);
  }

  #beginEntry(header: TarHeader): void {
    const pax = new Map([...this.#globalPax, ...this.#pax]);
    const size = pax.get('size');
    if (size !== undefined && (!/^[0-9]{1,15}$/.test(size) || header.type !== 'file')) return this.#break('a pax header gives a size that is none');
    const sparse = [...pax.keys()].some((key) => key.startsWith('GNU.sparse.'));
    const name = pax.get('path') ?? this.#longName ?? header.name;
    const size_bytes = size === undefined ? header.size_bytes : Number(size);
    const kind = sparse || header.type === 'special' ? 'special' : header.type === 'file' && name.endsWith('/') ? 'folder' : (header.type as ArchiveEntry['kind']);
    this.#pax = new Map();
    this.#longName = null;
    this.receiver.begin({ name, kind, size_bytes });
    this.#begin('data', size_bytes);
  }

  #begin(state: 'data' | 'extension', bytes: number): void {
    this.#state = state;
    this.#left = bytes;
    this.#padding = (BLOCK_BYTES - (bytes % BLOCK_BYTES)) % BLOCK_BYTES;
    if (bytes === 0) this.#finishPart();
  }

  #finishPart(): void {
    if (this.#state === 'data') this.receiver.end();
    else if (this.#state === 'extension') this.#endExtension();
    if (this.#state === 'broken') return;
    this.#left = this.#state === 'padding' ? 0 : this.#padding;
    this.#state = this.#left === 0 ? 'header' : 'padding';
  }

  #endExtension(): void {
    const { header, parts } = this.#extension ?? { header: null, parts: [] };
    const body = Buffer.concat(parts);
    this.#extension = null;
    if (header?.type === 'long-name') this.#longName = body.toString('latin1').replace(/\0.*$/s, '');
    if (header?.type !== 'pax' && header?.type !== 'pax-global') return;
    const records = parsePax(body);
    if (records === null) this.#break('a pax header is malformed');
    else if (header.type === 'pax') this.#pax = records;
    else this.#globalPax = new Map([...this.#globalPax, ...records]);
  }

  #break(message: string): void {
    this.#state = 'broken';
    this.receiver.fault(message);
  }
}
