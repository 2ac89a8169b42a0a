import { shareBounds, type CohortTable } from './cohort-problem.js';
import type { IntegerProgram, ProgramColumn, ProgramRow } from './integer-program.js';

/** A program over a cohort: a column a stratum (how many of its groups are taken), then the size, then what else it needs. */
export interface CohortProgram extends IntegerProgram {
  /** Place of the column that holds the size. */
  sizeAt: number;
}

/**
 * The largest sample that is as wanted. With the size a column N, "the share of c is at least t" is the linear row
 * n_c - t N >= 0, so neither size nor shares have to be guessed.
 * @param measures places of the measures that must hold; all by default
 * @param limit no larger sample than this
 */
export function largestProgram(table: CohortTable, measures: readonly number[] = [...table.measures.keys()], limit = Infinity): CohortProgram {
  const sizeAt = table.strata.length;
  const supply = table.strata.reduce((sum, { cases, ids }) => sum + cases * ids.length, table.fixed.cases);
  const columns: ProgramColumn[] = [...strataColumns(table), { cost: -1, lower: Math.max(1, table.fixed.cases), upper: Math.min(supply, limit), integer: true }];
  return { columns, rows: [sizeRow(table), ...measureRows(table, measures)], sizeAt };
}

/** The sample of `size` cases whose counts are nearest to their targets, in the sum over all measures of shares. */
export function nearestProgram(table: CohortTable, size: number): CohortProgram {
  const { columns, rows, sizeAt } = largestProgram(table);
  const program = { columns: [...columns], rows: [...rows], sizeAt };
  program.columns[sizeAt] = { cost: 0, lower: size, upper: size, integer: true };
  const counts = measureEntries(table);
  for (const [measure, { wanted }] of table.measures.entries()) {
    if (wanted.kind !== 'share') continue;
    const deviation = program.columns.push({ cost: 1, lower: 0, upper: Infinity, integer: false }) - 1;
    const goal = wanted.target * size - table.fixed.counts[measure]!;
    program.rows.push({ lower: -Infinity, upper: goal, entries: [...counts[measure]!, [deviation, -1]] });
    program.rows.push({ lower: goal, upper: Infinity, entries: [...counts[measure]!, [deviation, 1]] });
  }
  return program;
}

/**
 * How far shares have to be off at least, were groups divisible: columns are parts of the sample (or cases of it, when its
 * size is given), and the last column is the largest deviation of a share.
 */
export function toleranceProgram(table: CohortTable): CohortProgram & { toleranceAt: number } {
  const sizeAt = table.strata.length;
  const { size, fixed } = table;
  const columns: ProgramColumn[] = table.strata.map(({ ids }) => ({ cost: 0, lower: 0, upper: size === null ? Infinity : ids.length / size, integer: false }));
  // without a given size the fixed groups may weigh as little as wished only when there are none
  columns.push({ cost: 0, lower: 1, upper: 1, integer: false }, { cost: 1, lower: 0, upper: 1, integer: false });
  const toleranceAt = sizeAt + 1;
  const share = size === null ? 0 : 1 / size;
  const rows: ProgramRow[] = [{ lower: fixed.cases * share, upper: fixed.cases * share, entries: sizeEntries(table) }];
  const counts = measureEntries(table);
  for (const [measure, { wanted }] of table.measures.entries()) {
    if (wanted.kind !== 'share') continue;
    const goal = wanted.target - fixed.counts[measure]! * share;
    rows.push({ lower: -Infinity, upper: goal, entries: [...counts[measure]!, [toleranceAt, -1]] });
    rows.push({ lower: goal, upper: Infinity, entries: [...counts[measure]!, [toleranceAt, 1]] });
  }
  return { columns, rows, sizeAt, toleranceAt };
}

function strataColumns({ strata }: CohortTable): ProgramColumn[] {
  return strata.map(({ ids }) => ({ cost: 0, lower: 0, upper: ids.length, integer: true }));
}

function sizeEntries({ strata }: CohortTable): [number, number][] {
  return [...strata.map(({ cases }, at): [number, number] => [at, -cases]), [strata.length, 1]];
}

/** N - cases of the taken groups = cases of the fixed groups. */
function sizeRow(table: CohortTable): ProgramRow {
  return { lower: table.fixed.cases, upper: table.fixed.cases, entries: sizeEntries(table) };
}

function measureEntries({ strata, measures }: CohortTable): [number, number][][] {
  const entries: [number, number][][] = measures.map(() => []);
  for (const [at, { counts }] of strata.entries()) for (const [measure, cases] of counts) entries[measure]!.push([at, cases]);
  return entries;
}

function* measureRows(table: CohortTable, chosen: readonly number[]): Generator<ProgramRow> {
  const sizeAt = table.strata.length;
  const entries = measureEntries(table);
  for (const measure of chosen) {
    const { wanted } = table.measures[measure]!;
    const counted = entries[measure]!;
    const before = table.fixed.counts[measure]!;
    if (wanted.kind === 'count') yield { lower: wanted.min - before, upper: wanted.max - before, entries: counted };
    else {
      const { low, high } = shareBounds(wanted);
      if (low > 0) yield { lower: -before, upper: Infinity, entries: [...counted, [sizeAt, -low]] };
      if (high < 1) yield { lower: -Infinity, upper: -before, entries: [...counted, [sizeAt, -high]] };
    }
  }
}
