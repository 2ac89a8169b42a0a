import type { HitList, TextCode, TextHit } from './hits.js';
import type { Tokens } from './tokens.js';

/** Where a text comes from; the same words mean other things in a comment and among bytes. */
export type TextKind = 'description' | 'name' | 'free-text' | 'cell' | 'path' | 'bytes';

/** One text while it is scanned: what a rule sees and where it puts its hits. */
export interface Reading {
  readonly tokens: Tokens;
  readonly towns: ReadonlySet<string>;
  readonly kind: TextKind;
  /** The value is a code, a version or a serial of an instrument: its digits and dates say nothing of a person. */
  readonly technical: boolean;
  /** Some word of it is written small: small words are then no proper names where they can be anything else. */
  readonly mixedCase: boolean;
  readonly hits: HitList;
}

/** Adds a hit that covers the tokens from `first` to `last`. */
export function hitTokens(reading: Reading, code: TextCode, level: TextHit['level'], what: string, first: number, last: number): void {
  const { tokens, hits } = reading;
  hits.add(code, level, what, tokens.start[first] as number, tokens.end[last] as number);
}
