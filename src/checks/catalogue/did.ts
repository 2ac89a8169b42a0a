import type { CodeEntry } from '../code-entry.js';

/** De-identification. Rules in the order of their ids. */
export const DID_ENTRIES = [
] as const satisfies readonly CodeEntry[];
