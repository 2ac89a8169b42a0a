import { publishedSplits } from '../../model/hidden-parts.js';
import type { Check, CheckInput, Coverage, FindingDraft } from '../check.js';
import { tableLocation } from '../columns.js';
import { showName } from '../mask.js';
import { literal, rowLocation } from '../sql.js';
import { readAggregate, type AggregateTable } from './aggregate-table.js';
import { deriveCells } from './cell-bounds.js';

/**
 * DSC-007: no published count of cases is 1 to 10 (below policy `small_cell`), and none that is suppressed can be computed
 * to within so few. Counted are what release.json says (cases, cases of each part of a split, and so those in no part) and
 * tables of counts that are released whole. Tombstones are no statistic: they name each withdrawn case on purpose.
 */
export const smallCellsCheck: Check = {
  codes: ['DSC-007'],
  async *run(input: CheckInput, coverage: Coverage): AsyncGenerator<FindingDraft> {
    const bound = input.policy.small_cell;
    if (bound <= 1) return coverage.notApplicable('DSC-007', 'the policy knows no small cells (small_cell is 1)');
    const counts = await releaseCounts(input);
    coverage.looked('DSC-007', counts.length);
    for (const count of counts) if (count.n > 0 && count.n < bound) yield smallCount(count, bound);
    for (const table of input.tables) {
      const aggregate = await readAggregate(input, table);
      if (aggregate === null) continue;
      coverage.looked('DSC-007', aggregate.system.cells.length);
      yield* judgeAggregate(aggregate, bound, input.acceptedCases);
    }
  },
};

/** A count of cases that release.json gives, or that follows from those that it gives. */
interface ReleaseCount {
  key: string;
  n: number;
  derived: boolean;
}

async function releaseCounts({ catalog, config, acceptedCases }: CheckInput): Promise<ReleaseCount[]> {
  const published = publishedSplits(config).map(({ name }) => name);
  const counts: ReleaseCount[] = [{ key: 'cases', n: acceptedCases, derived: false }];
  if (published.length === 0) return counts;
  const parts = await catalog.all<{ split: string; part: string; n: number }>(`
    SELECT a.split, a.part, count(*) AS n FROM assignments AS a JOIN case_ AS c ON c.case_id = a.case_id AND c.status = 'accepted'
    WHERE a.split IN (${published.map(literal).join(', ')}) GROUP BY a.split, a.part ORDER BY a.split, a.part`);
  for (const split of published) {
    const own = parts.filter((part) => part.split === split);
    if (own.length === 0) continue;
    for (const { part, n } of own) counts.push({ key: `${split} ${part}`, n, derived: false });
    counts.push({ key: `${split} in no part`, n: acceptedCases - own.reduce((sum, { n }) => sum + n, 0), derived: true });
  }
  return counts;
}

function smallCount({ key, derived }: ReleaseCount, bound: number): FindingDraft {
  return {
    code: 'DSC-007',
    message: derived ? 'A small count of cases follows from those that the release gives.' : 'The release gives a small count of cases.',
    location: { kind: 'dataset', key: showName(key) },
    expected: `none, or at least ${bound}`,
    found: `1 to ${bound - 1}`,
    content: key,
  };
}

function* judgeAggregate(aggregate: AggregateTable, bound: number, cases: number): Generator<FindingDraft> {
  const { system, shares, columns } = aggregate;
  for (const [cell, count] of system.cells.entries()) {
    if (count !== null && count > 0 && count < bound) yield cellDraft(aggregate, cell, 'A published count is small.', { expected: `0, suppressed, or at least ${bound}`, found: `1 to ${bound - 1}` });
    if (count === null && shares[Math.floor(cell / columns.length)] === true)
      yield cellDraft(aggregate, cell, 'A suppressed count stands beside its share, which gives it.', { expected: 'no share where the count is suppressed', found: 'a share' });
  }
  yield* derivable(aggregate, bound);
  yield* ofAllCases(aggregate, bound, cases);
}

/** Suppressed cells whose bounds from the table's own sums are too near. */
function* derivable(aggregate: AggregateTable, bound: number): Generator<FindingDraft> {
  if (aggregate.system.cells.every((count) => count !== null)) return;
  const derivation = deriveCells(aggregate.system);
  if (derivation.kind === 'contradiction') {
    yield tableDraft(aggregate, 'The counts of the table do not add up, so it is not known what can be derived from them.', 'counts that add up to their totals');
    return;
  }
  if (derivation.unsolved > 0) yield tableDraft(aggregate, 'The table has too many suppressed counts to tell what can be derived of them.', 'a smaller table', `${derivation.unsolved} suppressed counts`);
  for (const { cell, least, most } of derivation.bounds)
    if (isTooNear(least, most, bound)) yield derivedDraft(aggregate, cell, most - least, bound);
}

/** A table by one category without a total has one: the number of cases in release.json, if it counts those. */
function* ofAllCases(aggregate: AggregateTable, bound: number, cases: number): Generator<FindingDraft> {
  const { system, columns, dimensions, hasTotals } = aggregate;
  if (hasTotals || dimensions.length !== 1 || columns.length !== 1) return;
  const total = system.cells.length;
  const derivation = deriveCells({ cells: [...system.cells, cases], sums: [{ total, parts: [...system.cells.keys()] }] });
  if (derivation.kind === 'contradiction') return;
  for (const { cell, least, most } of derivation.bounds)
    if (isTooNear(least, most, bound))
      yield { ...derivedDraft(aggregate, cell, most - least, bound), level: 'warning', message: 'A suppressed count follows from the others and the number of released cases, if it counts these.' };
}

/** An interval that is narrower than the small cells and holds one of them; 0 alone is no secret. */
function isTooNear(least: number, most: number, bound: number): boolean {
  return most >= 1 && least < bound && most - least < bound;
}

function derivedDraft(aggregate: AggregateTable, cell: number, width: number, bound: number): FindingDraft {
  return cellDraft(aggregate, cell, 'A suppressed count can be derived from the others.', {
    expected: `an interval wider than ${bound - 1}`,
    found: width === 0 ? 'exactly' : `to within ${width}`,
  });
}

function cellDraft({ table, columns, rows }: AggregateTable, cell: number, message: string, words: { expected: string; found: string }): FindingDraft {
  const column = columns[cell % columns.length]!;
  const row = rows[Math.floor(cell / columns.length)]!;
  return { code: 'DSC-007', message, location: rowLocation(table, row, column), ...words, content: `${row.categories} ${words.found}` };
}

function tableDraft({ table }: AggregateTable, message: string, expected: string, found?: string): FindingDraft {
  return { code: 'DSC-007', message, location: tableLocation(table), expected, found, content: `${message} ${found ?? ''}` };
}
