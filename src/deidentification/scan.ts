import type { Level } from '../model/finding.js';

/** What a scanner of texts found in one: a rule of DID-040 to DID-047, what it is in a few words, and where. */
export interface ScanHit {
  code: string;
  level: Level;
  /** What was found, as a noun phrase that repeats nothing of the text: `a telephone number`. */
  what: string;
  start: number;
  end: number;
}

/** Where a text comes from, as a scanner wants to know it. */
export interface ScanContext {
  keyword: string | null;
  vr: string | null;
}

/** Finds what could identify somebody in a text. */
export type ScanText = (text: string, context: ScanContext) => readonly ScanHit[];

/** Texts remembered; the least recently added half goes when there are more. */
const MAX_REMEMBERED = 20_000;
/** Longer texts are not remembered: they hardly repeat. */
const MAX_REMEMBERED_CHARS = 512;

/** A scanner that answers from memory what it was asked before: the files of a series repeat their texts. */
export function rememberScans(scan: ScanText): ScanText {
  const known = new Map<string, readonly ScanHit[]>();
  return (text, context) => {
    if (text.length > MAX_REMEMBERED_CHARS) return scan(text, context);
    const key = `${context.keyword ?? ''}\0${context.vr ?? ''}\0${text}`;
    const before = known.get(key);
    if (before !== undefined) return before;
    const hits = scan(text, context);
    if (known.size >= MAX_REMEMBERED) for (const old of [...known.keys()].slice(0, MAX_REMEMBERED / 2)) known.delete(old);
    known.set(key, hits);
    return hits;
  };
}
