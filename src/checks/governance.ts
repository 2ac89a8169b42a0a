import type { Check } from './check.js';
import { citationCheck } from './governance/citation.js';
import { codebookCheck } from './governance/codebook.js';
import { consentCheck } from './governance/consent.js';
import { contributorCheck } from './governance/contributors.js';
import { derivedCheck } from './governance/derived.js';
import { editionCheck } from './governance/editions.js';
import { licenseCheck } from './governance/licenses.js';
import { releaseLogCheck } from './governance/release-log.js';
import { reviewCheck } from './governance/reviews.js';
import { tombstoneCheck } from './governance/tombstones.js';
import { waiverRuleCheck } from './governance/waiver-rules.js';
import { withdrawnCheck } from './governance/withdrawn.js';

/** GOV: consent, withdrawal, licence, versions. */
export const GOVERNANCE_CHECKS: readonly Check[] = [
  consentCheck,
  withdrawnCheck,
  tombstoneCheck,
  derivedCheck,
  licenseCheck,
  releaseLogCheck,
  citationCheck,
  reviewCheck,
  editionCheck,
  waiverRuleCheck,
  codebookCheck,
  contributorCheck,
];
