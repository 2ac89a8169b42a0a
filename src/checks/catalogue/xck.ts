import type { CodeEntry } from '../code-entry.js';

/** Headers against tables. Rules in the order of their ids. */
export const XCK_ENTRIES = [
] as const satisfies readonly CodeEntry[];
