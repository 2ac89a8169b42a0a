import type { Check, CheckInput, Coverage, FindingDraft } from '../check.js';
import { showName } from '../mask.js';
import { MAX_CLASSES } from './anonymity.js';
import { ClassWords } from './class-words.js';
import { counted } from './counted.js';
import { equalDistance, OrderedDistance } from './distance.js';
import { NO_QUASI_IDENTIFIERS, readQuasiIdentifiers } from './quasi-identifiers.js';
import { readSensitive, readSensitiveClasses, type SensitiveClasses } from './sensitive.js';
import { readUniformity, type Uniformity } from './uniformity.js';
import { viewLocation } from './view-location.js';
import type { ViewColumn } from './view-column.js';

/** Distances are sums of fractions: a hair above the bound is the bound. */
const TOLERANCE = 1e-9;

const NO_SENSITIVE = 'no sensitive column of the policy is in the public view';

/**
 * DSC-004: in each class every sensitive column takes at least l values (distinct l-diversity). A missing value is no
 * value: it protects nobody, and a class that has nothing else tells nothing.
 */
export const diversityCheck: Check = {
  codes: ['DSC-004'],
  async *run(input: CheckInput, coverage: Coverage): AsyncGenerator<FindingDraft> {
    const l = input.policy.l_diversity;
    const { columns } = readQuasiIdentifiers(input);
    const sensitive = readSensitive(input, columns);
    const reason = l <= 1 ? 'the policy asks for no l-diversity (l_diversity is 1)' : missingReason(columns, sensitive);
    if (reason !== null) return coverage.notApplicable('DSC-004', reason);
    for (const column of sensitive) {
      const read = await readUniformity(input, columns, column, l, MAX_CLASSES);
      coverage.looked('DSC-004', read.classes);
      yield* uniformClasses(columns, column, read, l, input.policy.k_anonymity);
    }
  },
};

/**
 * DSC-005: in each class the distribution of every sensitive column is near the whole (t-closeness, by the earth mover's
 * distance). Classes below k, which DSC-001 names, are left out: that few cases are far from any whole by chance.
 */
export const closenessCheck: Check = {
  codes: ['DSC-005'],
  async *run(input: CheckInput, coverage: Coverage): AsyncGenerator<FindingDraft> {
    const { t_closeness: t, k_anonymity: k } = input.policy;
    const { columns } = readQuasiIdentifiers(input);
    const sensitive = readSensitive(input, columns);
    const reason = t >= 1 ? 'the policy asks for no t-closeness (t_closeness is 1)' : missingReason(columns, sensitive);
    if (reason !== null) return coverage.notApplicable('DSC-005', reason);
    let judged = 0;
    for (const column of sensitive) {
      const read = await readSensitiveClasses(input, columns, column, k);
      judged += read.classes.sizes.length;
      yield* distantClasses(columns, column, read, t, k);
    }
    if (judged > 0) coverage.looked('DSC-005', judged);
    else coverage.notApplicable('DSC-005', `no class holds ${k} cases`);
  },
};

function missingReason(columns: readonly ViewColumn[], sensitive: readonly ViewColumn[]): string | null {
  return columns.length === 0 ? NO_QUASI_IDENTIFIERS : sensitive.length === 0 ? NO_SENSITIVE : null;
}

function* uniformClasses(columns: readonly ViewColumn[], column: ViewColumn, { largest, few, uniform }: Uniformity, l: number, common: number): Generator<FindingDraft> {
  const { classes, values } = largest;
  const words = new ClassWords(columns, classes, common);
  const draft = sensitiveDraft(columns, column, l);
  for (const [at, held] of values.entries()) {
    const found = `${counted(held, 'value')} in ${classes.sizes[at]!} cases`;
    yield { ...draft, location: { ...draft.location, key: words.nameOf(at) }, found, content: `${found} ${words.contentOf(at)}` };
  }
  const rest = { classes: uniform.classes - values.length, cases: uniform.cases - classes.cases };
  const sums = [
    { message: 'The sensitive column takes too few values in more classes than are listed one by one.', sum: rest },
    { message: 'The sensitive column takes too few values in classes that are too small to hold more.', sum: few },
  ];
  for (const { message, sum } of sums) {
    if (sum.classes === 0) continue;
    const found = `${counted(sum.classes, 'class', 'classes')} with ${counted(sum.cases, 'case')}`;
    yield { ...draft, message, found, content: found };
  }
}

function sensitiveDraft(columns: readonly ViewColumn[], column: ViewColumn, l: number): FindingDraft {
  return {
    code: 'DSC-004',
    message: 'The sensitive column takes too few values in a class, so who finds the class learns the value.',
    location: viewLocation(columns, showName(column.name)),
    expected: `at least ${l} values in each class`,
    content: null,
  };
}

function* distantClasses(columns: readonly ViewColumn[], column: ViewColumn, { classes, held, whole, ordered }: SensitiveClasses, t: number, common: number): Generator<FindingDraft> {
  const words = new ClassWords(columns, classes, common);
  const line = ordered ? new OrderedDistance(whole) : null;
  const distances = held.map((each) => (line === null ? equalDistance(each, whole) : line.of(each)));
  const distant = distances.map((_, at) => at).filter((at) => distances[at]! > t + TOLERANCE).sort((a, b) => distances[b]! - distances[a]! || words.compare(a, b));
  for (const at of distant.slice(0, MAX_CLASSES)) {
    const found = `${distances[at]!.toFixed(3)} in ${classes.sizes[at]!} cases`;
    yield {
      code: 'DSC-005',
      message: 'The sensitive column is distributed otherwise in a class than in the whole.',
      location: { ...viewLocation(columns, showName(column.name)), key: words.nameOf(at) },
      expected: `a distance of at most ${t}`,
      found,
      content: `${found} ${words.contentOf(at)}`,
    };
  }
  if (distant.length <= MAX_CLASSES) return;
  const found = `${distant.length - MAX_CLASSES} classes`;
  yield {
    code: 'DSC-005',
    message: 'The sensitive column is distributed otherwise than in the whole in more classes than are listed one by one.',
    location: viewLocation(columns, showName(column.name)),
    expected: `a distance of at most ${t}`,
    found,
    content: found,
  };
}
