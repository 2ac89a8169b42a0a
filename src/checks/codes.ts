import type { CodeEntry } from './code-entry.js';
import { GATE_ENTRIES } from './catalogue/gate.js';
import { SCH_ENTRIES } from './catalogue/sch.js';
import { REF_ENTRIES } from './catalogue/ref.js';
import { DCM_ENTRIES } from './catalogue/dcm.js';
import { XCK_ENTRIES } from './catalogue/xck.js';
import { DID_ATTRIBUTE_ENTRIES } from './catalogue/did-attributes.js';
import { DID_TEXT_ENTRIES } from './catalogue/did-text.js';
import { DID_CONTENT_ENTRIES } from './catalogue/did-content.js';
import { DSC_ENTRIES } from './catalogue/dsc.js';
import { DUP_ENTRIES } from './catalogue/dup.js';
import { TAG_ENTRIES } from './catalogue/tag.js';
import { GOV_ENTRIES } from './catalogue/gov.js';
import { SEC_ENTRIES } from './catalogue/sec.js';

/**
 * The catalogue of checks, one entry a rule, in the order of the groups and of their ids. Sources: FRI Frictionless Data;
 * DIC the MIDRC data dictionary; CUR the MIDRC curation scripts; SH 45 CFR 164.514(b)(2); P3.x parts of the DICOM standard.
 */
const ENTRIES = [
  ...GATE_ENTRIES,
  ...SCH_ENTRIES,
  ...REF_ENTRIES,
  ...DCM_ENTRIES,
  ...XCK_ENTRIES,
  ...DID_ATTRIBUTE_ENTRIES,
  ...DID_TEXT_ENTRIES,
  ...DID_CONTENT_ENTRIES,
  ...DSC_ENTRIES,
  ...DUP_ENTRIES,
  ...TAG_ENTRIES,
  ...GOV_ENTRIES,
  ...SEC_ENTRIES,
];

/** Id of a rule in the catalogue. */
export type Code = (typeof ENTRIES)[number]['code'];

/** Every rule by its id, in catalogue order. */
export const CODES: ReadonlyMap<Code, CodeEntry> = new Map(ENTRIES.map((entry) => [entry.code, entry]));

/** Whether a text is the id of a rule in the catalogue. */
export function isCode(text: string): text is Code {
  return (CODES as ReadonlyMap<string, CodeEntry>).has(text);
}

/** The entry of a rule. */
export function codeEntry(code: Code): CodeEntry {
  const entry = CODES.get(code);
  if (entry === undefined) throw new TypeError(`no catalogue entry for ${code}`);
  return entry;
}
