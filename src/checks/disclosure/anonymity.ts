import type { Check, CheckInput, Coverage, FindingDraft } from '../check.js';
import { readClasses, type ClassTable } from './class-table.js';
import { ClassWords } from './class-words.js';
import { counted, percent } from './counted.js';
import { proposeGeneralizations, type Proposal } from './proposals.js';
import { NO_QUASI_IDENTIFIERS, readQuasiIdentifiers } from './quasi-identifiers.js';
import { viewLocation } from './view-location.js';
import type { ViewColumn } from './view-column.js';
import { wildcardSizes } from './wildcard.js';

/** Classes that get a finding of their own, the smallest first; the others are told by one. */
export const MAX_CLASSES = 10_000;

/**
 * DSC-001, DSC-002, DSC-003: every class of cases that share all quasi-identifiers holds at least k. A missing value is
 * counted as a value of its own, and as one that matches everything. The first reading never gives more, so a person
 * with all values is judged by it: the gaps of others are no company (DSC-001). A class with missing values that is too
 * small in both readings is DSC-001 too; one that its own gaps would bring to k is DSC-002.
 */
export const anonymityCheck: Check = {
  codes: ['DSC-001', 'DSC-002', 'DSC-003'],
  async *run(input: CheckInput, coverage: Coverage): AsyncGenerator<FindingDraft> {
    const k = input.policy.k_anonymity;
    const { columns, missing } = readQuasiIdentifiers(input);
    const reason = k <= 1 ? 'the policy asks for no k-anonymity (k_anonymity is 1)' : columns.length + missing.length === 0 ? NO_QUASI_IDENTIFIERS : null;
    if (reason !== null) return declareNotApplicable(coverage, reason);
    for (const name of missing) yield missingColumn(name);
    const classes = await readClasses(input, columns);
    for (const code of this.codes) coverage.looked(code, classes.cases);
    if (columns.length === 0) return;
    yield* judgeClasses(columns, classes, k);
    yield riskFigures(columns, classes, k);
  },
};

function declareNotApplicable(coverage: Coverage, reason: string): void {
  for (const code of anonymityCheck.codes) coverage.notApplicable(code, reason);
}

function missingColumn(name: string): FindingDraft {
  return {
    code: 'DSC-001',
    message: 'A quasi-identifier of the policy is not in the public view, so classes were made without it.',
    location: { kind: 'dataset', key: name },
    hint: 'Correct the name in gate.quasi_identifiers, or remove it there if the column is not released.',
    expected: 'a column of the case table, or table.column of a table whose rows belong to cases',
    content: name,
  };
}

function* judgeClasses(columns: readonly ViewColumn[], classes: ClassTable, k: number): Generator<FindingDraft> {
  const words = new ClassWords(columns, classes, k);
  const small = smallClasses(classes, words, k);
  if (small.length === 0) return;
  const wildcards = wildcardSizes(classes);
  const proposals = proposeGeneralizations(columns, classes, k);
  const hint = proposals[0] === undefined ? `No generalization mends it: the release has fewer than ${k} cases.` : `${proposals[0].deed} Cost: ${proposals[0].cost}.`;
  for (const at of small.slice(0, MAX_CLASSES)) yield smallClass(columns, words, at, [classes.sizes[at]!, wildcards[at]!], k, hint);
  if (small.length > MAX_CLASSES) yield otherClasses(columns, words, small.slice(MAX_CLASSES).map((at) => classes.sizes[at]!), k, hint);
  for (const [at, proposal] of proposals.entries()) yield proposalFinding(columns, words, proposal, at + 1);
}

function smallClasses({ sizes }: ClassTable, words: ClassWords, k: number): number[] {
  const small: number[] = [];
  for (let at = 0; at < sizes.length; at++) if (sizes[at]! < k) small.push(at);
  return small.sort((a, b) => sizes[a]! - sizes[b]! || words.compare(a, b));
}

function smallClass(columns: readonly ViewColumn[], words: ClassWords, at: number, [own, wild]: [number, number], k: number, hint: string): FindingDraft {
  const gaps = words.hasGaps(at) && wild >= k;
  return {
    code: gaps ? 'DSC-002' : 'DSC-001',
    message: gaps ? 'Too few cases share these quasi-identifiers, unless their missing values match everything.' : 'Too few cases share these quasi-identifiers.',
    location: { ...viewLocation(columns, words.names), key: words.nameOf(at) },
    hint,
    expected: `at least ${k} cases`,
    found: wild === own ? counted(own, 'case') : `${counted(own, 'case')}, ${wild} if missing values match everything`,
    content: `${own} ${wild} ${words.contentOf(at)}`,
  };
}

function otherClasses(columns: readonly ViewColumn[], words: ClassWords, sizes: readonly number[], k: number, hint: string): FindingDraft {
  const cases = sizes.reduce((sum, size) => sum + size, 0);
  return {
    code: 'DSC-001',
    message: 'More classes are too small than are listed one by one.',
    location: viewLocation(columns, words.names),
    hint,
    expected: `at least ${k} cases in each`,
    found: `${sizes.length} more classes with ${counted(cases, 'case')}`,
    content: `${sizes.length} ${cases}`,
  };
}

function proposalFinding(columns: readonly ViewColumn[], words: ClassWords, { deed, cost }: Proposal, rank: number): FindingDraft {
  return {
    code: 'DSC-001',
    level: 'info',
    message: 'A way to bring every class to the least size, with its cost.',
    location: { ...viewLocation(columns, words.names), key: `proposal ${rank}` },
    hint: deed,
    found: cost,
    content: `${deed} ${cost}`,
  };
}

/**
 * The risk that an intruder who knows that a person is in the release meets (prosecutor): 1/f for each case of a class of
 * f. Its mean is also the share that a marketer re-identifies; the journalist's risk would need a table of the population.
 */
function riskFigures(columns: readonly ViewColumn[], { sizes, cases }: ClassTable, k: number): FindingDraft {
  let [smallest, below] = [Infinity, 0];
  for (const size of sizes) {
    smallest = Math.min(smallest, size);
    if (size < k) below += size;
  }
  const share = (value: number): string => (cases === 0 ? '0' : String(Number(value.toPrecision(3))));
  const found = `max ${share(1 / smallest)}, mean ${share(sizes.length / cases)}; ${percent(cases === 0 ? 0 : below / cases)} of ${counted(cases, 'case')} above ${share(1 / k)}`;
  return {
    code: 'DSC-003',
    level: below > 0 ? 'warning' : 'info',
    message: 'The risk of re-identification by the quasi-identifiers, for one who knows that a person is in the release.',
    location: viewLocation(columns, columns.map(({ name }) => name).join(', ')),
    expected: `at most ${share(1 / k)} for each case`,
    found,
    content: found,
  };
}
