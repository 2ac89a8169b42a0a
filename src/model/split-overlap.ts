/**
 * What two sources are compared by: cases; what the archive calls an object (a series or file); UIDs of studies, series and
 * instances; or, when nobody knows what the ids are, the ids as they stand.
 */
export const OVERLAP_KEYS = ['case', 'object', 'study', 'series', 'instance', 'id'] as const;

export type OverlapKey = (typeof OVERLAP_KEYS)[number];

/** Something that holds cases or objects: a split, a release, the manifest of a challenge, a list. */
export interface OverlapSource {
  name: string;
  kind: 'split' | 'release' | 'manifest' | 'list';
  /** How many it holds, by each key that it can be compared by. */
  sizes: { key: OverlapKey; size: number }[];
  /** Parts with their size, by the first of these keys; empty when it has no parts. */
  parts: Record<string, number>;
  /** Ids that the catalog could not lead to a case; 0 when they are cases, or none was looked up. */
  unmatched: number;
  /** Rows that repeat an id. */
  repeated: number;
  /** What to know about it, a sentence each. */
  notes: string[];
}

/** What two sources share, by one key. */
export interface OverlapPair {
  a: string;
  b: string;
  key: OverlapKey;
  size_a: number;
  size_b: number;
  shared: number;
  /** Shared / the smaller of the two, 0..1; 0 when that is empty. */
  share_of_smaller: number;
  /** Shared, by part of a and part of b; a source without parts has the part ''. Only what is not 0. */
  parts: { part_a: string; part_b: string; shared: number }[];
}

/** What is trained on in one source and tested on in another. */
export interface Contamination {
  /** Source and part that is trained or tuned on. */
  train: { source: string; part: string };
  test: { source: string; part: string };
  key: OverlapKey;
  shared: number;
  /** Of the part that is tested on, 0..1. */
  share_of_test: number;
  /** The first of them. */
  examples: string[];
}

/** `split overlap --json`: who is in which. */
export interface OverlapReport {
  sources: OverlapSource[];
  /** Every two sources that can be compared, by every key that both have. */
  pairs: OverlapPair[];
  /** Two sources that have no key in common. */
  not_comparable: { a: string; b: string; reason: string }[];
  /** The largest first. */
  contamination: Contamination[];
}
