import type { Check } from './check.js';

/** DCM: images against the DICOM standard, over the catalog and the findings of their inspection. */
export const CONFORMANCE_CHECKS: readonly Check[] = [];
