/** Rules about text, DID-040 to DID-047 of the catalogue of checks. */
export type TextCode = 'DID-040' | 'DID-041' | 'DID-042' | 'DID-043' | 'DID-044' | 'DID-045' | 'DID-046' | 'DID-047';

/** Something in a text that may identify somebody. */
export interface TextHit {
  code: TextCode;
  level: 'error' | 'warning';
  /** What it is, half a sentence: `a phone number`. Never the value. */
  what: string;
  /** Offsets in the text as it was given, in UTF-16 units; `end` is behind the last one. */
  start: number;
  end: number;
}

/** More hits of one rule in one value tell nothing new; it also bounds the work on hostile text. */
const MAX_HITS_PER_CODE = 20;

/** Gathers the hits of one text. Of hits of one rule that overlap the worse stays, or else the first. */
export class HitList {
  readonly #hits: TextHit[] = [];

  add(code: TextCode, level: TextHit['level'], what: string, start: number, end: number): void {
    const hit: TextHit = { code, level, what, start, end };
    const same = this.#hits.findIndex((other) => other.code === code && other.start < end && start < other.end);
    if (same < 0 && this.#countOf(code) < MAX_HITS_PER_CODE) this.#hits.push(hit);
    else if (level === 'error') this.#replaceWarning(same >= 0 ? same : this.#hits.findIndex((other) => other.code === code && other.level === 'warning'), hit);
  }

  #countOf(code: TextCode): number {
    return this.#hits.reduce((count, hit) => (hit.code === code ? count + 1 : count), 0);
  }

  /** An error is never lost behind warnings. */
  #replaceWarning(index: number, hit: TextHit): void {
    if (this.#hits[index]?.level === 'warning') this.#hits[index] = hit;
  }

  /** All hits, by where they start, then by rule. */
  toArray(): TextHit[] {
    return this.#hits.sort((a, b) => a.start - b.start || (a.code < b.code ? -1 : a.code > b.code ? 1 : a.end - b.end));
  }
}
