import type { Check } from './check.js';

/** XCK: headers against tables. */
export const CROSS_CHECKS: readonly Check[] = [];
