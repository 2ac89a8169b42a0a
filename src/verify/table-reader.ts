import type { Tombstone } from '../model/release.js';

/**
 * Opens tables of releases whose bytes were checked. verify itself opens no file with anything that interprets content; whoever
 * calls it may hand in a reader, and learns more of withdrawn cases then.
 */
export interface TableReader {
  /** The rows of a table of tombstones. */
  readTombstones(path: string): Promise<Tombstone[]>;
  /**
   * What the tables of a release hold of cases, in the order of their ids; cases that it does not hold are left out.
   * @param tables name to path, `cases` among them
   * @param wanted ids of cases, and content digests of cases whose id is not known
   */
  readHoldings(tables: ReadonlyMap<string, string>, wanted: { cases: readonly string[]; digests: readonly string[] }): Promise<CaseHolding[]>;
}

/** What the tables of a release hold of one case. */
export interface CaseHolding {
  case_id: string;
  /** Its content digest. */
  digest: string;
  /** Paths of its images, as the table of instances gives them. */
  paths: string[];
  /** Tables with rows of the case, sorted by name. */
  tables: { table: string; rows: number }[];
}
