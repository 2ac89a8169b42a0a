import type { CheckInput, ClinicalTable } from '../check.js';
import { identifier, judgedRows } from '../sql.js';
import type { CellSum, CellSystem } from './cell-bounds.js';

/** Rows of a table of counts that are read; a longer one is no table of counts. */
const MAX_ROWS = 10_000;

/** Column names that say that people are counted. Counts of files and images are none of it. */
const COUNT_NAME = /(?:^|_)(?:n|num|number|counts?|cases|patients|persons|people|subjects|participants|individuals|totals?|freq|frequency)(?:_|$)/i;
const FILE_NAME = /(?:^|_)(?:instances?|images?|files?|series|stud(?:y|ies)|slices?|frames?|bytes|size|id|sequence|days|years?)(?:_|$)/i;
const SHARE_NAME = /(?:^|_)(?:percent|percentage|pct|share|proportion|rate)(?:_|$)|%/i;
const TOTAL_NAME = /(?:^|_)(?:all|totals?|overall)(?:_|$)/i;

/** Texts of a category cell that stand for all categories. */
const TOTAL_VALUE = /^(?:grand )?(?:totals?|all|overall|any|both|sum)$/i;

/** Texts of a count cell that hide the count. */
const SUPPRESSED = /^(?:[<≤] ?=? ?[0-9]{1,6}|\*{1,3}|-{1,3}|\.{1,3}|s|x|c|n\/?a|na|nr|suppressed|masked|withheld)$/i;

const COUNT = /^(?:0|[1-9][0-9]{0,11})$/;

/** A table of counts: rows that belong to no case, released whole. */
export interface AggregateTable {
  table: ClinicalTable;
  /** Columns of counts. */
  columns: string[];
  /** Places of the rows in their source, and the categories that each is about. */
  rows: { source: string; source_row: number; categories: string }[];
  /** Cells row by row, each as long as `columns`, and the sums that they make. */
  system: CellSystem;
  /** Whether a share of the same row is published, by row. */
  shares: boolean[];
  /** Whether a cell adds up others; such totals are no further summed. */
  hasTotals: boolean;
  /** Categories that make the rows. */
  dimensions: string[];
}

/** Reads a table of another kind than cases and facts as counts; null when it holds none. */
export async function readAggregate(input: CheckInput, table: ClinicalTable): Promise<AggregateTable | null> {
  const named = table.columns.filter((name) => COUNT_NAME.test(name) && !FILE_NAME.test(name) && name !== table.key);
  if (table.role !== 'other' || named.length === 0 || table.rows === 0 || table.rows > MAX_ROWS) return null;
  const cells = table.columns.map((name, at) => `coalesce(trim(${identifier(name)}), '') AS c${at}`).join(', ');
  const rows = await input.catalog.all<Record<string, string> & { source: string; source_row: number }>(
    `SELECT source, source_row, ${cells} FROM ${judgedRows(table)} ORDER BY source, source_row`,
  );
  const textOf = (row: Record<string, string>, column: string): string => row[`c${table.columns.indexOf(column)}`]!;
  const columns = named.filter((column) => isCounts(rows.map((row) => textOf(row, column))));
  if (columns.length === 0) return null;
  const dimensions = dimensionsOf(table, columns);
  const counts = rows.map((row) => columns.map((column) => (COUNT.test(textOf(row, column)) ? Number(textOf(row, column)) : null)));
  const categories = rows.map((row) => dimensions.map((column) => textOf(row, column)));
  const sums = [...rowSums(categories, columns.length), ...columnSums(columns, counts)];
  const shareColumns = table.columns.filter((name) => SHARE_NAME.test(name));
  return {
    table,
    columns,
    rows: rows.map(({ source, source_row }, at) => ({ source, source_row, categories: JSON.stringify(categories[at]) })),
    system: { cells: counts.flat(), sums },
    shares: rows.map((row) => shareColumns.some((column) => /[0-9]/.test(textOf(row, column)))),
    hasTotals: sums.length > 0,
    dimensions,
  };
}

/** At least one count, and beside counts only what hides one. */
function isCounts(texts: readonly string[]): boolean {
  return texts.some((text) => COUNT.test(text)) && texts.every((text) => text === '' || COUNT.test(text) || SUPPRESSED.test(text));
}

/** All other columns but shares; the key only when nothing else is there: a running number would set all rows apart. */
function dimensionsOf(table: ClinicalTable, counts: readonly string[]): string[] {
  const others = table.columns.filter((name) => !counts.includes(name) && !SHARE_NAME.test(name) && name !== 'type');
  const categories = others.filter((name) => name !== table.key);
  return categories.length > 0 ? categories : others;
}

/** Rows of one total that are believed; more of them say the same. */
const MAX_TOTALS = 3;

/** Rows that say `Total` in one dimension add up the rows that agree with them in all others. */
function rowSums(categories: readonly (readonly string[])[], width: number): CellSum[] {
  const dimensions = categories[0]?.length ?? 0;
  const sums: CellSum[] = [];
  for (let dimension = 0; dimension < dimensions; dimension++) {
    const groups = new Map<string, { totals: number[]; parts: number[] }>();
    for (const [at, row] of categories.entries()) {
      const key = JSON.stringify(row.filter((_, index) => index !== dimension));
      const group = groups.get(key) ?? { totals: [], parts: [] };
      groups.set(key, group);
      (TOTAL_VALUE.test(row[dimension]!) ? group.totals : group.parts).push(at);
    }
    for (const { totals, parts } of groups.values())
      for (const total of parts.length === 0 ? [] : totals.slice(0, MAX_TOTALS))
        for (let column = 0; column < width; column++) sums.push({ total: total * width + column, parts: parts.map((row) => row * width + column) });
  }
  return sums;
}

/** A column called total adds up the other columns of counts, if it does so in every row that hides nothing. */
function columnSums(columns: readonly string[], counts: readonly (readonly (number | null)[])[]): CellSum[] {
  const totals = columns.flatMap((name, at) => (TOTAL_NAME.test(name) ? [at] : []));
  const [total] = totals;
  if (total === undefined || totals.length > 1 || columns.length < 3) return [];
  const parts = columns.map((_, at) => at).filter((at) => at !== total);
  const whole = counts.filter((row) => row.every((count) => count !== null)) as number[][];
  const adds = whole.length > 0 && whole.every((row) => row[total] === parts.reduce((sum, at) => sum + row[at]!, 0));
  return adds ? counts.map((_, row) => ({ total: row * columns.length + total, parts: parts.map((at) => row * columns.length + at) })) : [];
}
