/** What ids are ids of: cases (patients), or objects (files) of manifests that name no cases. */
export type OverlapKey = 'case' | 'object';

/** `split overlap --json`: which ids splits, releases and lists have in common, and what that spoils. */
export interface OverlapReport {
  sources: OverlapSource[];
  /** Every two sources, in their order. */
  pairs: OverlapPair[];
  /** How many ids are in exactly these sources, most first; cases and objects apart. */
  memberships: OverlapMembership[];
  /** Names of parts that must not be seen before they are used, as `reserved` was given or by default, in lower case. */
  reserved: string[];
  /** Ids of the pairs and sources that are in a reserved part and also in one that is not, summed. */
  contaminated: number;
  /** Pairs of which the parts could not be compared: another key, or no parts to compare. */
  not_judged: number;
}

/** One of the things that are compared. */
export interface OverlapSource {
  /** Name of the split, version of the release (with the split), or name of the file without its ending; distinct. */
  name: string;
  kind: 'split' | 'release' | 'manifest' | 'list';
  /** Distinct cases; null when it names none. */
  cases: number | null;
  /** Distinct objects; null when it names none. */
  objects: number | null;
  /** Entries that name an id again. */
  repeated: number;
  /** Cases (else objects) by part; those of two parts count in each. */
  parts: Record<string, number>;
  /** Cases (else objects) of no part. */
  without_part: number;
  /** Ids that it has in two parts at once. */
  torn: OverlapTorn;
}

export interface OverlapTorn {
  ids: number;
  /** Of these, in a reserved part and one that is not. */
  contaminated: number;
  /** The first of them, by code unit. */
  examples: string[];
}

/** What two sources have in common. */
export interface OverlapPair {
  a: string;
  b: string;
  /** What was compared; null when one names only cases and the other only objects: then nothing is known. */
  key: OverlapKey | null;
  shared: number;
  /** Shared / ids of the smaller source, 0..1; 0 when that is empty. */
  share_of_smaller: number;
  /** Ids of one that would be met in the other if capitals, blanks and punctuation made no difference, besides the shared ones. */
  alike: number;
  /** One source is a split within a part of the other, or another repeat of it: both parts are meant, and nothing is contaminated. */
  nested: boolean;
  /** Whether the parts could be compared: a reserved part on one side, a named part on the other. */
  judged: boolean;
  /** Shared ids by the part that they have in each; parts of no name are null. */
  crossings: OverlapCrossing[];
  /** Shared ids that are in a reserved part on one side and in another part on the other. */
  contaminated: number;
}

export interface OverlapCrossing {
  part_a: string | null;
  part_b: string | null;
  shared: number;
  /** Whether what one part keeps back is shown by the other. */
  contaminates: boolean;
  /** The first ids of a crossing that contaminates, by code unit; none of others. */
  examples: string[];
}

export interface OverlapMembership {
  key: OverlapKey;
  sources: string[];
  ids: number;
}
