import assert from 'node:assert';

const DIGEST_BYTES = 32;
/** A record is the length of the path in two bytes, the digest, the path in UTF-8; records lie behind each other in pages. */
const HEAD_BYTES = 2 + DIGEST_BYTES;
const PAGE_BYTES = 4 << 20;

/** What is noted about an entry, as bits. */
const SEEN = 1;
const FETCHABLE = 2;
const LEFT_OUT = 4;

/**
 * The payload as the manifest lists it, outside of the garbage-collected heap: an entry takes its path and 45 bytes. Entries
 * are numbered in the order in which they were added; a path occurs once. A sorted list, as every sound manifest is, needs
 * no index: it is read in the order in which a tree is walked, and searched by halving otherwise.
 */
export class PayloadList {
  readonly #pages: Buffer[] = [];
  /** Bytes used of the last page. */
  #used = PAGE_BYTES;
  /** Where each record starts, counting all pages; grown by doubling. */
  #starts = new Float64Array(1024);
  #length = 0;
  #last = '';
  /** Null as long as each path that was added is greater than the one before. */
  #index: Map<string, number> | null = null;
  /** The entry behind the one that was looked up last. */
  #next = 0;
  /** -1 where no size is known. */
  #sizes: Float64Array | null = null;
  #notes: Uint8Array | null = null;
  #byDigest: Uint32Array | null = null;

  get length(): number {
    return this.#length;
  }

  /** Adds an entry, unless the path is there already: then null. Sizes and marks come when all entries are added. */
  add(path: string, sha256: string): number | null {
    if (this.#index === null && this.#length > 0 && this.#last >= path) this.#index = this.#buildIndex();
    if (this.#index?.has(path) === true) return null;
    const number = this.#length++;
    this.#index?.set(path, number);
    this.#last = path;
    this.#append(number, path, sha256);
    return number;
  }

  #append(number: number, path: string, sha256: string): void {
    const bytes = Buffer.byteLength(path);
    if (this.#used + HEAD_BYTES + bytes > PAGE_BYTES) {
      this.#pages.push(Buffer.allocUnsafeSlow(PAGE_BYTES));
      this.#used = 0;
    }
    const page = this.#pages[this.#pages.length - 1];
    assert(page !== undefined && bytes <= 0xffff, 'a path fits its record');
    if (number >= this.#starts.length) {
      const longer = new Float64Array(2 * number);
      longer.set(this.#starts);
      this.#starts = longer;
    }
    this.#starts[number] = (this.#pages.length - 1) * PAGE_BYTES + this.#used;
    page.writeUInt16LE(bytes, this.#used);
    page.write(sha256, this.#used + 2, 'hex');
    page.write(path, this.#used + HEAD_BYTES, 'utf8');
    this.#used += HEAD_BYTES + bytes;
  }

  #buildIndex(): Map<string, number> {
    const index = new Map<string, number>();
    for (let number = 0; number < this.#length; number++) index.set(this.pathOf(number), number);
    return index;
  }

  numberOf(path: string): number | undefined {
    const expected = this.#next < this.#length && this.pathOf(this.#next) === path;
    const number = expected ? this.#next : this.#index === null ? this.#search(path) : this.#index.get(path);
    if (number !== undefined) this.#next = number + 1;
    return number;
  }

  has(path: string): boolean {
    return this.numberOf(path) !== undefined;
  }

  /** All paths, in the order of the numbers. */
  *paths(): Generator<string> {
    for (let number = 0; number < this.#length; number++) yield this.pathOf(number);
  }

  #search(path: string): number | undefined {
    let low = 0;
    for (let high = this.#length - 1; low <= high; ) {
      const middle = (low + high) >>> 1;
      const found = this.pathOf(middle);
      if (found === path) return middle;
      if (found < path) low = middle + 1;
      else high = middle - 1;
    }
    return undefined;
  }

  pathOf(number: number): string {
    const { page, at } = this.#record(number);
    return page.toString('utf8', at + HEAD_BYTES, at + HEAD_BYTES + page.readUInt16LE(at));
  }

  sha256Of(number: number): string {
    const { page, at } = this.#record(number);
    return page.toString('hex', at + 2, at + HEAD_BYTES);
  }

  #record(number: number): { page: Buffer; at: number } {
    assert(number >= 0 && number < this.#length, `there is no entry ${number}`);
    const start = this.#starts[number] ?? 0;
    const page = this.#pages[Math.floor(start / PAGE_BYTES)];
    assert(page !== undefined);
    return { page, at: start % PAGE_BYTES };
  }

  setSize(number: number, size_bytes: number): void {
    this.#sizes ??= new Float64Array(this.length).fill(-1);
    this.#sizes[number] = size_bytes;
  }

  /** Undefined where no list tells the size. */
  sizeOf(number: number): number | undefined {
    const size = this.#sizes?.[number] ?? -1;
    return size < 0 ? undefined : size;
  }

  /** Forgets all sizes: the list they came from cannot be trusted. */
  forgetSizes(): void {
    this.#sizes = null;
  }

  /** The sum of all sizes in bytes; null when any of them is unknown. */
  totalBytes(): number | null {
    if (this.length === 0) return 0;
    if (this.#sizes === null) return null;
    let total = 0;
    for (const size of this.#sizes) {
      if (size < 0) return null;
      total += size;
    }
    return total;
  }

  /** Marks an entry as found on disk; false when it already was. */
  markSeen(number: number): boolean {
    return this.#note(number, SEEN);
  }

  /** Whether an entry was found on disk. */
  isSeen(number: number): boolean {
    return ((this.#notes?.[number] ?? 0) & SEEN) !== 0;
  }

  /** Marks an entry as one that this copy need not carry; false when it already was. */
  markFetchable(number: number): boolean {
    return this.#note(number, FETCHABLE);
  }

  isFetchable(number: number): boolean {
    return ((this.#notes?.[number] ?? 0) & FETCHABLE) !== 0;
  }

  /** Marks an entry as one that nobody asks for in this run. */
  leaveOut(number: number): void {
    this.#note(number, LEFT_OUT);
  }

  isLeftOut(number: number): boolean {
    return ((this.#notes?.[number] ?? 0) & LEFT_OUT) !== 0;
  }

  #note(number: number, bit: number): boolean {
    this.#notes ??= new Uint8Array(this.length);
    const notes = this.#notes[number] ?? 0;
    this.#notes[number] = notes | bit;
    return (notes & bit) === 0;
  }

  /** The entries that were never marked as found, in order. */
  *unseen(): Generator<number> {
    for (let number = 0; number < this.length; number++) if (((this.#notes?.[number] ?? 0) & SEEN) === 0) yield number;
  }

  /** The path of the first entry with a digest. The first question builds an index: 8 bytes or less an entry. */
  pathOfDigest(sha256: string): string | undefined {
    this.#byDigest ??= this.#indexDigests();
    const slots = this.#byDigest;
    for (let slot = Number.parseInt(sha256.slice(0, 8), 16) % slots.length; slots[slot] !== 0; slot = (slot + 1) % slots.length) {
      const number = slots[slot]! - 1;
      if (this.sha256Of(number) === sha256) return this.pathOf(number);
    }
    return undefined;
  }

  /** Open addressing by the first 32 bits of the digests, half full; a slot holds the number of an entry plus 1. */
  #indexDigests(): Uint32Array {
    const slots = new Uint32Array(2 * this.length + 1);
    for (let number = 0; number < this.length; number++) {
      const { page, at } = this.#record(number);
      let slot = page.readUInt32BE(at + 2) % slots.length;
      while (slots[slot] !== 0) slot = (slot + 1) % slots.length;
      slots[slot] = number + 1;
    }
    return slots;
  }
}
