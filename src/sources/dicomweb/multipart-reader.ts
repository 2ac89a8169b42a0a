/** What is met in a multipart body, in its order. The bytes of a part may come in any number of pieces. */
export type MultipartEvent = { kind: 'part'; headers: ReadonlyMap<string, string> } | { kind: 'bytes'; bytes: Buffer };

/** A body that is no multipart body, as a clause (`ends before its closing boundary`). */
export class MultipartError extends Error {
  override readonly name = 'MultipartError';
}

/** RFC 2046 5.1.1 allows 70 characters and fewer signs; servers go beyond both. It does not end with a space. */
const BOUNDARY = /^[\x20-\x7e]{0,199}[\x21-\x7e]$/;
/** Bytes before the first boundary, of the headers of one part, and of the blanks behind a boundary: hostile beyond. */
const MAX_PREAMBLE = 64 * 1024;
const MAX_HEADERS = 16 * 1024;
const MAX_PADDING = 256;

const [TAB, LF, CR, SPACE, HYPHEN] = [0x09, 0x0a, 0x0d, 0x20, 0x2d];
const NOTHING = Buffer.alloc(0);

/**
 * Takes a multipart body (RFC 2046 5.1) apart while it comes: pieces in, events out. It holds no more than a few kilobytes,
 * and what comes out does not depend on how the body was cut into pieces.
 */
export class MultipartReader {
  readonly #delimiter: Buffer;
  #state: 'preamble' | 'headers' | 'body' | 'closed' = 'preamble';
  /** What came and was not yet understood. The first boundary may stand at the very start: a line end goes before it. */
  #held: Buffer = Buffer.from('\r\n');
  #preamble = 0;
  /** Whether what is held begins with the empty line behind the headers of a part: a part without a byte ends in that very line end. */
  #fresh = false;

  /** @throws {MultipartError} for what cannot be a boundary */
  constructor(boundary: string) {
    if (!BOUNDARY.test(boundary)) throw new MultipartError('declares no boundary that one can look for');
    this.#delimiter = Buffer.from(`\r\n--${boundary}`, 'latin1');
  }

  /**
   * The next piece of the body.
   * @throws {MultipartError}
   */
  push(chunk: Uint8Array): MultipartEvent[] {
    if (this.#state === 'closed' || chunk.length === 0) return [];
    const piece = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length);
    this.#held = this.#held.length === 0 ? piece : Buffer.concat([this.#held, piece]);
    const events: MultipartEvent[] = [];
    while (this.#step(events));
    return events;
  }

  /**
   * The end of the body.
   * @throws {MultipartError} when the closing boundary did not come: a body that was cut off
   */
  finish(): void {
    if (this.#state === 'preamble') throw new MultipartError('holds no part');
    if (this.#state !== 'closed') throw new MultipartError('ends before its closing boundary');
  }

  /** Whether there is more to understand in what is held. */
  #step(events: MultipartEvent[]): boolean {
    if (this.#state === 'closed') return false;
    return this.#state === 'headers' ? this.#readHeaders(events) : this.#readBody(events);
  }

  /** Gives away everything up to the next boundary, and passes it. */
  #readBody(events: MultipartEvent[]): boolean {
    let from = 0;
    for (;;) {
      const at = this.#held.indexOf(this.#delimiter, from, 'latin1');
      if (at < 0) {
        this.#give(events, this.#held.length - this.#openEnd());
        return false;
      }
      const end = this.#passDelimiter(at + this.#delimiter.length);
      if (end === 'need-more') {
        this.#give(events, at);
        return false;
      }
      if (end !== 'none') {
        this.#give(events, at);
        this.#held = this.#held.subarray(end.to - at);
        this.#fresh = false;
        this.#state = end.closing ? 'closed' : 'headers';
        return true;
      }
      // Another boundary that begins like ours is no boundary of ours.
      from = at + 2;
    }
  }

  /** Behind a boundary: `--` closes the body, blanks and a line end begin a part. */
  #passDelimiter(from: number): { closing: boolean; to: number } | 'need-more' | 'none' {
    const held = this.#held;
    let at = from;
    if (held[at] === HYPHEN) {
      if (at + 1 >= held.length) return 'need-more';
      return held[at + 1] === HYPHEN ? { closing: true, to: at + 2 } : 'none';
    }
    while (at < held.length && at - from < MAX_PADDING && (held[at] === SPACE || held[at] === TAB)) at += 1;
    if (at >= held.length) return 'need-more';
    if (held[at] !== CR) return 'none';
    if (at + 1 >= held.length) return 'need-more';
    // The line end is left: without any header it is the empty line's own.
    return held[at + 1] === LF ? { closing: false, to: at } : 'none';
  }

  /** Bytes at the end of what is held that may be the beginning of a boundary. */
  #openEnd(): number {
    const { length } = this.#held;
    for (let at = this.#held.indexOf(CR, Math.max(0, length - this.#delimiter.length + 1)); at >= 0; at = this.#held.indexOf(CR, at + 1)) {
      if (this.#held.compare(this.#delimiter, 0, length - at, at, length) === 0) return length - at;
    }
    return 0;
  }

  #give(events: MultipartEvent[], size: number): void {
    if (size === 0) return;
    const begin = this.#fresh ? 2 : 0;
    this.#fresh = false;
    if (this.#state === 'preamble') this.#preamble += size;
    else if (size > begin) events.push({ kind: 'bytes', bytes: this.#held.subarray(begin, size) });
    if (this.#preamble > MAX_PREAMBLE) throw new MultipartError(`holds no boundary in its first ${MAX_PREAMBLE} bytes`);
    this.#held = size === this.#held.length ? NOTHING : this.#held.subarray(size);
  }

  /** RFC 2046 5.1: from the line end of the boundary to the empty line. */
  #readHeaders(events: MultipartEvent[]): boolean {
    const end = this.#held.indexOf('\r\n\r\n', 0, 'latin1');
    if (end > MAX_HEADERS || (end < 0 && this.#held.length > MAX_HEADERS)) throw new MultipartError(`holds a part whose headers exceed ${MAX_HEADERS} bytes`);
    if (end < 0) return false;
    events.push({ kind: 'part', headers: parseHeaders(this.#held.toString('latin1', 0, end)) });
    this.#held = this.#held.subarray(end + 2);
    this.#fresh = true;
    this.#state = 'body';
    return true;
  }
}

/** By their names in lower case; of one that is there twice the first. */
function parseHeaders(text: string): Map<string, string> {
  const headers = new Map<string, string>();
  // RFC 5322 2.2.3: a line that begins with a blank goes on with the one before.
  for (const line of text.replace(/\r\n[ \t]+/g, ' ').split('\r\n')) {
    const colon = line.indexOf(':');
    const name = line.slice(0, Math.max(0, colon)).trim().toLowerCase();
    if (name !== '' && !headers.has(name)) headers.set(name, line.slice(colon + 1).trim());
  }
  return headers;
}
