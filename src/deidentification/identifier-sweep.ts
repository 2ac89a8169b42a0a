import { PREFIX_CHARS, type IdentifierSet } from './identifier-set.js';
import { LEAST_CHARS, wordsOf } from './identifier-words.js';

/** An identifier that was met. */
export interface Match {
  /** Where it begins, in bytes from the start of what was swept; -1 in text that was decoded. */
  at: number;
  form: string;
}

/** Kinds of bytes. */
const OTHER = 0;
const LETTER = 1;
const DIGIT = 2;
const KIND = new Uint8Array(256);
for (let byte = 0x30; byte <= 0x39; byte += 1) KIND[byte] = DIGIT;
for (let byte = 0x41; byte <= 0x5a; byte += 1) KIND[byte] = KIND[byte + 0x20] = LETTER;
const DOT = 0x2e;

/** Longest word: more is no identifier, and cut there. */
const MAX_WORD_CHARS = 256;
/** Characters between two words of one identifier. */
const MAX_GAP = 3;
/** Matches of one sweep; one is enough to keep a file back. */
const MAX_MATCHES = 20;

/** What is taken for an identifier in some bytes. */
export interface SweepBounds {
  /** Shortest match in characters: in pixels, which spell everything, a short one means nothing. */
  chars: number;
  /** Shortest word in characters. */
  word: number;
}

export const IN_TEXT: SweepBounds = { chars: LEAST_CHARS, word: 1 };
export const IN_PIXELS: SweepBounds = { chars: 8, word: 3 };

/** Looks for identifiers in bytes that are read one after the other. */
export class IdentifierSweep {
  readonly matches: Match[] = [];
  /** The last words, oldest first, and where the first begins and the last ends. */
  private chain: string[] = [];
  private starts: number[] = [];
  private chainEnd = -1;

  constructor(
    private readonly set: IdentifierSet,
    private readonly bounds: SweepBounds,
  ) {}

  /** Sweeps bytes of ASCII (`step` 1) or of UTF-16 of either order (2). `base` is added to the places of matches. */
  bytes(bytes: Buffer, base: number, step: 1 | 2): void {
    this.breakChain();
    const { length } = bytes;
    const least = this.bounds.word * step;
    for (let at = 0; at < length && this.matches.length < MAX_MATCHES; ) {
      while (at < length && KIND[bytes[at] as number] === OTHER) at += 1;
      if (at === length) break;
      const end = step === 1 ? endOfRun(bytes, at) : endOfWideRun(bytes, at);
      if (end - at >= least - 1) this.run(bytes, at, end, base, step);
      else if (this.bounds.word > 1 && this.chain.length > 0) this.breakChain();
      at = end;
    }
  }

  /** Sweeps a decoded text. */
  text(text: string): void {
    this.breakChain();
    for (const word of wordsOf(text)) this.word(word, -1, -1, 0);
  }

  private breakChain(): void {
    this.chain = [];
    this.starts = [];
  }

  private run(bytes: Buffer, from: number, end: number, base: number, step: 1 | 2): void {
    const text = this.read(bytes, from, Math.min(end, from + MAX_WORD_CHARS * step), step);
    this.word(text, base + from, base + end, step);
    this.parts(text, base + from, step);
    this.inside(text, base + from, step);
    if (bytes[end] === DOT && KIND[bytes[from] as number] === DIGIT && (from === 0 || bytes[from - step] !== DOT)) this.uid(bytes, from, base, step);
  }

  private read(bytes: Buffer, from: number, end: number, step: 1 | 2): string {
    const text = bytes.toString('latin1', from, end);
    return (step === 1 ? text : text.replaceAll('\0', '')).toLowerCase();
  }

  /** A word, alone and with those right before it. */
  private word(word: string, from: number, end: number, step: number): void {
    if (this.chain.length > 0 && step > 0 && from - this.chainEnd > MAX_GAP * step) this.breakChain();
    this.chain.push(word);
    this.starts.push(from);
    if (this.chain.length > this.set.words) {
      this.chain.shift();
      this.starts.shift();
    }
    this.chainEnd = end;
    let form = '';
    for (let index = this.chain.length - 1; index >= 0; index -= 1) {
      form = form === '' ? (this.chain[index] as string) : `${this.chain[index]} ${form}`;
      this.look(form, this.starts[index] as number);
    }
  }

  /** Runs of digits or letters in a word of both: `MRN1234567`. */
  private parts(word: string, at: number, step: number): void {
    let from = 0;
    for (let index = 1; index <= word.length; index += 1) {
      if (index < word.length && KIND[word.charCodeAt(index)] === KIND[word.charCodeAt(index - 1)]) continue;
      if (from > 0 || index < word.length) this.look(word.slice(from, index), at + from * step);
      from = index;
    }
  }

  /** Long identifiers anywhere in a longer word. */
  private inside(word: string, at: number, step: number): void {
    for (let index = 0; index + PREFIX_CHARS <= word.length; index += 1) {
      const found = this.set.startingWith(word.slice(index));
      if (found !== null && found.length < word.length) this.add(found, at + index * step);
    }
  }

  private uid(bytes: Buffer, from: number, base: number, step: 1 | 2): void {
    let end = from;
    while (end < bytes.length && end - from < 65 * step && (bytes[end] === DOT || KIND[bytes[end] as number] === DIGIT)) end += step;
    this.look(this.read(bytes, from, end, step), base + from);
  }

  private look(form: string, at: number): void {
    if (form.length >= this.bounds.chars && this.set.lengths.has(form.length) && this.set.has(form)) this.add(form, at);
  }

  private add(form: string, at: number): void {
    if (this.matches.length < MAX_MATCHES && !this.matches.some((match) => match.form === form && match.at === at)) this.matches.push({ at, form });
  }
}

function endOfRun(bytes: Buffer, from: number): number {
  let at = from + 1;
  while (at < bytes.length && KIND[bytes[at] as number] !== OTHER) at += 1;
  return at;
}

/** Characters with a zero between them; the last one's own may be missing. */
function endOfWideRun(bytes: Buffer, from: number): number {
  let at = from + 2;
  while (at < bytes.length && bytes[at - 1] === 0 && KIND[bytes[at] as number] !== OTHER) at += 2;
  return Math.min(at, bytes.length);
}
