import type { Check, CheckInput, Coverage, FindingDraft } from '../check.js';
import { showName } from '../mask.js';
import { readClasses } from './class-table.js';
import { counted, percent } from './counted.js';
import { findUniqueSets, type UniqueSets } from './minimal-unique.js';
import { NO_QUASI_IDENTIFIERS, readQuasiIdentifiers } from './quasi-identifiers.js';
import { viewLocation } from './view-location.js';
import type { ViewColumn } from './view-column.js';

/** DSC-006: no case is the only one with its values of up to three quasi-identifiers; a finding a minimal set of columns. */
export const uniquesCheck: Check = {
  codes: ['DSC-006'],
  async *run(input: CheckInput, coverage: Coverage): AsyncGenerator<FindingDraft> {
    const { columns } = readQuasiIdentifiers(input);
    const off = input.policy.k_anonymity <= 1 ? 'the policy asks for no k-anonymity (k_anonymity is 1)' : null;
    if (off !== null || columns.length === 0) return coverage.notApplicable('DSC-006', off ?? NO_QUASI_IDENTIFIERS);
    const classes = await readClasses(input, columns);
    coverage.looked('DSC-006', classes.cases);
    yield* uniqueFindings(columns, findUniqueSets(classes), classes.cases);
  },
};

function* uniqueFindings(columns: readonly ViewColumn[], { sets, unique, size, deeper }: UniqueSets, cases: number): Generator<FindingDraft> {
  const share = (n: number): string => `${counted(n, 'case')} (${percent(n / cases)})`;
  for (const set of sets) {
    const own = set.columns.map((column) => columns[column]!);
    yield {
      code: 'DSC-006',
      message: own.length === 1 ? 'Cases are unique by one column alone.' : `Cases are unique by ${own.length} columns together, and by no fewer of them.`,
      location: viewLocation(own, own.map(({ name }) => showName(name)).join(', ')),
      expected: 'no unique case',
      found: share(set.cases),
      content: String(set.cases),
    };
  }
  if (deeper === 0) return;
  yield {
    code: 'DSC-006',
    message: `Cases are unique by more than ${counted(size, 'column')} together only.`,
    location: viewLocation(columns, columns.map(({ name }) => showName(name)).join(', ')),
    expected: 'no unique case',
    found: `${share(deeper)}, of ${unique} unique ones`,
    content: String(deeper),
  };
}
