import type { CodeEntry } from '../code-entry.js';

/** Disclosure by combination of what is published. Rules in the order of their ids. */
export const DSC_ENTRIES = [
] as const satisfies readonly CodeEntry[];
