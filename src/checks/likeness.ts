import type { Check } from './check.js';
import { nearPicturesCheck } from './likeness/near-pictures.js';
import { onePersonCheck } from './likeness/one-person.js';
import { publishedBeforeCheck } from './likeness/published-before.js';
import { samePixelsCheck } from './likeness/same-pixels.js';
import { splitLeakCheck } from './likeness/split-leak.js';

/** DUP-003, 004, 006, 008, 009: what is the same under another name, or in two parts of a split. */
export const LIKENESS_CHECKS: readonly Check[] = [samePixelsCheck, nearPicturesCheck, onePersonCheck, publishedBeforeCheck, splitLeakCheck];
