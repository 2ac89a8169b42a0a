import { characterClass, DIGIT, FOREIGN_LETTER, LOWER, SPACE, UPPER } from './character-class.js';
import { HASH_SEED, hashLetter, type Lexicon } from './lexicon.js';
import { OCR_CLASSES, readDisguised } from './ocr-word.js';

/** Kinds of a token. END stands behind the last one and before the first. */
export const END = 0;
export const WORD = 1;
export const NUMBER = 2;
/** One character that is neither letter nor digit nor space. */
export const SIGN = 3;
/** Letters of a script other than Latin. */
export const FOREIGN = 4;

/** How a word is written. */
export const SMALL = 0;
export const CAPITALISED = 1;
export const CAPITALS = 2;

const MAX_LETTERS = 40;
const SMALL_L = 0x6c;
/** Beginnings of surnames with a capital inside: `McDonald`, `DeLuca`, `O'Brien`. */
const INNER_CAPITAL = new Set(['Mc', 'Mac', 'De', 'Di', 'La', 'Le', 'Du', 'Van', 'Von', 'Al', 'El', 'Fitz', 'St', 'Ben', 'Dos', 'Da']);

/**
 * The tokens of a folded text, in columns: reading makes no object and no string a token. One instance is used again for
 * text after text. Token 0 is an END, so that a rule may always look one back.
 */
export class Tokens {
  text = '';
  /** Number of tokens; they are 1 to `count`. */
  count = 0;
  kind = new Uint8Array(0);
  start = new Int32Array(0);
  end = new Int32Array(0);
  /** Classes of a word, 0 for anything else; the code of a sign. */
  classes = new Int32Array(0);
  shape = new Uint8Array(0);
  /** 1 when white space, or the start of the text, is before the token. */
  gap = new Uint8Array(0);
  /** Some word is written small, some word begins with a capital. */
  hasSmall = false;
  hasCapital = false;
  readonly #lexicon: Lexicon;
  readonly #letters = new Uint8Array(MAX_LETTERS);

  constructor(lexicon: Lexicon) {
    this.#lexicon = lexicon;
    this.#grow(64);
  }

  /** Reads a text; what was read before is gone. */
  read(text: string): void {
    this.text = text;
    this.count = 0;
    this.hasSmall = false;
    this.hasCapital = false;
    let gap = 1;
    for (let at = 0; at < text.length; ) {
      const type = characterClass(text.charCodeAt(at));
      if (type === SPACE) {
        gap = 1;
        at++;
        continue;
      }
      if (this.count + 8 > this.kind.length) this.#grow(this.kind.length * 2);
      const index = this.count + 1;
      at = this.#readToken(at, type);
      this.gap[index] = gap;
      gap = 0;
    }
    this.#put(END, text.length, text.length, 0, 0);
    this.gap[this.count] = 1;
    this.count--;
  }

  /** The token as it stands in the folded text. */
  textOf(index: number): string {
    return this.text.slice(this.start[index], this.end[index]);
  }

  /** Number of characters of a token. */
  lengthOf(index: number): number {
    return (this.end[index] as number) - (this.start[index] as number);
  }

  /** Kind of a token; END beyond either end. */
  kindOf(index: number): number {
    return index < 1 || index > this.count ? END : (this.kind[index] as number);
  }

  /** Whether the token is this sign. */
  isSign(index: number, sign: string): boolean {
    return this.kindOf(index) === SIGN && this.classes[index] === sign.charCodeAt(0);
  }

  /** Whether the token is a word of any of these classes. */
  isWord(index: number, classes: number): boolean {
    return this.kindOf(index) === WORD && ((this.classes[index] as number) & classes) !== 0;
  }

  #readToken(at: number, type: number): number {
    if (type === UPPER || type === LOWER) return this.#readWord(at);
    if (type === DIGIT) return this.#readDisguised(at, this.#isLetter(this.#runEnd(at, DIGIT))) ?? this.#readRun(at, DIGIT, NUMBER);
    if (type === FOREIGN_LETTER) return this.#readRun(at, FOREIGN_LETTER, FOREIGN);
    this.#put(SIGN, at, at + 1, this.text.charCodeAt(at), 0);
    return at + 1;
  }

  #readRun(start: number, type: number, kind: number): number {
    const end = this.#runEnd(start, type);
    this.#put(kind, start, end, 0, 0);
    return end;
  }

  #runEnd(start: number, type: number): number {
    let end = start + 1;
    while (end < this.text.length && characterClass(this.text.charCodeAt(end)) === type) end++;
    return end;
  }

  /** A word that optical recognition, or somebody who hides it, wrote with digits; only at the start of letters and digits. */
  #readDisguised(at: number, mayBe: boolean): number | null {
    if (!mayBe) return null;
    if (at > 0 && characterClass(this.text.charCodeAt(at - 1)) <= DIGIT) return null;
    const word = readDisguised(this.text, at);
    if (word === null) return null;
    const classes = word.readings.map((reading) => this.#lexicon.classesOf(reading)).find((each) => (each & OCR_CLASSES) !== 0);
    if (classes === undefined) return null;
    this.#put(WORD, at, word.end, classes, CAPITALS);
    return word.end;
  }

  #readWord(start: number): number {
    const { text } = this;
    let hash = HASH_SEED;
    let length = 0;
    let capitals = 0;
    let ells = 0;
    let at = start;
    let before = UPPER;
    for (; at < text.length; at++) {
      const code = text.charCodeAt(at);
      const type = characterClass(code);
      if (type !== UPPER && type !== LOWER) {
        if (code === 0x27 && length === 1 && this.#isLetter(at + 1)) continue; // O'Brien
        break;
      }
      if (type === UPPER) {
        if (before === LOWER && !INNER_CAPITAL.has(text.slice(start, at))) break;
        capitals++;
      }
      before = type;
      if (code === SMALL_L) ells++;
      const letter = code & ~0x20;
      if (length < MAX_LETTERS) this.#letters[length] = letter;
      hash = hashLetter(hash, letter);
      length++;
    }
    const suspect = (at < text.length && characterClass(text.charCodeAt(at)) === DIGIT) || (ells > 0 && capitals > 1);
    const disguised = this.#readDisguised(start, suspect);
    if (disguised !== null) return disguised;
    const classes = length > 1 && length <= MAX_LETTERS ? this.#lexicon.find(hash, this.#letters, length) : 0;
    const first = characterClass(text.charCodeAt(start)) === UPPER;
    if (first) this.hasCapital = true;
    else this.hasSmall = true;
    this.#put(WORD, start, at, classes, capitals === length ? CAPITALS : first ? CAPITALISED : SMALL);
    return this.#skipGenitive(at);
  }

  /** `Smith's`: the genitive is no word. */
  #skipGenitive(at: number): number {
    if (this.text.charCodeAt(at) !== 0x27 || (this.text.charCodeAt(at + 1) & ~0x20) !== 0x53) return at;
    return this.#isLetter(at + 2) ? at : at + 2;
  }

  #isLetter(at: number): boolean {
    const type = at < this.text.length ? characterClass(this.text.charCodeAt(at)) : SPACE;
    return type === UPPER || type === LOWER;
  }

  #put(kind: number, start: number, end: number, classes: number, shape: number): void {
    const index = ++this.count;
    this.kind[index] = kind;
    this.start[index] = start;
    this.end[index] = end;
    this.classes[index] = classes;
    this.shape[index] = shape;
    this.gap[index] = 0;
  }

  #grow(size: number): void {
    const copy = <T extends Uint8Array | Int32Array>(into: T, from: T): T => (into.set(from), into);
    this.kind = copy(new Uint8Array(size), this.kind);
    this.start = copy(new Int32Array(size), this.start);
    this.end = copy(new Int32Array(size), this.end);
    this.classes = copy(new Int32Array(size), this.classes);
    this.shape = copy(new Uint8Array(size), this.shape);
    this.gap = copy(new Uint8Array(size), this.gap);
  }
}
