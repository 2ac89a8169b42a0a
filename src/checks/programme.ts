import type { CheckEntry } from '../model/check.js';
import type { Check } from './check.js';
import { CODES, isCode, type Code } from './codes.js';
import { CONFORMANCE_CHECKS } from './conformance.js';
import { CROSS_CHECKS } from './cross.js';
import { DEIDENTIFICATION_CHECKS } from './deidentification.js';
import { DISCLOSURE_CHECKS } from './disclosure.js';
import { GOVERNANCE_CHECKS } from './governance.js';
import { LIKENESS_CHECKS } from './likeness.js';
import { SECURITY_CHECKS } from './security.js';
import { TAG_CHECKS } from './tags.js';
import { columnCheck } from './columns.js';
import { sameBytesCheck, sameInstanceCheck, sameNameCheck, sameRowCheck } from './duplicates.js';
import { harmonisationCheck } from './harmonisation.js';
import { completenessCheck, keyUidCheck, seriesCheck, treeCheck } from './images.js';
import { inspectionCheck } from './inspections.js';
import { keyCheck } from './keys.js';
import { mendedCellsCheck } from './mended-cells.js';
import { patternCheck } from './patterns.js';
import { plausibilityCheck } from './plausibility.js';
import { readableCheck } from './readable.js';
import { multiplicityCheck, parentCheck } from './references.js';
import { referenceCheck } from './resolution.js';
import { rowCheck } from './rows.js';
import { structureCheck } from './structure.js';

/** The gate: these checks, in this order. Cheap and safety first; a later check may rely on an earlier one. */
export const PROGRAMME: readonly Check[] = [
  // what could be read
  readableCheck,
  structureCheck,
  inspectionCheck,
  ...SECURITY_CHECKS,
  // schema
  patternCheck,
  columnCheck,
  keyCheck,
  rowCheck,
  harmonisationCheck,
  mendedCellsCheck,
  plausibilityCheck,
  // references
  parentCheck,
  multiplicityCheck,
  treeCheck,
  seriesCheck,
  completenessCheck,
  keyUidCheck,
  referenceCheck,
  // images
  ...CONFORMANCE_CHECKS,
  ...CROSS_CHECKS,
  ...DEIDENTIFICATION_CHECKS,
  // duplicates
  sameBytesCheck,
  sameInstanceCheck,
  sameRowCheck,
  sameNameCheck,
  ...LIKENESS_CHECKS,
  // what models say
  ...TAG_CHECKS,
  // the public view
  ...DISCLOSURE_CHECKS,
  ...GOVERNANCE_CHECKS,
];

/** Rules that the run itself keeps, after all checks. */
export const RUN_CODES = ['GATE-COVERAGE', 'GATE-WAIVER'] as const satisfies readonly Code[];

/** Rules that this version runs, in catalogue order. */
export function implementedCodes(programme: readonly Check[] = PROGRAMME): Code[] {
  const running = new Set<Code>([...programme.flatMap(({ codes }) => codes), ...RUN_CODES]);
  return [...CODES.keys()].filter((code) => running.has(code));
}

/** The catalogue of checks as `checks list` prints it. */
export function listChecks(): CheckEntry[] {
  const running = new Set(implementedCodes());
  return [...CODES.values()].map((entry) => ({ ...entry, implemented: isCode(entry.code) && running.has(entry.code) }));
}
