import { MAX_NOTES } from './limits.js';

/** What is wrong with the encoding of a file, found while it was parsed (PS3.5 7, PS3.10 7). */
export type ParseFault =
  /** Bytes of the preamble are not zero: see the preamble itself. */
  | 'no-preamble'
  | 'no-meta'
  /** File meta information that is not in explicit VR little endian. */
  | 'meta-encoding'
  /** (0002,0000) is missing, or does not say how long group 0002 is. */
  | 'meta-length'
  /** The data set is not encoded as (0002,0010) says. */
  | 'other-encoding'
  | 'odd-length'
  | 'not-ascending'
  | 'duplicate'
  /** An element, item or sequence declares to end beyond what it is in, or beyond the file. */
  | 'beyond-end'
  /** A sequence or item of undefined length that no delimiter closes. */
  | 'unclosed'
  /** A delimiter where none is due, or something else where an item is due. */
  | 'stray-delimiter'
  /** An undefined length where the VR allows none. */
  | 'undefined-length'
  /** No VR where there should be one, or letters that are none. */
  | 'bad-vr'
  /** Another VR than the dictionary's. */
  | 'other-vr'
  | 'too-deep'
  | 'too-many-elements'
  | 'too-long'
  | 'inflate-corrupt'
  | 'inflate-limit'
  /** The file ends inside the data set. */
  | 'truncated';

/** One fault and where it is. */
export interface ParseNote {
  fault: ParseFault;
  /** Keyword or nested path of the element; null when it is about the file. */
  path: string | null;
  /** Offset in the file or in the inflated data set, in bytes. */
  offset: number;
}

/** Faults after which the rest of a data set was not read. */
export const FATAL_FAULTS: ReadonlySet<ParseFault> = new Set(['truncated', 'too-deep', 'too-many-elements', 'too-long', 'inflate-corrupt', 'inflate-limit']);

/** At most MAX_NOTES of the notes that several parsers took, the first ones; those that ended a parse always stay. */
export function boundNotes(notes: readonly ParseNote[]): readonly ParseNote[] {
  let room = MAX_NOTES - notes.filter(({ fault }) => FATAL_FAULTS.has(fault)).length;
  return notes.filter(({ fault }) => FATAL_FAULTS.has(fault) || room-- > 0);
}
