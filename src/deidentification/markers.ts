import { OPTION, optionOf } from './options.js';
import type { Subject } from './subject.js';

const IDENTITY_REMOVED = 0x00120062;
const METHOD = 0x00120063;
const BURNED_IN = 0x00280301;
const VISUAL_FEATURES = 0x00280302;
const TEMPORAL = 0x00280303;

const { retainLongitudinalFullDates: FULL_DATES, retainLongitudinalModifiedDates: MODIFIED_DATES } = OPTION;

/** DID-001: the file says that and how it was de-identified (PS3.15 E.2, PS3.3 C.7.1.1). */
export function judgeMarkers({ dataSet, declaration, report }: Subject): void {
  report.looked('DID-001');
  const removed = dataSet.text(IDENTITY_REMOVED);
  if (removed !== 'YES')
    report.add({ code: 'DID-001', message: 'The file does not say that the identity of the patient was removed.', tag: 'PatientIdentityRemoved', expected: 'YES', found: removed === null ? 'absent' : removed === 'NO' ? 'NO' : 'another value', content: removed ?? 'absent' });
  const method = (dataSet.text(METHOD) ?? '') !== '' || (declaration.codes ?? []).length > 0;
  if (!method)
    report.add({ code: 'DID-001', message: 'The file does not say how it was de-identified.', tag: 'DeidentificationMethodCodeSequence', hint: 'The codes of PS3.16 CID 7050, or at least a text in DeidentificationMethod.', expected: 'DeidentificationMethodCodeSequence or DeidentificationMethod', found: 'neither', content: 'no method' });
}

/** DID-002: the declared options are known, agree with each other, and are allowed by the policy. */
export function judgeMethodCodes({ declaration: { codes, declared }, report, allowed, policy }: Subject): void {
  if (codes === null || codes.length === 0) return;
  report.looked('DID-002');
  const complain = (message: string, expected: string, found: string, hint?: string): void =>
    report.add({ code: 'DID-002', message, tag: 'DeidentificationMethodCodeSequence', expected, found, content: found, ...(hint === undefined ? {} : { hint }) });
  for (const [index, { value, scheme }] of codes.entries()) {
    if (scheme === 'DCM' && optionOf(value) !== 0) continue;
    complain('A method of de-identification has a code that the standard does not know.', '113100 to 113112 of scheme DCM', `item ${index + 1}: ${/^[0-9]{1,8}$/.test(value) ? value : 'no such number'} of scheme ${/^[A-Z0-9_]{1,16}$/.test(scheme) ? scheme : 'unknown'}`);
  }
  if ((declared & OPTION.basicProfile) === 0) complain('The basic profile is not among the methods of de-identification.', '113100', 'options only');
  if ((declared & FULL_DATES) !== 0 && (declared & MODIFIED_DATES) !== 0) complain('The file declares both kept and modified dates.', '113106 or 113107', 'both');
  for (const code of namesOf(declared & ~allowed))
    complain('The file declares an option that the policy does not allow.', `one of ${policy.deidentification_options.join(', ')}`, code, policy.dates === 'removed' && (code === '113106' || code === '113107') ? 'The policy says that dates are removed.' : 'See deidentification_options of the gate policy.');
}

function namesOf(set: number): string[] {
  return Array.from({ length: 13 }, (_, bit) => bit).flatMap((bit) => ((set & (1 << bit)) === 0 ? [] : [String(113100 + bit)]));
}

/** DID-003: markers in the image modules say the same as the declared options (PS3.15 E.3). */
export function judgeMarkerAgreement(subject: Subject): void {
  const { dataSet, report, declaration } = subject;
  report.looked('DID-003');
  const { declared } = declaration;
  const demand = (tag: number, keyword: string, expected: string, why: string): void => {
    const value = dataSet.text(tag);
    if (value === expected) return;
    report.add({ code: 'DID-003', message: `${keyword} does not agree with the declared options.`, tag: keyword, hint: why, expected, found: value === null || value === '' ? 'absent' : /^(?:YES|NO|MODIFIED|UNMODIFIED|REMOVED)$/.test(value) ? value : 'another value', content: value ?? 'absent' });
  };
  if ((declared & MODIFIED_DATES) !== 0) demand(TEMPORAL, 'LongitudinalTemporalInformationModified', 'MODIFIED', '113107 says that dates were modified.');
  else if ((declared & FULL_DATES) !== 0) demand(TEMPORAL, 'LongitudinalTemporalInformationModified', 'UNMODIFIED', '113106 says that dates were kept.');
  else if (subject.policy.dates !== 'kept') demand(TEMPORAL, 'LongitudinalTemporalInformationModified', 'REMOVED', 'Neither 113106 nor 113107 is declared, so no date may have stayed.');
  if ((declared & OPTION.cleanPixelData) !== 0) demand(BURNED_IN, 'BurnedInAnnotation', 'NO', '113101 says that burned-in text was removed.');
  if ((declared & OPTION.cleanVisualFeatures) !== 0) demand(VISUAL_FEATURES, 'RecognizableVisualFeatures', 'NO', '113102 says that faces were removed.');
}

/** DID-070: nothing is written into the pixels, as far as the header says. */
export function judgeBurnedInMarker({ dataSet, file, report }: Subject): void {
  const value = dataSet.text(BURNED_IN);
  if (value === null && file.pixels === null) return;
  report.looked('DID-070');
  if (value !== null && value.toUpperCase() === 'YES')
    report.add({ code: 'DID-070', message: 'The header says that text is burned into the pixels.', tag: 'BurnedInAnnotation', hint: 'Mask the text, and set BurnedInAnnotation to NO.', expected: 'NO', found: 'YES', content: 'YES' });
}
