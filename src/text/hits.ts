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
  readonly #byCode = new Map<TextCode, TextHit[]>();

  add(code: TextCode, level: TextHit['level'], what: string, start: number, end: number): void {
    const hits = this.#byCode.get(code) ?? [];
    this.#byCode.set(code, hits);
    const same = hits.findIndex((hit) => hit.start < end && start < hit.end);
    const rival = hits[same];
    if (rival !== undefined) {
      if (rival.level === 'warning' && level === 'error') hits[same] = { code, level, what, start, end };
      return;
    }
    if (hits.length < MAX_HITS_PER_CODE) hits.push({ code, level, what, start, end });
    else if (level === 'error') this.#replaceWarning(hits, { code, level, what, start, end });
  }

  /** An error is never lost behind warnings. */
  #replaceWarning(hits: TextHit[], hit: TextHit): void {
    const index = hits.findIndex(({ level }) => level === 'warning');
    if (index >= 0) hits[index] = hit;
  }

  /** All hits, by where they start, then by rule. */
  toArray(): TextHit[] {
    return [...this.#byCode.values()].flat().sort((a, b) => a.start - b.start || (a.code < b.code ? -1 : a.code > b.code ? 1 : a.end - b.end));
  }
}
