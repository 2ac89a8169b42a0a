import type { Check } from './check.js';
import { dataNameCheck } from './security/data-names.js';
import { pathNameCheck } from './security/path-names.js';
import { policyPatternCheck } from './security/policy-patterns.js';
import { releasedTextCheck } from './security/text-check.js';

/** SEC: security of the release and of whoever reads it. */
export const SECURITY_CHECKS: readonly Check[] = [pathNameCheck, dataNameCheck, policyPatternCheck, releasedTextCheck];
