import { createHmac } from 'node:crypto';

/** A keyed Bloom filter as a file holds it. */
export interface KeyedBloomDocument {
  format: 'colophon-keyed-bloom/1';
  /** Tells a wrong key: 16 hex digits. */
  key_id: string;
  /** Size of the filter in bits, a power of two. */
  bits: number;
  /** Bits set for each entry. */
  hashes: number;
  /** Entries put in. */
  count: number;
  /** The bits, base64; bit n is bit n mod 8 of byte n / 8. */
  filter: string;
}

/** Bits for each entry, and bits set for each: about two false answers in ten thousand million. */
const BITS_AN_ENTRY = 48;
const HASHES = 24;
const LEAST_BITS = 1 << 10;
const MOST_BITS = 2 ** 31;
/** A shorter key can be tried out. */
const LEAST_KEY_BYTES = 16;
const KEY_LABEL = 'colophon keyed bloom key';

/**
 * A set of secrets that says whether it holds a text, and nothing else: without the key neither its entries nor guesses
 * can be tested against it (HMAC-SHA256, RFC 2104). It never denies what it holds.
 */
export class KeyedBloom {
  private constructor(
    private readonly key: Uint8Array,
    private readonly bits: number,
    private readonly hashes: number,
    private readonly filter: Buffer,
    private count: number,
  ) {}

  /** An empty filter for so many entries. @throws {RangeError} the key has fewer than 16 bytes, or there are too many entries */
  static forEntries(entries: number, key: Uint8Array): KeyedBloom {
    checkKey(key);
    let bits = LEAST_BITS;
    while (bits < entries * BITS_AN_ENTRY) bits *= 2;
    if (bits > MOST_BITS) throw new RangeError(`a filter for ${entries} entries is too large`);
    return new KeyedBloom(key, bits, HASHES, Buffer.alloc(bits / 8), 0);
  }

  /** Opens a filter. @throws {RangeError} it is none, or the key is another one */
  static open(document: KeyedBloomDocument, key: Uint8Array): KeyedBloom {
    checkKey(key);
    const { format, bits, hashes, count, filter, key_id } = document;
    if (format !== 'colophon-keyed-bloom/1') throw new RangeError('not a keyed Bloom filter of a known format');
    if (key_id !== keyId(key)) throw new RangeError('the filter was made with another key');
    const isSize = Number.isInteger(bits) && bits >= 8 && bits <= MOST_BITS && (bits & (bits - 1)) === 0;
    const bytes = Buffer.from(filter, 'base64');
    if (!isSize || bytes.length !== bits / 8 || !Number.isInteger(hashes) || hashes < 1 || hashes > 64) throw new RangeError('the filter is damaged');
    return new KeyedBloom(key, bits, hashes, bytes, count);
  }

  add(text: string): void {
    for (const bit of this.positions(text)) this.filter[bit >>> 3] = (this.filter[bit >>> 3] as number) | (1 << (bit & 7));
    this.count += 1;
  }

  /** Whether the text was put in; true for about one in five thousand million others. */
  has(text: string): boolean {
    for (const bit of this.positions(text)) if (((this.filter[bit >>> 3] as number) & (1 << (bit & 7))) === 0) return false;
    return true;
  }

  toDocument(): KeyedBloomDocument {
    return { format: 'colophon-keyed-bloom/1', key_id: keyId(this.key), bits: this.bits, hashes: this.hashes, count: this.count, filter: this.filter.toString('base64') };
  }

  /** Double hashing (Kirsch and Mitzenmacher 2006) with two numbers of the code; the second is odd, so it meets every bit. */
  private *positions(text: string): Generator<number> {
    const code = createHmac('sha256', this.key).update(text, 'utf8').digest();
    let position = code.readUInt32LE(0);
    const step = code.readUInt32LE(4) | 1;
    for (let index = 0; index < this.hashes; index += 1) {
      yield (position & (this.bits - 1)) >>> 0;
      position = (position + step + index) >>> 0;
    }
  }
}

function keyId(key: Uint8Array): string {
  return createHmac('sha256', key).update(KEY_LABEL).digest('hex').slice(0, 16);
}

function checkKey(key: Uint8Array): void {
  if (key.length < LEAST_KEY_BYTES) throw new RangeError(`the key of a filter has at least ${LEAST_KEY_BYTES} bytes`);
}
