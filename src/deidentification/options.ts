import type { DataSet } from '../dicom/data-set.js';
import type { GatePolicy } from '../model/policy.js';

const METHOD_CODES = 0x00120064;
const CODE_VALUE = 0x00080100;
const CODING_SCHEME = 0x00080102;
const CODE_MEANING = 0x00080104;

/** First code of PS3.16 CID 7050; an option is the bit of its distance from it. */
const FIRST_CODE = 113100;
const LAST_CODE = 113112;

/** Options of PS3.15 E.3 as bits of a set. */
export const OPTION = {
  basicProfile: 1 << 0,
  cleanPixelData: 1 << 1,
  cleanVisualFeatures: 1 << 2,
  cleanGraphics: 1 << 3,
  cleanStructuredContent: 1 << 4,
  cleanDescriptors: 1 << 5,
  retainLongitudinalFullDates: 1 << 6,
  retainLongitudinalModifiedDates: 1 << 7,
  retainPatientCharacteristics: 1 << 8,
  retainDeviceIdentity: 1 << 9,
  retainUIDs: 1 << 10,
  retainSafePrivate: 1 << 11,
  retainInstitutionIdentity: 1 << 12,
} as const;

/** One item of the method code sequence. */
export interface MethodCode {
  value: string;
  scheme: string;
  meaning: string;
}

/** What a file declares about how it was de-identified. */
export interface Declaration {
  /** Items of (0012,0064), in order; null when the sequence is absent. */
  codes: readonly MethodCode[] | null;
  /** Options declared, whatever the policy says. */
  declared: number;
  /** Options declared that the policy allows: what the table of attributes is read under. */
  inForce: number;
}

/** The bit of a code of CID 7050; 0 for any other. */
export function optionOf(code: string): number {
  const number = /^\d{6}$/.test(code) ? Number(code) : 0;
  return number >= FIRST_CODE && number <= LAST_CODE ? 1 << (number - FIRST_CODE) : 0;
}

/** The options that a policy allows; a policy that keeps dates retains them without being asked, one that removes them never does. */
export function allowedOptions(policy: GatePolicy): number {
  const allowed = policy.deidentification_options.reduce((set, code) => set | optionOf(code), 0);
  return policy.dates === 'removed' ? allowed & ~(OPTION.retainLongitudinalFullDates | OPTION.retainLongitudinalModifiedDates) : allowed;
}

/** Reads (0012,0064) of a file (PS3.3 C.7.1.1). */
export function readDeclaration(dataSet: DataSet, policy: GatePolicy, allowed: number): Declaration {
  const items = dataSet.get(METHOD_CODES)?.items ?? null;
  const codes = items?.map((item) => ({ value: item.text(CODE_VALUE) ?? '', scheme: item.text(CODING_SCHEME) ?? '', meaning: item.text(CODE_MEANING) ?? '' })) ?? null;
  const declared = (codes ?? []).reduce((set, { value, scheme }) => (scheme === 'DCM' ? set | optionOf(value) : set), 0);
  const kept = policy.dates === 'kept' ? OPTION.retainLongitudinalFullDates : 0;
  return { codes, declared, inForce: (declared & allowed) | kept };
}
