import type { CheckEntry } from '../model/check.js';

/** An entry of the catalogue as it is written down; whether it is implemented follows from the programme. */
export type CodeEntry = Omit<CheckEntry, 'implemented'>;
