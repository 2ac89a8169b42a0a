import type { Withdrawn } from '../model/verification.js';

/** A withdrawn case of the dataset, as an amendment or the tombstones of a later release tell of it. */
export interface Told extends Pick<Withdrawn, 'reason' | 'date' | 'replacement' | 'since_version' | 'source'> {
  /** Null where only its digests are told. */
  case_id: string | null;
  /** Its id, or `sha256:` and a digest. */
  name: string;
  /** Content digests that it had in releases; empty where the id is told. */
  digests: string[];
  /** Whether this very release holds the case, by the word of whoever tells. */
  held: boolean;
}
