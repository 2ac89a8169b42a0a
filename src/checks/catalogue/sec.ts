import type { CodeEntry } from '../code-entry.js';

/** Security of the release and of whoever reads it. Rules in the order of their ids. */
export const SEC_ENTRIES = [
] as const satisfies readonly CodeEntry[];
