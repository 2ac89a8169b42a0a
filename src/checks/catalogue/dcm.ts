import type { CodeEntry } from '../code-entry.js';

/** Conformance of the images to DICOM. Rules in the order of their ids. */
export const DCM_ENTRIES = [
] as const satisfies readonly CodeEntry[];
