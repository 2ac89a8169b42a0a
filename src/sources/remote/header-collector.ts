import { FIRST_READ_BYTES, MAX_HEADER_BYTES } from '../../dicom/limits.js';
import type { HeaderReading } from '../../model/header.js';
import { readSafely } from '../header-reading.js';
import type { HeadSize } from './head-size.js';

/** Buffers that are not in use: one a connection, instead of one a file. */
const FREE: Buffer[] = [];

/** Reads the header out of bytes that come in pieces, and holds no more of them than that takes. */
export class HeaderCollector {
  /** Null until enough came. */
  reading: HeaderReading | null = null;
  #bytes: Buffer = FREE.pop() ?? Buffer.allocUnsafeSlow(FIRST_READ_BYTES);
  #held = 0;
  /** Bytes that the reader wants to see next. */
  #wanted: number;

  /**
   * @param size_bytes of the file; null when it is not known yet
   * @param head what bytes are tried first, and where what the header took is noted; default: 64 KiB
   */
  constructor(
    readonly size_bytes: number | null,
    readonly head?: HeadSize,
  ) {
    this.#wanted = head?.bytes ?? FIRST_READ_BYTES;
  }

  /** Bytes that are held. */
  get held(): number {
    return this.#held;
  }

  /** How many of the first bytes of the file it wants to see; all that come when the file is shorter. */
  get wanted(): number {
    return this.#wanted;
  }

  /** Takes the next bytes of the file. */
  take(chunk: Uint8Array): void {
    for (let rest = chunk; this.reading === null && rest.length > 0; ) {
      const part = rest.subarray(0, this.#wanted - this.#held);
      this.#hold(part);
      rest = rest.subarray(part.length);
      if (this.#held >= this.#wanted) this.#read(false);
    }
  }

  /** The reading, now that the file has ended. */
  end(): HeaderReading {
    if (this.reading === null) this.#read(true);
    return this.reading as unknown as HeaderReading;
  }

  #hold(chunk: Uint8Array): void {
    if (this.#held + chunk.length > this.#bytes.length) {
      const longer = Buffer.allocUnsafe(Math.max(this.#held + chunk.length, 2 * this.#bytes.length));
      this.#bytes.copy(longer, 0, 0, this.#held);
      this.#bytes = longer;
    }
    this.#bytes.set(chunk, this.#held);
    this.#held += chunk.length;
  }

  #read(complete: boolean): void {
    const reading = complete || this.#held >= FIRST_READ_BYTES ? readSafely(this.#bytes.subarray(0, this.#held), complete, this.size_bytes) : this.#readShort(this.#held);
    if (reading === 'need-more-bytes') {
      this.#wanted = this.#held < FIRST_READ_BYTES ? FIRST_READ_BYTES : Math.max(this.#held + 1, Math.min(4 * this.#held, MAX_HEADER_BYTES));
      return;
    }
    this.reading = reading;
    this.head?.note(this.#held, (bytes) => this.#readShort(bytes) !== 'need-more-bytes');
    // All of the reading is text by now.
    if (this.#bytes.length === FIRST_READ_BYTES) FREE.push(this.#bytes);
    this.#bytes = Buffer.alloc(0);
  }

  /** Fewer than 64 KiB tell only what is in order: what is not might look otherwise to who sees more of the file. */
  #readShort(bytes: number): HeaderReading | 'need-more-bytes' {
    const reading = readSafely(this.#bytes.subarray(0, bytes), false, this.size_bytes);
    return reading !== 'need-more-bytes' && reading.status === 'ok' ? reading : 'need-more-bytes';
  }
}
