import type { Check } from './check.js';
import { anonymityCheck } from './disclosure/anonymity.js';

/** DSC: what the public view tells about single people. */
export const DISCLOSURE_CHECKS: readonly Check[] = [
  anonymityCheck,
];
