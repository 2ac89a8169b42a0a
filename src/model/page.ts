/** What the landing page of a release is rendered from: counts and words, no row of a table and no count below `least_group`. */
import type { DataDictionary } from './dictionary.js';
import type { ReleaseDocument, Tombstone } from './release.js';
import type { VersionReason } from './release-diff.js';

/** release.json without the digests of the files that are written after the page, or because of it. */
export type PageDocument = Omit<ReleaseDocument, 'digests'> & { digests: Pick<ReleaseDocument['digests'], 'content' | 'content_md5'> };

export interface PageFacts {
  document: PageDocument;
  about: PageAbout;
  /** Smaller groups of cases are joined with others before they are counted here. */
  least_group: number;
  population: PopulationVariable[];
  splits: PageSplit[];
  /** What the number was computed from; null for the first release. */
  reasons: VersionReason[] | null;
  /** The first ones, by case. */
  tombstones: Tombstone[];
  /** In the order of their names. */
  tables: { name: string; rows: number }[];
  dictionary: DataDictionary | null;
  /** How a paper cites the release, without the digest. */
  citation: string;
  /** Keys that signed or are to sign, `SHA256:` and base64 each. */
  signers: string[];
  /** Whether images are carried, or fetch.txt tells where they are. */
  by_reference: boolean;
  /** schema.org/Dataset as JSON-LD. */
  json_ld: Record<string, unknown>;
}

/** What the dataset says of itself; null where it says nothing. */
export interface PageAbout {
  description: string | null;
  creators: { name: string; affiliation: string | null }[];
  publisher: string | null;
  /** Page of the dataset; http or https. */
  url: string | null;
  doi: string | null;
}

/** Cases by the categories of a variable. */
export interface PopulationVariable {
  name: string;
  /** Where it comes from: the table. */
  table: string;
  /** A case may be in several categories. */
  several: boolean;
  /** The commonest first; `null` is a missing value. */
  categories: { category: string | null; cases: number }[];
  /** Categories that are too small, or too many, to be told apart; null for none. */
  joined: { categories: number; cases: number } | null;
}

/** A published split. */
export interface PageSplit {
  name: string;
  algorithm: string;
  /** Why its sizes and balance are not shown; null when they are. */
  withheld: string | null;
  /** In the order of their names. */
  parts: { name: string; cases: number }[];
  variables: SplitVariable[];
  /** Variables that it balances and of which nothing can be told without counting small groups. */
  untold: string[];
}

/** A variable by the parts of a split: `cases` has one count a part, in the order of the parts. */
export interface SplitVariable {
  name: string;
  several: boolean;
  categories: { category: string | null; cases: number[] }[];
  joined: { categories: number; cases: number[] } | null;
}

/** One line of the index of releases. */
export interface IndexEntry {
  version: string;
  sequence: number;
  date: string;
  /** 64 hex digits. */
  digest: string;
  counts: ReleaseDocument['counts'];
  /** Cases of it that were withdrawn after it, as the newest amendment says. */
  withdrawn_since: number;
  /** `amended`: something has to be said of it that it does not say itself. */
  status: 'published' | 'amended' | 'missing' | 'edited';
  /** Whether there is a page to link to. */
  has_page: boolean;
}

/** `release page --json`. */
export interface PageReport {
  /** Version of the release; null for the index of all. */
  version: string | null;
  /** The file that was written; null when the page went to stdout. */
  path: string | null;
  bytes: number;
  /** sha256 of the page with its late region empty, 64 hex digits; null for the index. */
  sha256: string | null;
  /** Whether that is the digest that release.json gives; null when it gives none, and for the index. */
  as_published: boolean | null;
}
