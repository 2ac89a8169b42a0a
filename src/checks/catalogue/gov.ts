import type { CodeEntry } from '../code-entry.js';

/** Governance: consent, withdrawal, licence, version. Rules in the order of their ids. */
export const GOV_ENTRIES = [
] as const satisfies readonly CodeEntry[];
