const EMPTY = -1;

/** The hash of a word before its first letter. */
export const HASH_SEED = 0x811c9dc5 | 0;

/** The hash of a word, one capital letter further. */
export function hashLetter(hash: number, letter: number): number {
  return Math.imul(hash ^ letter, 0x01000193);
}

/**
 * Words of A to Z with their classes, found by a hash that a reader of text computes on its way: no string is made for a
 * word of the text.
 */
export class Lexicon {
  readonly #mask: number;
  /** Index of the word in a slot, or EMPTY. */
  readonly #slots: Int32Array;
  readonly #starts: Int32Array;
  readonly #letters: Uint8Array;
  readonly #classes: Int32Array;

  constructor(words: ReadonlyMap<string, number>) {
    this.#mask = 2 ** Math.ceil(Math.log2(Math.max(16, words.size * 3))) - 1;
    this.#slots = new Int32Array(this.#mask + 1).fill(EMPTY);
    this.#starts = new Int32Array(words.size + 1);
    this.#classes = new Int32Array(words.size);
    this.#letters = new Uint8Array([...words.keys()].reduce((sum, word) => sum + word.length, 0));
    let index = 0;
    for (const [word, classes] of words) this.#add(index++, word, classes);
  }

  #add(index: number, word: string, classes: number): void {
    const start = this.#starts[index] as number;
    let hash = HASH_SEED;
    for (let at = 0; at < word.length; at++) {
      const letter = word.charCodeAt(at);
      this.#letters[start + at] = letter;
      hash = hashLetter(hash, letter);
    }
    this.#starts[index + 1] = start + word.length;
    this.#classes[index] = classes;
    let slot = this.#slotOf(hash);
    while (this.#slots[slot] !== EMPTY) slot = (slot + 1) & this.#mask;
    this.#slots[slot] = index;
  }

  /** The multiplied hash is weak in its low bits: the high ones are mixed in. */
  #slotOf(hash: number): number {
    return (hash ^ (hash >>> 15)) & this.#mask;
  }

  /** Classes of a word whose hash and capital letters are known; 0 when it is in no list. */
  find(hash: number, letters: Uint8Array, length: number): number {
    for (let slot = this.#slotOf(hash); ; slot = (slot + 1) & this.#mask) {
      const index = this.#slots[slot] as number;
      if (index === EMPTY) return 0;
      if (this.#equals(index, letters, length)) return this.#classes[index] as number;
    }
  }

  #equals(index: number, letters: Uint8Array, length: number): boolean {
    const start = this.#starts[index] as number;
    if ((this.#starts[index + 1] as number) - start !== length) return false;
    for (let at = 0; at < length; at++) if (this.#letters[start + at] !== letters[at]) return false;
    return true;
  }

  /** Classes of a word of any case, letters A to Z; for the few that are put together from parts. */
  classesOf(word: string): number {
    const letters = new Uint8Array(word.length);
    let hash = HASH_SEED;
    for (let at = 0; at < word.length; at++) {
      const letter = word.charCodeAt(at) & ~0x20;
      letters[at] = letter;
      hash = hashLetter(hash, letter);
    }
    return this.find(hash, letters, word.length);
  }
}
