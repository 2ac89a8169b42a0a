import type { Check } from './check.js';
import { headerAgeCheck, indexAgeCheck } from './cross/ages.js';
import { copyCheck } from './cross/copies.js';
import { shiftCheck, yearCheck } from './cross/dates.js';
import { fileCheck } from './cross/files.js';
import { identityCheck } from './cross/identity.js';
import { modalityCheck } from './cross/modality.js';
import { anchorCheck, evidenceCheck, offsetCheck } from './cross/pack-rules.js';
import { pixelsCheck } from './cross/pixels.js';

/** XCK: headers against tables, and tables against each other. Which columns meet what, the schema pack says. */
export const CROSS_CHECKS: readonly Check[] = [
  identityCheck,
  copyCheck,
  headerAgeCheck,
  indexAgeCheck,
  modalityCheck,
  fileCheck,
  shiftCheck,
  yearCheck,
  evidenceCheck,
  offsetCheck,
  pixelsCheck,
  anchorCheck,
];
