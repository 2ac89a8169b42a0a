const [QUOTE, BACKSLASH, COMMA] = [0x22, 0x5c, 0x2c];
const [OPEN_LIST, CLOSE_LIST, OPEN_OBJECT, CLOSE_OBJECT] = [0x5b, 0x5d, 0x7b, 0x7d];

const isSpace = (byte: number): boolean => byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;

/** The text is no list of objects, or one of them is too long; the message is a clause. */
export class JsonItemsError extends Error {}

/**
 * Cuts the text of a JSON list of objects into those of its objects, as it comes, and holds no more than one. Whether an object is
 * JSON is for a parser to say: where brackets do not pair, it gets what cannot be parsed.
 */
export class JsonItems {
  /** Open brackets, that of the list too. */
  #depth = 0;
  #inString = false;
  #escaped = false;
  #ended = false;
  #held: Uint8Array[] = [];
  #size = 0;

  /** @param maxBytes of one object */
  constructor(readonly maxBytes: number) {}

  /** Whether the list came to its end. */
  get ended(): boolean {
    return this.#ended;
  }

  /** Takes the next bytes and gives the objects that end in them. @throws {JsonItemsError} */
  *push(chunk: Uint8Array): Generator<Uint8Array, void> {
    let begun = 0;
    for (let at = 0; at < chunk.length; at += 1) {
      const byte = chunk[at] as number;
      if (this.#depth > 1) {
        if (this.#isEnd(byte)) yield this.#item(chunk.subarray(begun, at + 1));
      } else if (this.#isStart(byte)) begun = at;
    }
    if (this.#depth > 1) this.#hold(chunk.slice(begun));
  }

  /** Between the objects; true where one begins. */
  #isStart(byte: number): boolean {
    if (isSpace(byte)) return false;
    if (!this.#ended && this.#depth === 0 && byte === OPEN_LIST) this.#depth = 1;
    else if (this.#depth === 1 && byte === OPEN_OBJECT) {
      this.#depth = 2;
      return true;
    } else if (this.#depth === 1 && byte === CLOSE_LIST) {
      this.#depth = 0;
      this.#ended = true;
    } else if (this.#depth !== 1 || byte !== COMMA) throw new JsonItemsError('it is no list of objects');
    return false;
  }

  /** Inside of an object; true at its last byte. */
  #isEnd(byte: number): boolean {
    if (this.#inString) {
      if (this.#escaped) this.#escaped = false;
      else if (byte === BACKSLASH) this.#escaped = true;
      else if (byte === QUOTE) this.#inString = false;
      return false;
    }
    if (byte === QUOTE) this.#inString = true;
    else if (byte === OPEN_OBJECT || byte === OPEN_LIST) this.#depth += 1;
    else if (byte === CLOSE_OBJECT || byte === CLOSE_LIST) this.#depth -= 1;
    return this.#depth === 1;
  }

  #item(last: Uint8Array): Uint8Array {
    this.#hold(last);
    const item = this.#held.length === 1 ? last : Buffer.concat(this.#held, this.#size);
    this.#held = [];
    this.#size = 0;
    return item;
  }

  #hold(part: Uint8Array): void {
    this.#size += part.length;
    if (this.#size > this.maxBytes) throw new JsonItemsError(`an object is over ${this.maxBytes} bytes`);
    this.#held.push(part);
  }
}
