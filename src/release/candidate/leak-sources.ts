import { quoteIdentifier, quoteLiteral } from '../../catalog/catalog.js';
import type { LeakKind } from '../../model/split-leak.js';
import { candidateRows, type CandidateTable } from './table.js';
import type { Side } from '../diff/side.js';
import type { LeakSources } from './split-leakage.js';

/** What the candidate does not say of itself. */
export interface CandidateContext {
  tables: readonly CandidateTable[];
  /** Column whose equal values are one patient; null when PatientID is the case. */
  patient: { table: string; column: string } | null;
  /** Split that decides what is released; the cases that it withholds are compared too. */
  within: string | null;
}

/**
 * What the candidate of a release says about who is who: its own tables, and from the catalog what a release does not
 * publish of the same images (PatientID, digests of pixels, near duplicates) and the cases that it withholds: a patient in
 * the open part and in the sequestered one is a leak of the worst kind.
 */
export function candidateLeakSources({ tables, patient, within }: CandidateContext): LeakSources {
  const images = `(
    SELECT case_id, PatientID, StudyInstanceUID, SOPInstanceUID, sha256, source, source_path FROM candidate_instance
    UNION ALL
    SELECT i.case_id, i.PatientID, i.StudyInstanceUID, i.SOPInstanceUID, i.sha256, i.source, i.path FROM instance AS i JOIN case_ AS c ON c.case_id = i.case_id AND c.status = 'withheld')`;
  const facts = (column: string, relation: string): string =>
    `SELECT c.case_id, f.${column} AS key FROM ${images} AS c JOIN ${relation} AS f ON f.source = c.source AND f.path = c.source_path`;
  const patients = [`SELECT case_id, PatientID AS key FROM ${images}`, ...patientRows(tables, patient)].join(' UNION ALL ');
  return {
    splits: within === null ? 'candidate_split' : `(${candidateSplits(within)})`,
    keys: new Map<LeakKind, string>([
      ['patient', `(${patients})`],
      ...imageKeys(images),
      ['pixels', `(${facts('pixel_digest', 'inspection')})`],
      ['likeness', '(SELECT unnest([case_a, case_b]) AS case_id, why || chr(31) || case_a || chr(31) || case_b AS key FROM case_link)'],
    ]),
    groups: null,
  };
}

/** Leaks that the gate found as DUP-009 and a waiver accepts: cases by split, as the last run left them in the catalog. */
export const ACCEPTED_LEAKS = `(SELECT location->>'column' AS split, location->>'key' AS case_id FROM finding WHERE code = 'DUP-009' AND waived)`;

function candidateSplits(within: string): string {
  return `SELECT split, case_id, part FROM candidate_split UNION ALL
    SELECT a.split, a.case_id, a.part FROM assignments AS a JOIN case_ AS c ON c.case_id = a.case_id AND c.status IN ('accepted', 'withheld') WHERE a.split = ${quoteLiteral(within)}`;
}

/** The rows of the table that says who is one patient, read as text, as the draw reads them. */
function patientRows(tables: readonly CandidateTable[], patient: CandidateContext['patient']): string[] {
  const found = tables.find(({ table, columns }) => table === patient?.table && columns.includes(patient.column));
  if (found === undefined || patient === null) return [];
  const link = `row_case AS link ON link.table_name = ${quoteLiteral(found.table)} AND link.source = r.source AND link.source_row = r.source_row`;
  return [`SELECT link.case_id, r.${quoteIdentifier(patient.column)}::VARCHAR AS key FROM ${candidateRows(found.table)} AS r JOIN ${link}`];
}

function imageKeys(images: string): [LeakKind, string][] {
  const keys: [LeakKind, string][] = [
    ['study', 'StudyInstanceUID'],
    ['instance', 'SOPInstanceUID'],
    ['bytes', 'sha256'],
  ];
  return keys.map(([kind, column]) => [kind, `(SELECT case_id, ${column} AS key FROM ${images})`]);
}

/** What a published release says about who is who, from its tables alone. */
export function publishedLeakSources(side: Pick<Side, 'own' | 'draws'>): LeakSources {
  const groups = side.draws === null ? null : `(SELECT split, case_id, group_id AS key FROM ${side.draws})`;
  return { splits: side.own('splits'), keys: new Map(imageKeys(side.own('instances'))), groups };
}
