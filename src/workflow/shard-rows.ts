import { constants, copyFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { Catalog, quoteLiteral } from '../catalog/catalog.js';
import type { ResultRow } from '../engine/shards/parquet-rows.js';
import type { RowReader } from '../engine/shards/result-taking.js';

/** Results are read a few thousand rows at a time. */
const READING = { bare: true, memoryLimit: '256MB', threads: 1 } as const;

/** Reads the Parquet results of shards with a database in memory, which is opened when the first one is read. */
export class ShardRows {
  #catalog: Catalog | null = null;
  #count = 0;

  /** The rows of a file in their order. */
  readonly read: RowReader = (path) => this.#rows(path);

  /** Gives up the database. */
  close(): void {
    this.#catalog?.close();
    this.#catalog = null;
  }

  async *#rows(path: string): AsyncGenerator<readonly ResultRow[]> {
    this.#catalog ??= await Catalog.open(':memory:', READING);
    // a copy with a name of our own: DuckDB takes brackets and stars in a path for a pattern, and follows no link out of its folder
    const copy = join(this.#catalog.scratchFolder, `${this.#count++}.parquet`);
    copyFileSync(path, copy, constants.COPYFILE_FICLONE);
    try {
      yield* this.#catalog.stream<ResultRow & Record<string, unknown>>(`SELECT item, outcome, result FROM read_parquet(${quoteLiteral(copy)})`);
    } finally {
      rmSync(copy);
    }
  }
}
