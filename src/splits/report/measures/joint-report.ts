import type { JointReport, JointTable } from '../../../model/split.js';
import type { CountTable } from './count-table.js';
import { largestDifference, meanJensenShannon, meanTotalVariation } from './distances.js';
import { roundMeasure as round } from './rounding.js';

/** A table of more pairs of categories than this is not printed. */
const MAX_CELLS = 100;

/** Measures a pair of variables from the counts of their pairs of categories. */
export function reportJoint(table: CountTable, rows: readonly string[], columns: readonly string[], names: readonly string[]): JointReport {
  return {
    max_difference: round(largestDifference(table)),
    total_variation: round(meanTotalVariation(table)),
    jsd: round(meanJensenShannon(table) ?? 0),
    table: rows.length * columns.length <= MAX_CELLS ? tabulate(table, rows, columns, names) : null,
  };
}

function tabulate({ codes, counts, parts }: CountTable, rows: readonly string[], columns: readonly string[], names: readonly string[]): JointTable {
  const tables = names.map(() => rows.map(() => columns.map(() => 0)));
  for (let at = 0; at < codes.length; at++) {
    const [row, column] = [Math.floor(codes[at]! / columns.length), codes[at]! % columns.length];
    for (let part = 0; part < parts; part++) tables[part]![row]![column] = counts[at * parts + part]!;
  }
  return { rows: [...rows], columns: [...columns], parts: Object.fromEntries(names.map((name, part) => [name, tables[part]!])) };
}
