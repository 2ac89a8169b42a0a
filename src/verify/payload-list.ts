const DIGEST_BYTES = 32;

/**
 * The payload as the manifest lists it, held compactly: a million entries take about 300 MB. Entries are numbered in the
 * order in which they were added; a path occurs once. A sorted list, as every sound manifest is, needs no index: it is read
 * in the order in which a tree is walked, and searched by halving otherwise.
 */
export class PayloadList {
  readonly #paths: string[] = [];
  /** Null as long as each path that was added is greater than the one before. */
  #index: Map<string, number> | null = null;
  /** The entry behind the one that was looked up last. */
  #next = 0;
  #digests = Buffer.alloc(1024 * DIGEST_BYTES);
  /** -1 where no size is known. */
  #sizes: Float64Array | null = null;
  #seen: Uint8Array | null = null;

  get length(): number {
    return this.#paths.length;
  }

  /** Adds an entry, unless the path is there already: then null. */
  add(path: string, sha256: string): number | null {
    const number = this.#paths.length;
    const last = this.#paths[number - 1];
    if (this.#index === null && last !== undefined && last >= path) this.#index = new Map(this.#paths.map((each, at) => [each, at]));
    if (this.#index?.has(path) === true) return null;
    this.#index?.set(path, number);
    if ((number + 1) * DIGEST_BYTES > this.#digests.length) {
      this.#digests = Buffer.concat([this.#digests], 2 * this.#digests.length);
    }
    this.#digests.write(sha256, number * DIGEST_BYTES, 'hex');
    this.#paths.push(path);
    return number;
  }

  numberOf(path: string): number | undefined {
    const number = this.#paths[this.#next] === path ? this.#next : this.#index === null ? this.#search(path) : this.#index.get(path);
    if (number !== undefined) this.#next = number + 1;
    return number;
  }

  #search(path: string): number | undefined {
    let low = 0;
    for (let high = this.#paths.length - 1; low <= high; ) {
      const middle = (low + high) >>> 1;
      const found = this.pathOf(middle);
      if (found === path) return middle;
      if (found < path) low = middle + 1;
      else high = middle - 1;
    }
    return undefined;
  }

  pathOf(number: number): string {
    return this.#paths[number] ?? '';
  }

  sha256Of(number: number): string {
    return this.#digests.toString('hex', number * DIGEST_BYTES, (number + 1) * DIGEST_BYTES);
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
    this.#seen ??= new Uint8Array(this.length);
    if (this.#seen[number] === 1) return false;
    this.#seen[number] = 1;
    return true;
  }

  /** The entries that were never marked as found, in order. */
  *unseen(): Generator<number> {
    for (let number = 0; number < this.length; number++) if (this.#seen?.[number] !== 1) yield number;
  }

  /** For each of the digests that occurs in the list: the path of the first entry that has it. */
  pathsByDigest(wanted: ReadonlySet<string>): Map<string, string> {
    const found = new Map<string, string>();
    for (let number = 0; wanted.size > 0 && number < this.length; number++) {
      const sha256 = this.sha256Of(number);
      if (wanted.has(sha256) && !found.has(sha256)) found.set(sha256, this.pathOf(number));
    }
    return found;
  }
}
