import type { DataSet, DicomElement } from '../dicom/data-set.js';
import { maskSecret } from '../text/mask.js';
import type { ProfileRule } from './profile.js';
import { addAbout, type Subject } from './subject.js';

export const PATIENT_NAME = 0x00100010;
export const PATIENT_ID = 0x00100020;

/** Groups of a person name are separated by `=`: alphabetic, ideographic, phonetic (PS3.5 6.2.1.1). */
const GROUP_SEPARATOR = '=';
/** Digits alone, as many as record numbers have. */
const RECORD_NUMBER = /^[0-9]{7,12}$/;
/** Rules of the text scanner that speak of a pseudonym too; that it holds digits is no surprise. */
const IDENTIFYING = new Set(['DID-040', 'DID-042', 'DID-043', 'DID-045']);

/**
 * DID-011, DID-020, DID-021, DID-022: a person name is empty or names nobody, in every value and every group. The
 * patient's own has DID-020, those the table empties at the top level DID-011, all others at any depth DID-022.
 */
export function judgeName(subject: Subject, dataSet: DataSet, element: DicomElement, rule: ProfileRule | undefined): void {
  const isPatient = element.tag === PATIENT_NAME && dataSet.parent === null;
  const code = isPatient ? 'DID-020' : dataSet.parent === null && rule?.basic === 'Z' ? 'DID-011' : 'DID-022';
  subject.report.looked(code);
  subject.report.looked('DID-021');
  let named: string | null = null;
  let otherScript: string | null = null;
  for (const value of dataSet.values(element)) {
    const [alphabetic = '', ...others] = value.split(GROUP_SEPARATOR);
    if (named === null && !isNobody(subject, alphabetic)) named = value;
    if (otherScript === null && others.some((group) => !isNobody(subject, group))) otherScript = value;
  }
  if (named !== null)
    addAbout(subject, dataSet, element, {
      code,
      message: isPatient ? 'PatientName is neither empty, nor the PatientID, nor a dummy value.' : 'A person name is neither empty nor a dummy value.',
      hint: 'Values that stand for "removed" are dummy_values of the gate policy.',
      expected: isPatient ? 'empty, the pseudonym, or a dummy value' : 'empty, or a dummy value',
      found: maskSecret(named),
    });
  if (otherScript !== null)
    addAbout(subject, dataSet, element, {
      code: 'DID-021',
      message: 'The ideographic or phonetic group of a person name is not empty.',
      hint: 'De-identifiers that know one alphabet empty the first group only.',
      expected: 'one group',
      found: maskSecret(otherScript),
    });
}

function isNobody(subject: Subject, group: string): boolean {
  if (subject.dummies.isName(group)) return true;
  const name = group.split('^').join(' ').trim();
  return name === '' || isPseudonym(subject, name) || isPseudonym(subject, group.replace(/\^+$/, '').trim());
}

/** A name that repeats the pseudonym says nothing new. */
function isPseudonym({ pseudonym, patientId }: Subject, name: string): boolean {
  if (pseudonym !== '' && name.toUpperCase() === pseudonym.toUpperCase()) return true;
  return patientId !== null && name.length <= 64 && patientId.test(name);
}

/** DID-020: PatientID is a pseudonym. */
export function judgePatientId(subject: Subject): void {
  const { dataSet, report, pseudonym, patientId, dummies } = subject;
  const element = dataSet.get(PATIENT_ID);
  report.looked('DID-020');
  if (element === undefined || pseudonym === '' || dummies.isText(pseudonym)) return;
  if (patientId !== null) {
    if (pseudonym.length <= 64 && patientId.test(pseudonym)) return;
    addAbout(subject, dataSet, element, { code: 'DID-020', message: 'PatientID is not of the form that pseudonyms have.', hint: 'See patient_id_pattern of the gate policy.', expected: 'a pseudonym' });
    return;
  }
  if (RECORD_NUMBER.test(pseudonym))
    addAbout(subject, dataSet, element, { code: 'DID-020', level: 'warning', message: 'PatientID is a number as medical records have.', hint: 'Give patient_id_pattern in the gate policy when this is how pseudonyms look.', expected: 'a pseudonym' });
  for (const hit of subject.tools.scan(pseudonym, { kind: 'name', keyword: 'PatientID' }))
    if (IDENTIFYING.has(hit.code) && hit.level === 'error')
      addAbout(subject, dataSet, element, { code: 'DID-020', message: `PatientID holds ${hit.what}.`, expected: 'a pseudonym', found: maskSecret(pseudonym.slice(hit.start, hit.end)) });
}
