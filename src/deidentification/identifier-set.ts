import { parseJsonStrict } from '../fixity/json.js';
import { KeyedBloom, type KeyedBloomDocument } from '../fixity/keyed-bloom.js';
import { formsOf } from './identifier-words.js';

/** The identifiers that are looked for, whether the list holds them or only a filter of them. */
export interface IdentifierSet {
  /** Most words of one. */
  readonly words: number;
  /** Lengths of the forms in characters, blanks included. */
  readonly lengths: ReadonlySet<number>;
  /** Whether some hold letters beyond ASCII. */
  readonly beyondAscii: boolean;
  /** Entries of the list that are too short or too long to be looked for. */
  readonly unusable: number;
  /** Whether one has this form: see `formsOf`. */
  has(form: string): boolean;
  /** The identifier of one word that begins at the start of this text of at least eight characters; null where there is none, or a filter cannot tell. */
  startingWith(text: string): string | null;
}

/** A keyed filter of identifiers as a file holds it: the filter, and what a search needs to know of its entries. */
export interface IdentifierFilterDocument extends KeyedBloomDocument {
  words: number;
  lengths: number[];
  beyond_ascii: boolean;
}

/** Characters by which identifiers inside longer words are found. */
export const PREFIX_CHARS = 8;

/** Identifiers in the clear. */
export class IdentifierList implements IdentifierSet {
  readonly lengths = new Set<number>();
  words = 1;
  beyondAscii = false;
  unusable = 0;
  private readonly forms = new Set<string>();
  private readonly byPrefix = new Map<string, string[]>();

  constructor(identifiers: Iterable<string>) {
    for (const identifier of identifiers) this.add(identifier);
  }

  private add(identifier: string): void {
    const forms = formsOf(identifier);
    if (forms.length === 0) this.unusable += 1;
    for (const form of forms) {
      if (this.forms.has(form)) continue;
      this.forms.add(form);
      this.lengths.add(form.length);
      this.words = Math.max(this.words, form.split(' ').length);
      if (/[^\x20-\x7e]/.test(form)) this.beyondAscii = true;
      if (form.length < PREFIX_CHARS || form.includes(' ') || form.includes('.')) continue;
      const prefix = form.slice(0, PREFIX_CHARS);
      this.byPrefix.set(prefix, [...(this.byPrefix.get(prefix) ?? []), form]);
    }
    // A name beyond ASCII is met without its accents; the list must say so even when its folded form is ASCII.
    if (/[^\x20-\x7e]/.test(identifier)) this.beyondAscii = true;
  }

  has(form: string): boolean {
    return this.forms.has(form);
  }

  startingWith(text: string): string | null {
    return this.byPrefix.get(text.slice(0, PREFIX_CHARS))?.find((form) => text.startsWith(form)) ?? null;
  }

  /** The list as a keyed filter, which can leave the site that the list may not. @throws {RangeError} see KeyedBloom */
  toFilter(key: Uint8Array): IdentifierFilterDocument {
    const bloom = KeyedBloom.forEntries(this.forms.size, key);
    for (const form of this.forms) bloom.add(form);
    return { ...bloom.toDocument(), words: this.words, lengths: [...this.lengths].sort((a, b) => a - b), beyond_ascii: this.beyondAscii };
  }
}

/** Identifiers that only a keyed filter knows. */
export class IdentifierFilter implements IdentifierSet {
  readonly words: number;
  readonly lengths: ReadonlySet<number>;
  readonly beyondAscii: boolean;
  readonly unusable = 0;
  private readonly bloom: KeyedBloom;
  private readonly asked = new Map<string, boolean>();

  /** @throws {RangeError} it is no filter, or the key is another one */
  constructor(document: IdentifierFilterDocument, key: Uint8Array) {
    this.bloom = KeyedBloom.open(document, key);
    const { words, lengths } = document;
    if (!Number.isInteger(words) || words < 1 || words > 16 || !Array.isArray(lengths) || !lengths.every(Number.isInteger)) throw new RangeError('the filter is damaged');
    this.words = words;
    this.lengths = new Set(lengths);
    this.beyondAscii = document.beyond_ascii === true;
  }

  has(form: string): boolean {
    if (!this.lengths.has(form.length)) return false;
    const before = this.asked.get(form);
    if (before !== undefined) return before;
    const answer = this.bloom.has(form);
    if (this.asked.size >= 50_000) this.asked.clear();
    this.asked.set(form, answer);
    return answer;
  }

  startingWith(): null {
    return null;
  }
}

/** The most an identifier list may hold, in bytes. */
const MAX_LIST_BYTES = 256 * 1024 * 1024;

/**
 * Reads what `known_identifiers` names: a text with an identifier a line (`#` begins a comment), or a filter as JSON with
 * its key, which is kept apart. @throws {RangeError} too long, or a filter without its key or with another one
 */
export function readIdentifiers(bytes: Buffer, key: Uint8Array | null): IdentifierSet {
  if (bytes.length > MAX_LIST_BYTES) throw new RangeError('the list of identifiers is too long');
  const text = bytes.toString('utf8').replace(/^\ufeff/, '');
  if (!text.startsWith('{')) return new IdentifierList(text.split(/\r?\n/).map((line) => line.trim()).filter((line) => line !== '' && !line.startsWith('#')));
  if (key === null) throw new RangeError('the filter of identifiers needs its key');
  const reading = parseJsonStrict(text, { maxBytes: 2 * MAX_LIST_BYTES, maxDepth: 4 });
  if (!reading.ok) throw new RangeError(`the filter of identifiers is damaged: ${reading.reason}`);
  return new IdentifierFilter(reading.value as IdentifierFilterDocument, key);
}
