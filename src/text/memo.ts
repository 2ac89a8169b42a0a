/** Longer texts are not kept: they do not repeat, and they are large. */
const MAX_TEXT_CHARS = 512;
/** Entries of one generation; two are kept. */
const MAX_ENTRIES = 8192;

/** Results by text, bounded: when a generation is full the one before it is forgotten. */
export class Memo<T> {
  #young = new Map<string, T>();
  #old = new Map<string, T>();

  /** The result for `prefix` and `text`, made when it is not known. */
  get(prefix: string, text: string, make: () => T): T {
    if (text.length > MAX_TEXT_CHARS) return make();
    const key = prefix + text;
    const known = this.#young.get(key) ?? this.#old.get(key);
    const result = known ?? make();
    if (!this.#young.has(key)) {
      if (this.#young.size >= MAX_ENTRIES) [this.#old, this.#young] = [this.#young, new Map<string, T>()];
      this.#young.set(key, result);
    }
    return result;
  }
}
