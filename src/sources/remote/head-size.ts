import { FIRST_READ_BYTES } from '../../dicom/limits.js';

/** The least that is asked for: headers of plain slices fit, and an answer of that size costs a server about as much as an empty one. */
const MIN_BYTES = 4096;

/** Headers that are remembered: one that is larger than the rest costs the next so many files a larger answer, never all of them. */
const REMEMBERED = 32;

/** How many first bytes of a file are asked for at once: what the headers of its source took lately, and 64 KiB until that is known. */
export class HeadSize {
  readonly #lately: number[] = [];
  #at = 0;

  /** A power of two from 4 KiB to 64 KiB. */
  get bytes(): number {
    return this.#lately.length === 0 ? FIRST_READ_BYTES : Math.max(...this.#lately);
  }

  /**
   * Remembers what one header took.
   * @param fits whether the first so many bytes give the same reading; asked in descending order, until they do not
   */
  note(held: number, fits: (bytes: number) => boolean): void {
    let took = MIN_BYTES;
    while (took < held && took < FIRST_READ_BYTES) took *= 2;
    while (took > MIN_BYTES && fits(took / 2)) took /= 2;
    this.#lately[this.#at] = took;
    this.#at = (this.#at + 1) % REMEMBERED;
  }
}
