/** Codes of a Huffman table by the next 16 bits: length in the high byte, value in the low; 0 where no code begins so. */
export type HuffmanLookup = Uint16Array;

/**
 * Builds the lookup of a table (ISO/IEC 10918-1 annex C) from the number of codes of each length, 1 to 16, and their
 * values; null when the lengths claim more codes than there are.
 */
export function buildLookup(counts: Uint8Array, values: Uint8Array): HuffmanLookup | null {
  const lookup = new Uint16Array(65_536);
  let code = 0;
  let next = 0;
  for (let length = 1; length <= 16; length++) {
    for (let used = counts[length - 1] as number; used > 0; used--) {
      const first = code << (16 - length);
      const last = first + (1 << (16 - length));
      if (last > 65_536 || next >= values.length) return null;
      lookup.fill((length << 8) | (values[next] as number), first, last);
      code += 1;
      next += 1;
    }
    code <<= 1;
  }
  return lookup;
}

/** Reads the bits of an entropy-coded segment: stuffed bytes are skipped, and a marker ends it (10918-1 F.2.2.5). */
export class EntropyReader {
  #bits = 0;
  #count = 0;

  constructor(
    readonly bytes: Uint8Array,
    /** Offset of the next byte; at a marker once the segment is read. */
    public position: number,
  ) {}

  /** The value of the next code; -1 when the segment ends before or no code begins so. */
  readCode(lookup: HuffmanLookup): number {
    if (this.#count < 16) this.#fill();
    const entry = lookup[(this.#bits >>> 16) & 0xffff] as number;
    const length = entry >> 8;
    if (length === 0 || length > this.#count) return -1;
    this.#bits <<= length;
    this.#count -= length;
    return entry & 0xff;
  }

  /** The next `length` bits, 1 to 15, as a difference of that category (F.2.2.1); null when the segment ends before. */
  readDifference(length: number): number | null {
    if (this.#count < length) this.#fill();
    if (this.#count < length) return null;
    const value = this.#bits >>> (32 - length);
    this.#bits <<= length;
    this.#count -= length;
    return value < 1 << (length - 1) ? value - (1 << length) + 1 : value;
  }

  /** Drops what is left of the segment and passes a restart marker; false when there is none. */
  restart(): boolean {
    this.#bits = 0;
    this.#count = 0;
    const marker = this.bytes[this.position + 1];
    if (this.bytes[this.position] !== 0xff || marker === undefined || marker < 0xd0 || marker > 0xd7) return false;
    this.position += 2;
    return true;
  }

  #fill(): void {
    while (this.#count <= 24) {
      const byte = this.bytes[this.position];
      if (byte === undefined) return;
      if (byte === 0xff) {
        if (this.bytes[this.position + 1] !== 0) return;
        this.position += 1;
      }
      this.position += 1;
      this.#bits |= byte << (24 - this.#count);
      this.#count += 8;
    }
  }
}
