import type { CodeEntry } from '../code-entry.js';

/** The run itself. Rules in the order of their ids. */
export const GATE_ENTRIES = [
  {
    code: 'GATE-INCOMPLETE',
    group: 'GATE',
    level: 'error',
    title: 'Everything could be read and every check ran to its end',
    why: 'What cannot be read cannot be judged; a gate that passes it over passes everything.',
    mend: 'Replace or remove the file at its source and pull again; a check that broke off is a defect of this program or of the catalog.',
    source: 'own: the gate fails closed',
    waivable: true,
  },
  {
    code: 'GATE-COVERAGE',
    group: 'GATE',
    level: 'warning',
    title: 'Every check that applies looked at something',
    why: 'A check that looked at nothing is no pass: an empty table or a wrong column name would go through unseen.',
    mend: 'See why the rows or files of that kind are missing; when that is right, waive the finding.',
    source: 'own; Great Expectations and dbt pass on no rows',
    waivable: true,
  },
  {
    code: 'GATE-WAIVER',
    group: 'GATE',
    level: 'warning',
    title: 'Every waiver is in date, meets a finding, and may be given',
    why: 'An expired or unmatched waiver says that somebody accepted what is no longer there, or no longer the same.',
    mend: 'Mend the finding, have the waiver renewed by its approver, or remove it from waivers.yaml.',
    source: 'own',
    waivable: false,
  },
] as const satisfies readonly CodeEntry[];
