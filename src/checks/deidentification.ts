import type { Check } from './check.js';
import { tableIdentifierCheck } from './deid-cells.js';
import { hashCheck } from './deid-columns.js';
import { dateShiftCheck } from './deid-dates.js';
import { faceCheck } from './deid-faces.js';
import { rareTextCheck } from './deid-rare.js';
import { uidMappingCheck } from './deid-uids.js';
import { zipCheck } from './deid-zips.js';

/** DID: de-identification, over the catalog, the tables and the findings of the inspection. */
export const DEIDENTIFICATION_CHECKS: readonly Check[] = [uidMappingCheck, dateShiftCheck, faceCheck, rareTextCheck, tableIdentifierCheck, zipCheck, hashCheck];
