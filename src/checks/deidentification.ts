import type { Check } from './check.js';

/** DID: de-identification, over the catalog, the tables and the findings of the inspection. */
export const DEIDENTIFICATION_CHECKS: readonly Check[] = [];
