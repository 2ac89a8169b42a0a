import type { Distribution } from './measures/count-table.js';
import type { ReferredVariable } from './measures/reference-report.js';
import { countCategories } from './measures/tally.js';
import type { UnitsByPart } from './balance.js';
import { binOf } from '../input/bins.js';
import type { Variable } from '../input/variable.js';

/** The variables of a split as they are held against a reference population. */
export function referredVariables(variables: readonly Variable[], units: UnitsByPart, names: readonly string[]): ReferredVariable[] {
  return variables.map((variable) => {
    const { partOf } = units[variable.level];
    const { numbers } = variable;
    return {
      name: variable.name,
      parts: categoryCounts(variable, units, names),
      binBy: numbers === null ? null : (edges) => rangeCounts(numbers, partOf, edges, names),
    };
  });
}

function categoryCounts(variable: Variable, units: UnitsByPart, names: readonly string[]): ReadonlyMap<string, Distribution> {
  const { codes, counts, parts } = countCategories(variable, units[variable.level]);
  return new Map(names.map((name, part) => [name, new Map(Array.from(codes, (code, row) => [variable.categories[code]!, counts[row * parts + part]!]))]));
}

/** Counts of the ranges below, between and from the edges on, and of missing numbers under `''`. */
function rangeCounts(numbers: Float64Array, partOf: Int16Array, edges: readonly number[], names: readonly string[]): ReadonlyMap<string, Distribution> {
  const width = edges.length + 2;
  const counts = new Float64Array(names.length * width);
  for (let unit = 0; unit < numbers.length; unit++) {
    if (partOf[unit]! < 0) continue;
    const at = partOf[unit]! * width + (Number.isFinite(numbers[unit]!) ? binOf(edges, numbers[unit]!) : width - 1);
    counts[at] = counts[at]! + 1;
  }
  const labels = [`<${edges[0]}`, ...edges.slice(1).map((high, at) => `[${edges[at]},${high})`), `>=${edges.at(-1)}`, ''];
  return new Map(names.map((name, part) => [name, new Map(labels.map((label, at) => [label, counts[part * width + at]!]))]));
}
