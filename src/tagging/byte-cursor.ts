/** A field of a message in protocol buffers. */
export interface WireField {
  number: number;
  /** Of a number: its value, exact up to 2^53; 0 for all others. */
  value: number;
  /** Bytes of the content; null when the field is a number. The cursor stands before the content. */
  length: number | null;
  /** Where the next field begins. */
  end: number;
}

/** Wire types of protocol buffers. */
const VARINT = 0;
const FIXED_64 = 1;
const BYTES = 2;
const FIXED_32 = 5;

/** Longest number, in bytes. */
const VARINT_BYTES = 10;

/** Reads the fields of protocol buffers one after the other; never beyond the end it is told. */
export class ByteCursor {
  at = 0;

  constructor(private readonly bytes: Uint8Array) {}

  /** Reads the key of a field and, of a number, the value; null when the bytes up to `limit` hold no whole field. */
  field(limit: number): WireField | null {
    const key = this.varint(limit);
    if (key === null || key < 8 || key > 0xffffffff) return null;
    const number = Math.floor(key / 8);
    switch (key % 8) {
      case VARINT: {
        const value = this.varint(limit);
        return value === null ? null : { number, value, length: null, end: this.at };
      }
      case FIXED_64:
        return this.fixed(number, 8, limit);
      case FIXED_32:
        return this.fixed(number, 4, limit);
      case BYTES: {
        const length = this.varint(limit);
        return length === null || length > limit - this.at ? null : { number, value: 0, length, end: this.at + length };
      }
      default:
        return null;
    }
  }

  private fixed(number: number, size: number, limit: number): WireField | null {
    if (size > limit - this.at) return null;
    this.at += size;
    return { number, value: 0, length: null, end: this.at };
  }

  private varint(limit: number): number | null {
    let value = 0;
    for (let index = 0, scale = 1; index < VARINT_BYTES && this.at < limit; index += 1, scale *= 128) {
      const byte = this.bytes[this.at] as number;
      this.at += 1;
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
    }
    return null;
  }
}
