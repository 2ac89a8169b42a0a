import type { Check } from './check.js';
import { anonymityCheck } from './disclosure/anonymity.js';
import { closenessCheck, diversityCheck } from './disclosure/diversity.js';
import { uniquesCheck } from './disclosure/uniques.js';

/** DSC: what the public view tells about single people. */
export const DISCLOSURE_CHECKS: readonly Check[] = [
  anonymityCheck,
  diversityCheck,
  closenessCheck,
  uniquesCheck,
];
