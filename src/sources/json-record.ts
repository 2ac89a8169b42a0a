/** A defect of a JSON text, as a clause: `a key stands twice`. */
export class JsonDefect extends Error {
  override readonly name = 'JsonDefect';

  constructor(
    message: string,
    readonly key: string | null = null,
  ) {
    super(message);
  }
}

/** A list of scalars, whose members the caller joins. */
export type JsonCell = string | null | (string | null)[];

/** Deepest nesting of a cell that is an object or a list of lists. */
const DEPTH_MAX = 32;

const NUMBER = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y;
const PLAIN_TEXT = /[^"\\\u0000-\u001f]*/y;
const UNWANTED = /[\u0000-\u0008\u000b\u000c\u000e-\u001f]/;

/**
 * Reads one JSON object (RFC 8259) as a row: key to cell, in the order of the text. Numbers keep the text they are
 * written with, true and false become text, null is an empty cell, an object or a list of lists keeps its JSON text.
 * @throws {JsonDefect} no object, malformed, a key twice, nested too deep, or text that no table may hold
 */
export function parseJsonRecord(text: string): Map<string, JsonCell> {
  return new RecordParser(text).parse();
}

const HALF_PAIR = /\p{Surrogate}/u;

class RecordParser {
  private at = 0;
  private readonly row = new Map<string, JsonCell>();

  constructor(private readonly text: string) {}

  parse(): Map<string, JsonCell> {
    this.skipBlanks();
    this.object(0, (key) => {
      if (this.row.has(key)) throw new JsonDefect('a key stands twice in an object', key);
      this.row.set(key, this.cell(key));
    });
    this.skipBlanks();
    if (this.at < this.text.length) throw new JsonDefect('something follows the object');
    return this.row;
  }

  /** The value of a column. */
  private cell(key: string): JsonCell {
    const start = this.at;
    const opening = this.text[this.at];
    if (opening === '[') {
      const members: (string | null)[] = [];
      let scalars = true;
      this.list(0, () => {
        const next = this.text[this.at];
        if (next === '{' || next === '[') {
          scalars = false;
          this.skipValue(1);
        } else members.push(this.scalar(key));
      });
      return scalars ? members : this.text.slice(start, this.at);
    }
    if (opening !== '{') return this.scalar(key);
    this.skipValue(0);
    return this.text.slice(start, this.at);
  }

  private scalar(key: string): string | null {
    if (this.text[this.at] === '"') {
      const value = this.string();
      if (UNWANTED.test(value)) throw new JsonDefect('a control character stands in a value', key);
      if (HALF_PAIR.test(value)) throw new JsonDefect('half of a surrogate pair stands in a value', key);
      return value;
    }
    for (const literal of ['true', 'false', 'null'])
      if (this.text.startsWith(literal, this.at)) {
        this.at += literal.length;
        return literal === 'null' ? null : literal;
      }
    NUMBER.lastIndex = this.at;
    const number = NUMBER.exec(this.text)?.[0];
    if (number === undefined) throw new JsonDefect('the text is not JSON', key);
    this.at += number.length;
    return number;
  }

  private skipValue(depth: number): void {
    const opening = this.text[this.at];
    if (opening === '{') {
      const keys = new Set<string>();
      this.object(depth, (key) => {
        if (keys.has(key)) throw new JsonDefect('a key stands twice in an object', key);
        keys.add(key);
        this.skipValue(depth + 1);
      });
    } else if (opening === '[') this.list(depth, () => this.skipValue(depth + 1));
    else this.scalar('');
  }

  private object(depth: number, member: (key: string) => void): void {
    this.sequence(depth, '{', '}', () => {
      if (this.text[this.at] !== '"') throw new JsonDefect('the text is not JSON');
      const key = this.string();
      this.skipBlanks();
      this.expect(':');
      this.skipBlanks();
      member(key);
    });
  }

  private list(depth: number, member: () => void): void {
    this.sequence(depth, '[', ']', member);
  }

  private sequence(depth: number, opening: string, closing: string, member: () => void): void {
    if (depth > DEPTH_MAX) throw new JsonDefect(`values are nested deeper than ${DEPTH_MAX} levels`);
    this.expect(opening);
    this.skipBlanks();
    if (this.text[this.at] === closing) {
      this.at += 1;
      return;
    }
    for (;;) {
      member();
      this.skipBlanks();
      if (this.text[this.at] === closing) break;
      this.expect(',');
      this.skipBlanks();
    }
    this.at += 1;
  }

  private string(): string {
    const start = this.at;
    this.at += 1;
    let escaped = false;
    for (;;) {
      PLAIN_TEXT.lastIndex = this.at;
      PLAIN_TEXT.exec(this.text);
      this.at = PLAIN_TEXT.lastIndex;
      const next = this.text[this.at];
      if (next === '"') break;
      if (next !== '\\') throw new JsonDefect(next === undefined ? 'a text is never closed' : 'a control character stands in a text');
      escaped = true;
      this.at += 2;
    }
    this.at += 1;
    if (!escaped) return this.text.slice(start + 1, this.at - 1);
    try {
      return JSON.parse(this.text.slice(start, this.at)) as string;
    } catch {
      throw new JsonDefect('the text is not JSON');
    }
  }

  private expect(character: string): void {
    if (this.text[this.at] !== character) throw new JsonDefect('the text is not JSON');
    this.at += 1;
  }

  private skipBlanks(): void {
    for (;;) {
      const code = this.text.charCodeAt(this.at);
      if (code !== 0x20 && code !== 0x0a && code !== 0x0d && code !== 0x09) return;
      this.at += 1;
    }
  }
}
