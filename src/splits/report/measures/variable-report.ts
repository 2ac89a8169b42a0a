import type { CategoryReport, PartPairReport, VariableReport } from '../../../model/split.js';
import { reportNumbers } from './continuous-report.js';
import { columnTotals, filledPairs, rowTotal, type CountTable } from './count-table.js';
import { jensenShannonDistance, largestDifference, largestDifferenceBetween, meanJensenShannon, meanTotalVariation, totalVariation } from './distances.js';
import { notReportedCodes } from './not-reported.js';
import { compareNumbers, momentsOf, sampleNumbers, type NumberSample } from './numbers.js';
import { roundMeasure as round } from './rounding.js';
import { categoryDifference, meanDifference, multinomialDifference, type Moments } from './standardized-difference.js';
import { countCategories, type CodedVariable, type PartedUnits } from './tally.js';

/** A variable as it is measured. */
export interface MeasuredVariable extends CodedVariable {
  name: string;
  level: 'case' | 'study';
  /** Of every unit; NaN for none. Null when the variable is not continuous. */
  numbers: Float64Array | null;
}

/** So many categories and pairs of parts are listed in a report. */
const MAX_CATEGORIES = 500;
const MAX_PAIRS = 15;

/** Steps that the multinomial differences of all pairs of parts may take (a second or two): categories to the third a pair. */
const MULTINOMIAL_STEPS = 1_000_000_000;

/** A variable, counted and sorted: what all measures of it are taken from. */
interface Measured {
  variable: MeasuredVariable;
  table: CountTable;
  notReported: ReadonlySet<number>;
  /** Values of every part, and those that are reported. */
  totals: Float64Array;
  reported: Float64Array;
  /** Whether no unit has two categories. */
  exclusive: boolean;
  /** Whether there is a multinomial difference: categories exclude each other, and are not too many. */
  multinomial: boolean;
  samples: NumberSample[] | null;
  moments: Moments[] | null;
}

/**
 * Measures a variable.
 * @param names Of the parts, by number.
 */
export function reportVariable(variable: MeasuredVariable, parted: PartedUnits, names: readonly string[]): VariableReport {
  const table = countCategories(variable, parted);
  const samples = variable.numbers === null ? null : sampleNumbers(variable.numbers, parted.partOf, names.length);
  const moments = samples === null ? null : samples.map(({ sorted }) => momentsOf(sorted));
  const exclusive = variable.sets.every((set) => set.length < 2);
  const filled = filledPairs(table);
  const multinomial = exclusive && filled.length * table.codes.length ** 3 <= MULTINOMIAL_STEPS;
  const notReported = notReportedCodes(variable.categories);
  const totals = columnTotals(table);
  const measured: Measured = { variable, table, notReported, totals, reported: columnTotals(table, notReported), exclusive, multinomial, samples, moments };
  const pairs = filled.map(([a, b]) => ({ ...comparePair(measured, a, b), parts: [names[a]!, names[b]!] }));
  pairs.sort((one, other) => other.jsd - one.jsd);
  return {
    max_difference: round(largestDifference(table)),
    total_variation: round(meanTotalVariation(table)),
    jsd: round(meanJensenShannon(table) ?? 0),
    level: variable.level,
    ...describeNotReported(measured),
    ...worstSmd(pairs),
    smd_multinomial: largest(pairs.map(({ smd_multinomial }) => smd_multinomial)),
    ks: largest(pairs.map(({ ks }) => ks)),
    wasserstein: largest(pairs.map(({ wasserstein }) => wasserstein)),
    categories: listCategories(measured, names),
    more_categories: Math.max(0, table.codes.length - MAX_CATEGORIES),
    continuous: samples === null ? null : reportNumbers(samples, moments!, names),
    pairs: pairs.slice(0, MAX_PAIRS).map(({ smd_category: _, ...pair }) => pair),
    permutation: null,
  };
}

function describeNotReported({ table, notReported, variable, exclusive }: Measured): Pick<VariableReport, 'not_reported' | 'not_reported_categories' | 'jsd_reported'> {
  let [without, all] = [0, 0];
  for (let row = 0; row < table.codes.length; row++) if (notReported.has(table.codes[row]!)) without += rowTotal(table, row);
  for (const units of table.units) all += units;
  const found = Array.from(table.codes).filter((code) => notReported.has(code));
  return {
    // a case that names both "unknown" and "missing" counts once at most
    not_reported: all === 0 ? 0 : round(exclusive ? without / all : Math.min(1, without / all)),
    not_reported_categories: found.map((code) => variable.categories[code]!),
    jsd_reported: round(meanJensenShannon(table, notReported)),
  };
}

type ComparedPair = PartPairReport & { smd_category: string | null };

function comparePair(measured: Measured, a: number, b: number): Omit<ComparedPair, 'parts'> {
  const { table, notReported, totals, reported, multinomial, samples } = measured;
  const numbers = samples === null ? null : compareNumbers(samples[a]!.sorted, samples[b]!.sorted);
  return {
    max_difference: round(largestDifferenceBetween(table, a, b) ?? 0),
    total_variation: round(totalVariation(table, a, b, totals) ?? 0),
    jsd: round(jensenShannonDistance(table, a, b, undefined, totals) ?? 0),
    jsd_reported: round(jensenShannonDistance(table, a, b, notReported, reported)),
    ...pairSmd(measured, a, b),
    smd_multinomial: multinomial ? round(multinomialDifference(table, a, b)) : null,
    ks: round(numbers?.ks ?? null),
    wasserstein: round(numbers?.wasserstein ?? null),
  };
}

/** Of the means of a continuous variable, else the largest of any category; one without a value outweighs all others. */
function pairSmd({ table, moments, variable }: Measured, a: number, b: number): { smd: number | null; smd_category: string | null } {
  if (moments !== null) {
    const difference = meanDifference(moments[a]!, moments[b]!);
    return { smd: difference === null ? null : round(Math.abs(difference)), smd_category: null };
  }
  let worst = 0;
  let worstRow = -1;
  for (let row = 0; row < table.codes.length; row++) {
    const difference = categoryDifference(table, row, a, b);
    if (difference === null) return { smd: null, smd_category: variable.categories[table.codes[row]!]! };
    if (Math.abs(difference) > worst) [worst, worstRow] = [Math.abs(difference), row];
  }
  return { smd: round(worst), smd_category: worstRow < 0 ? null : variable.categories[table.codes[worstRow]!]! };
}

function worstSmd(pairs: readonly ComparedPair[]): { smd: number | null; smd_category: string | null } {
  let worst: { smd: number | null; smd_category: string | null } = { smd: pairs.length === 0 ? null : 0, smd_category: null };
  for (const { smd, smd_category } of pairs) {
    if (smd === null) return { smd, smd_category };
    if (smd > worst.smd!) worst = { smd, smd_category };
  }
  return worst;
}

function largest(values: readonly (number | null)[]): number | null {
  return values.reduce((most, value) => (most === null ? value : value === null ? most : Math.max(most, value)), null);
}

function listCategories({ table, variable }: Measured, names: readonly string[]): CategoryReport[] {
  const rows = Array.from(table.codes.keys(), (row) => ({ row, total: rowTotal(table, row) }));
  rows.sort((a, b) => b.total - a.total || a.row - b.row);
  return rows.slice(0, MAX_CATEGORIES).map(({ row, total }) => ({
    category: variable.categories[table.codes[row]!]!,
    total,
    parts: Object.fromEntries(
      names.map((name, part) => {
        const count = table.counts[row * table.parts + part]!;
        return [name, { count, share: table.units[part] === 0 ? 0 : round(count / table.units[part]!) }];
      }),
    ),
  }));
}
