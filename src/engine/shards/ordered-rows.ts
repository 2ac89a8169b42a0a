import assert from 'node:assert';
import type { ResultRow } from './parquet-rows.js';

/** Puts rows that come in any order into the order of their items, holding back what is too early. */
export class OrderedRows {
  /** Rows that say that their item failed. */
  failed = 0;
  readonly #early = new Map<number, ResultRow>();
  #next = 0;

  constructor(readonly onRow: (row: ResultRow) => void) {}

  add(row: ResultRow): void {
    assert(row.item >= this.#next && !this.#early.has(row.item), 'an item is answered once');
    if (row.outcome === 'failed') this.failed += 1;
    this.#early.set(row.item, row);
    for (let next = this.#early.get(this.#next); next !== undefined; next = this.#early.get(this.#next)) {
      this.#early.delete(this.#next);
      this.#next += 1;
      this.onRow(next);
    }
  }
}
