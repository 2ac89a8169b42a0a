/** Bounds of the header reader; every one depends on the file's own bytes only, never on how much of it a caller holds. */

/** A header whose kept attributes reach past this offset (bytes) is given up as `header-too-large`: no caller needs to hold more. */
export const MAX_HEADER_BYTES = 32 * 1024 * 1024;

/** A kept value longer than this (bytes as stored) is not kept. */
export const MAX_VALUE_BYTES = 64 * 1024;

/** A deflated data set is inflated no further than this (bytes of output) in search of its header. */
export const MAX_INFLATED_BYTES = 32 * 1024 * 1024;

/** Bytes of a deflated stream inflated first; each further step takes four times as many. */
export const FIRST_DEFLATED_BYTES = 8 * 1024;

/**
 * Past the last kept attribute the walk goes on to this offset (bytes) to find attributes written out of order;
 * beyond it the ascending order of PS3.5 7.1 is trusted. Callers hold at least this much of a longer file from the start.
 */
export const ORDER_CHECK_BYTES = 64 * 1024;

/** Nesting of sequences and items that a data set may have: sixty-four levels of either (CWE-674 has nothing to exhaust). */
export const MAX_DEPTH = 64;

/** Elements and items of one file; more are given up as `too-many-elements`. */
export const MAX_ELEMENTS = 1_000_000;

/** Faults of one file that are noted. */
export const MAX_NOTES = 200;

/** Bytes before the pixels that are held of one file; a data set whose elements reach beyond is given up as `too-long`. */
export const MAX_HELD_BYTES = 256 * 1024 * 1024;

/** Bytes of a file that are read first. */
export const FIRST_READ_BYTES = 64 * 1024;

/** Bytes behind the pixels that are parsed. */
export const MAX_TAIL_BYTES = 16 * 1024 * 1024;

/** Deflate makes pixels tens of times smaller, not hundreds: beyond this ratio and INFLATE_FREE_BYTES it is a bomb (CWE-409). */
export const MAX_INFLATE_RATIO = 200;

/** Bytes of output that are inflated whatever the ratio. */
export const INFLATE_FREE_BYTES = 64 * 1024 * 1024;
