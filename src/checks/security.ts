import type { Check } from './check.js';

/** SEC: security of the release and of whoever reads it. */
export const SECURITY_CHECKS: readonly Check[] = [];
