import type { Check } from './check.js';

/** DUP-003, 004, 006, 008: what is the same under another name. */
export const LIKENESS_CHECKS: readonly Check[] = [];
