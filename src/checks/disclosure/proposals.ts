import { countValues, type ClassTable } from './class-table.js';
import { counted, percent } from './counted.js';
import { findGeneralizations, type Generalization } from './generalization.js';
import { hierarchyOf, type HierarchyColumn, type Level } from './hierarchy.js';
import { showName } from '../mask.js';
import { isNumeric, type ViewColumn } from './view-column.js';

/** What could be done so that no class is too small, in words. */
export interface Proposal {
  /** `Publish age_at_index in classes of 20 (loses 35%); withhold 3 cases.` */
  deed: string;
  /** `3 of 812 cases withheld, 12% of the information in these columns lost` */
  cost: string;
}

/** The cheapest ways to bring every class to `k` cases, best first. */
export function proposeGeneralizations(columns: readonly ViewColumn[], classes: ClassTable, k: number): Proposal[] {
  const hierarchies = columns.map((column, at) => hierarchyOf({ ...describeColumn(column, classes.values[at]!), counts: countValues(classes, at) }, k));
  return findGeneralizations(classes, hierarchies, k).map((each) => ({ deed: deedOf(each, hierarchies), cost: costWords(each, classes.cases) }));
}

const NUMBER = /^-?[0-9]+(?:\.[0-9]+)?(?:e[+-]?[0-9]+)?$/i;

function describeColumn({ name, width, prefix, schema }: ViewColumn, values: readonly string[]): Omit<HierarchyColumn, 'counts'> {
  const there = values.slice(1);
  const base = { name: showName(name), values };
  if (width !== null || isNumeric(schema)) return { ...base, kind: { of: 'numbers', width: width ?? 0 } };
  const digits = there.length > 0 && there.every((value) => /^[0-9]+$/.test(value));
  // A number does not begin with 0, and one has not always as many digits as another.
  if (prefix !== null || (digits && (schema !== null || there.some((value) => value.length > 1 && value.startsWith('0'))))) return { ...base, kind: { of: 'digits' } };
  return { ...base, kind: there.length > 0 && there.every((value) => NUMBER.test(value)) ? { of: 'numbers', width: 0 } : { of: 'words' } };
}

function deedOf(generalization: Generalization, hierarchies: readonly (readonly Level[])[]): string {
  const coarser = generalization.levels.map((level, column) => hierarchies[column]![level]!).filter(({ words }) => words !== '');
  const words = coarser.map((level) => (level.loss < 1 ? `${level.words} (loses ${percent(level.loss)})` : level.words));
  const { withheld } = generalization;
  const publish = words.length === 0 ? [] : [`publish ${words.join(', ')}`];
  const withhold = withheld === 0 ? [] : [`withhold ${counted(withheld, 'case')}`];
  const text = [...publish, ...withhold].join('; ');
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}

function costWords({ loss, withheld }: Generalization, cases: number): string {
  return `${withheld} of ${cases} cases withheld, ${loss === 0 ? 'none' : percent(loss)} of the information in these columns lost`;
}
