import { lstatSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { CurationError, wrapSystemError } from '../errors.js';
import { fsyncFolder } from '../fixity/atomic-file.js';
import type { PartDigest } from './part-file.js';

/** A table of a source that is elsewhere, as it was brought here. */
export interface FetchedTable extends PartDigest {
  table: string;
  /** Name that it gets in the folder of the source. */
  file: string;
  /** Where its bytes are now; null: what is in the folder already is what the source holds. */
  part: string | null;
}

/** What the catalog knows of a table file that it loaded. */
export interface KnownTable extends PartDigest {
  file: string;
  /** Nanoseconds since the epoch. */
  mtime_ns: bigint;
}

/** Names that may stand for a table and for its file. */
const TABLE_NAME = /^[A-Za-z_][A-Za-z0-9_]{0,62}$/;

/** Suffix of a file that is not whole yet. */
const PART = '.part';

/**
 * The folder of the workspace that holds the tables of a source that is elsewhere. A table whose bytes did not change
 * keeps its file, so that the pass over the folder knows it again; all others are put in place together, at the end.
 */
export class FetchedTables {
  /** @throws {CurationError} IO_FAILED */
  constructor(readonly folder: string) {
    this.#guard('making the folder of a source', () => mkdirSync(folder, { recursive: true, mode: 0o700 }));
    this.#remove((name) => name.endsWith(PART));
  }

  /** Where the bytes of a table are written until all tables are here. */
  partOf(file: string): string {
    return join(this.folder, `.${file}${PART}`);
  }

  /** Whether the file of a table is still the one that the catalog loaded. */
  holds(known: KnownTable): boolean {
    const stat = lstatSync(join(this.folder, known.file), { bigint: true, throwIfNoEntry: false });
    return stat !== undefined && stat.isFile() && Number(stat.size) === known.size_bytes && stat.mtimeNs === known.mtime_ns;
  }

  /**
   * Puts the tables in place and removes the files of tables that the source no longer has.
   * @param known of the last pull, by table
   * @throws {CurationError} DISK_FULL, IO_FAILED
   */
  settle(tables: readonly FetchedTable[], known: ReadonlyMap<string, KnownTable>): void {
    for (const { table, file, part, sha256 } of tables) {
      const before = known.get(table);
      const same = before !== undefined && before.file === file && before.sha256 === sha256 && this.holds(before);
      if (part !== null && !same) this.#guard('putting a table in place', () => renameSync(part, join(this.folder, file)));
    }
    const names = new Set(tables.map(({ file }) => file));
    this.#remove((name) => !names.has(name));
    fsyncFolder(this.folder);
  }

  /** Removes what a failed or ended fetch left. */
  clear(): void {
    this.#remove((name) => name.endsWith(PART));
  }

  /** Removes files of this folder; folders and links are left to whoever made them. */
  #remove(unwanted: (name: string) => boolean): void {
    this.#guard('tidying the folder of a source', () => {
      for (const entry of readdirSync(this.folder, { withFileTypes: true }))
        if (entry.isFile() && unwanted(entry.name)) rmSync(join(this.folder, entry.name), { force: true });
    });
  }

  #guard<T>(doing: string, work: () => T): T {
    try {
      return work();
    } catch (error) {
      throw wrapSystemError(error, doing, this.folder);
    }
  }
}

/**
 * The tables that a source is asked for, in the order of colophon.yaml.
 * @throws {CurationError} CONFIG_INVALID for names that cannot stand for tables
 */
export function namedTables(source: string, tables: Readonly<Record<string, string>>): [table: string, asked: string][] {
  const named = Object.entries(tables);
  const seen = new Map<string, string>();
  for (const [table] of named) {
    const refuse = (reason: string): CurationError => new CurationError('CONFIG_INVALID', `The source ${source} names a table ${JSON.stringify(table.slice(0, 80))}: ${reason}.`);
    if (!TABLE_NAME.test(table)) throw refuse('a table name has letters, digits and _, begins with no digit, and has at most 63 characters');
    const other = seen.get(table.toLowerCase());
    if (other !== undefined) throw refuse(`it differs from ${other} in case only`);
    seen.set(table.toLowerCase(), table);
  }
  if (named.length > 0) return named;
  throw new CurationError('CONFIG_INVALID', `The source ${source} names no table.`, { suggestions: [`Name its tables in colophon.yaml, under sources, ${source}, tables.`] });
}
