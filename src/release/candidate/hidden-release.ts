import type { CommitmentReference, PublishedSeed } from '../../model/commitment.js';
import type { ReleaseDocument } from '../../model/release.js';
import type { HiddenColumn } from './hidden-cells.js';

/** What a release keeps back, and what it says of that. */
export interface HiddenRelease {
  /** Parts whose rows no release gives. */
  parts: readonly { split: string; part: string }[];
  /** Cells that stay empty. */
  columns: readonly HiddenColumn[];
  /** Commitments with the text of their file, sorted by split. */
  commitments: readonly { reference: CommitmentReference; text: string }[];
  /** Sorted by split. */
  seeds: readonly PublishedSeed[];
  /** Sentences: why nothing may be released as things are. */
  obstacles: readonly string[];
  /** Sentences: what to know. */
  notes: readonly string[];
}

/** The members of release.json about what is kept back; absent where there is nothing. */
export function describeCommitments({ commitments, seeds }: HiddenRelease): Pick<ReleaseDocument, 'commitments' | 'seeds'> {
  return {
    ...(commitments.length === 0 ? {} : { commitments: commitments.map(({ reference }) => reference) }),
    ...(seeds.length === 0 ? {} : { seeds: [...seeds] }),
  };
}
