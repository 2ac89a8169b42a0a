import type { Check } from './check.js';

/** GOV: consent, withdrawal, licence, versions. */
export const GOVERNANCE_CHECKS: readonly Check[] = [];
