/** Workers that may die on an item before it is given up. */
export const ATTEMPTS = 3;

/** Items of one run that may be given up: more than that is no matter of single files. */
const MAX_GIVEN_UP = 100;

/** The chunks of a run that are still to be given out: those that came back from workers that died, then the others. */
export class ChunkSupply<Item> {
  readonly #returned: Item[][] = [];
  readonly #deaths = new Map<Item, number>();
  #givenUp = 0;
  #next: IteratorResult<Item[], unknown>;

  /** Looks one chunk ahead. */
  constructor(readonly chunks: Iterator<Item[], unknown>) {
    this.#next = chunks.next();
  }

  get empty(): boolean {
    return this.#returned.length === 0 && this.#next.done === true;
  }

  /** The next chunk; undefined when there is none. */
  take(): Item[] | undefined {
    const returned = this.#returned.pop();
    if (returned !== undefined || this.#next.done === true) return returned;
    const items = this.#next.value;
    this.#next = this.chunks.next();
    return items;
  }

  /**
   * Takes back the chunks of a worker that died on the item at `place` of the chunk number `at`. That item comes alone the next
   * time, so that no other is suspected with it; it does not come again when it is `given-up`.
   */
  giveBack(chunks: readonly Item[][], at: number, place: number): 'again' | 'given-up' | 'too-many' {
    const chunk = chunks[at] ?? [];
    const item = chunk[place] as Item;
    const deaths = (this.#deaths.get(item) ?? 0) + 1;
    this.#deaths.set(item, deaths);
    const rest = [...chunks.slice(0, at), chunk.slice(0, place), chunk.slice(place + 1), ...chunks.slice(at + 1)];
    const givenUp = deaths >= ATTEMPTS;
    this.#returned.push(...[...rest, ...(givenUp ? [] : [[item]])].filter(({ length }) => length > 0));
    if (!givenUp) return 'again';
    this.#deaths.delete(item);
    this.#givenUp += 1;
    return this.#givenUp > MAX_GIVEN_UP ? 'too-many' : 'given-up';
  }

  /** Nothing more will be taken. */
  close(): void {
    this.chunks.return?.(undefined);
  }
}
