/** A chunk that weighs is closed at this weight (bytes), or at so many items: some milliseconds of work either way. */
const CHUNK_BYTES = 16 << 20;
const CHUNK_ITEMS = 256;

/**
 * Cuts items into the chunks that are sent to workers, lazily: `size` items each, or, when `size` is a function, as many
 * as weigh 16 MiB together by it, at most 256.
 */
export function* cutChunks<Item>(items: Iterable<Item>, size: number | ((item: Item) => number)): Generator<Item[]> {
  const limit = typeof size === 'number' ? Math.max(1, size) : CHUNK_ITEMS;
  let chunk: Item[] = [];
  let weight = 0;
  for (const item of items) {
    chunk.push(item);
    if (typeof size === 'function') weight += size(item);
    if (chunk.length >= limit || weight >= CHUNK_BYTES) {
      yield chunk;
      chunk = [];
      weight = 0;
    }
  }
  if (chunk.length > 0) yield chunk;
}
