import type { Check, CheckInput, Coverage, FindingDraft, PublishedRelease } from '../check.js';
import { MAX_CLASSES } from './anonymity.js';
import { ClassTableBuilder, type ClassTable } from './class-table.js';
import { ClassWords } from './class-words.js';
import { counted } from './counted.js';
import { publicView } from './public-view.js';
import { NO_QUASI_IDENTIFIERS, readQuasiIdentifiers } from './quasi-identifiers.js';
import { viewLocation } from './view-location.js';
import { cellSql, type ViewColumn } from './view-column.js';

/**
 * DSC-008: no class of the quasi-identifiers gained 1 to k-1 cases since an earlier release, whether they are new or came
 * from another class. Cases that left a class are a warning: the earlier release shows them, and no later one can undo it.
 */
export const differencingCheck: Check = {
  codes: ['DSC-008'],
  async *run(input: CheckInput, coverage: Coverage): AsyncGenerator<FindingDraft> {
    const k = input.policy.k_anonymity;
    const columns = readQuasiIdentifiers(input).columns.filter(({ table }) => table.role === 'case');
    const off = k <= 1 ? 'the policy asks for no k-anonymity (k_anonymity is 1)' : columns.length === 0 ? NO_QUASI_IDENTIFIERS : null;
    const comparable = input.releases.map((release) => ({ release, shared: columns.filter(({ column }) => release.columns?.has(column) === true) })).filter(({ shared }) => shared.length > 0);
    const reason = off ?? (input.releases.length === 0 ? 'nothing was released before' : comparable.length === 0 ? 'no earlier release has these quasi-identifiers' : null);
    if (reason !== null) return coverage.notApplicable('DSC-008', reason);
    for (const { release, shared } of comparable) {
      coverage.looked('DSC-008', input.acceptedCases);
      const common = await commonValues(input, shared, k);
      yield* changes(await readChanges(input, release, shared, 'gained', k), { release, columns: shared, k, common, side: 'gained' });
      yield* changes(await readChanges(input, release, shared, 'lost', k), { release, columns: shared, k, common, side: 'lost' });
    }
  },
};

type Side = 'gained' | 'lost';

/** Classes that gained or lost 1 to k-1 cases: the cases that one release has in a class and the other has not there. */
async function readChanges(input: CheckInput, { cases, columns: types }: PublishedRelease, columns: readonly ViewColumn[], side: Side, k: number): Promise<ClassTable> {
  const names = columns.map((_, at) => `q${at}`);
  const earlier = `(SELECT b.case_id, ${columns.map((column, at) => `${cellSql(column, 'b', types?.get(column.column))} AS q${at}`).join(', ')} FROM ${cases} AS b WHERE b.case_id IS NOT NULL)`;
  const now = publicView(input, { q: columns });
  const [has, hasNot] = side === 'gained' ? [now, earlier] : [earlier, now];
  const same = ['a.case_id = b.case_id', ...names.map((name) => `a.${name} IS NOT DISTINCT FROM b.${name}`)].join(' AND ');
  const sql = `SELECT ${names.map((name) => `a.${name}`).join(', ')}, count(*) AS n FROM ${has} AS a ANTI JOIN ${hasNot} AS b ON ${same} GROUP BY ALL HAVING count(*) < ${k}`;
  const builder = new ClassTableBuilder(columns.length);
  for await (const rows of input.catalog.stream<Record<string, string | number | null>>(sql))
    for (const row of rows) builder.add(names.map((name) => row[name] as string | null), row['n'] as number);
  return builder.build();
}

/** By column, the values that at least k cases hold now. */
async function commonValues(input: CheckInput, columns: readonly ViewColumn[], k: number): Promise<Set<string>[]> {
  const common: Set<string>[] = [];
  for (const column of columns) {
    const rows = await input.catalog.all<{ value: string }>(`SELECT q0 AS value FROM ${publicView(input, { q: [column] })} WHERE q0 IS NOT NULL GROUP BY q0 HAVING count(*) >= ${k}`);
    common.push(new Set(rows.map(({ value }) => value)));
  }
  return common;
}

interface Comparison {
  release: PublishedRelease;
  columns: readonly ViewColumn[];
  k: number;
  common: Set<string>[];
  side: Side;
}

function* changes(classes: ClassTable, comparison: Comparison): Generator<FindingDraft> {
  const { release, columns, k, common, side } = comparison;
  const words = new ClassWords(columns, classes, k, common);
  const order = [...classes.sizes.keys()].sort((a, b) => classes.sizes[a]! - classes.sizes[b]! || words.compare(a, b));
  const location = viewLocation(columns, words.names);
  for (const at of order.slice(0, MAX_CLASSES)) {
    const found = `${counted(classes.sizes[at]!, 'case')} since ${release.version}`;
    yield { ...changeDraft(side, k), location: { ...location, key: words.nameOf(at) }, found, content: `${side} ${found} ${words.contentOf(at)}` };
  }
  const rest = order.slice(MAX_CLASSES);
  if (rest.length === 0) return;
  const found = `${rest.length} more classes with ${rest.reduce((sum, at) => sum + classes.sizes[at]!, 0)} cases since ${release.version}`;
  yield { ...changeDraft(side, k), location, found, content: `${side} ${found}` };
}

function changeDraft(side: Side, k: number): Pick<FindingDraft, 'code' | 'level' | 'message' | 'hint' | 'expected'> {
  if (side === 'gained')
    return { code: 'DSC-008', message: 'Few cases came new to a class since an earlier release.', hint: 'Hold them back until more of their class can be released.', expected: `none, or at least ${k} cases` };
  return {
    code: 'DSC-008',
    level: 'warning',
    message: 'Few cases left a class that an earlier release shows.',
    hint: 'Whoever holds both releases can tell which; know that before a withdrawal is published alone.',
    expected: `none, or at least ${k} cases`,
  };
}
