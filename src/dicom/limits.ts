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
