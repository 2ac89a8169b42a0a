import type { CategoryReport, JointReport, PermutationReport, SplitReport, SplitWarning, VariableReport } from '../../model/split.js';
import { MISSING_LABEL } from '../input/bins.js';

/** Limits from which on a reviewer asks, each in its own unit. */
const SMALL_PART_CASES = 30;
const RARE_CASES = 5;
const NOT_REPORTED_SHARE = 0.1;
/** Standardized difference that is commonly called imbalance (Austin 2009). */
const IMBALANCE_SMD = 0.1;
const OFF_TARGET_SHARE = 0.02;
/** A cell that should hold three cases is empty once in twenty random splits. */
const EXPECTED_CASES = 3;
/** Level of the test whether a part depends on a variable, shared by all variables. */
const TIED_LEVEL = 0.05;
/** So many categories are named in a sentence. */
const NAMED = 5;

/** What the warnings are about; names of parts come with the report. */
export type JudgedReport = Omit<SplitReport, 'warnings'>;

/**
 * Lists what a reviewer would ask about a split, the gravest first.
 * @param hidden The part whose membership and labels must not be published; null without one.
 */
export function listWarnings(report: JudgedReport, hidden: string | null): SplitWarning[] {
  return [
    ...warnOfHidden(report, hidden),
    ...warnOfLeakage(report),
    ...warnOfParts(report),
    ...Object.entries(report.variables).flatMap(([name, variable]) => warnOfVariable(name, variable, report)),
    ...Object.entries(report.observed).flatMap(([name, variable]) => warnOfObserved(name, variable, report)),
    ...Object.entries(report.joint).flatMap(([name, pair]) => warnOfPair(name, pair)),
    ...warnOfReference(report),
  ].sort((a, b) => ORDER.indexOf(a.code) - ORDER.indexOf(b.code));
}

const ORDER: readonly SplitWarning['code'][] = [
  'leakage', 'hidden-part', 'tied-part', 'one-part-category', 'absent-category', 'empty-cell', 'imbalance', 'off-target', 'small-part', 'not-reported', 'rare-category', 'reference-mismatch',
];

function warnOfHidden({ parts }: JudgedReport, hidden: string | null): SplitWarning[] {
  if (hidden === null || !Object.hasOwn(parts, hidden)) return [];
  return [{ code: 'hidden-part', part: hidden, message: `${hidden} is hidden until it is revealed, and this report shows its size, its balance and its counts: keep it with the data.` }];
}

/** Names of what is shared, of one and of several. */
const LEAKS = {
  groups: ['linked group', 'linked groups'],
  patients: ['patient', 'patients'],
  studies: ['study', 'studies'],
  instances: ['image of the same bytes', 'images of the same bytes'],
  identical_images: ['pair of cases with images of the same pixels', 'pairs of cases with images of the same pixels'],
  near_duplicates: ['pair of cases with images that look the same', 'pairs of cases with images that look the same'],
} as const;

function warnOfLeakage({ shared }: JudgedReport): SplitWarning[] {
  return shared.flatMap(({ parts, ...counts }) =>
    (Object.keys(LEAKS) as (keyof typeof LEAKS)[])
      .filter((kind) => counts[kind] > 0)
      .map((kind): SplitWarning => ({ code: 'leakage', message: `${parts.join(' and ')} share ${counts[kind]} ${LEAKS[kind][counts[kind] === 1 ? 0 : 1]}.` })),
  );
}

function warnOfParts({ parts }: JudgedReport): SplitWarning[] {
  const base = Object.values(parts).reduce((sum, { cases, held_out }) => sum + cases - held_out, 0);
  return Object.entries(parts).flatMap(([part, { cases, share, target }]): SplitWarning[] => [
    ...(cases < SMALL_PART_CASES ? [{ code: 'small-part' as const, part, message: `${part} has ${cases} cases, fewer than ${SMALL_PART_CASES}: an estimate on it is hardly one.` }] : []),
    ...(base > 0 && Math.abs(share - target) > OFF_TARGET_SHARE
      ? [{ code: 'off-target' as const, part, message: `${part} holds ${percent(share)} of the cases, and ${percent(target)} were asked for.` }]
      : []),
  ]);
}

function warnOfVariable(variable: string, report: VariableReport, { variables }: JudgedReport): SplitWarning[] {
  const { not_reported, smd, smd_category, permutation, pairs } = report;
  const warnings: SplitWarning[] = warnOfCategories(variable, report);
  if (not_reported > NOT_REPORTED_SHARE) warnings.push({ code: 'not-reported', variable, message: `${variable} is missing or not reported in ${percent(not_reported)} of the ${plural(report)}.` });
  const where = smd_category === null ? '' : ` (${label(smd_category)})`;
  if (smd === null && pairs.length > 0) warnings.push({ code: 'imbalance', variable, message: `${variable}${where} has no standardized difference: parts differ where neither varies.` });
  else if (smd !== null && smd > IMBALANCE_SMD) warnings.push({ code: 'imbalance', variable, message: `${variable}${where} differs by ${smd.toFixed(2)} standard deviations between two parts; more than ${IMBALANCE_SMD} is commonly called imbalance.` });
  return isTied(permutation, variables) ? [...warnings, tiedPart(variable, permutation, '')] : warnings;
}

/** A variable that nobody balanced may differ by chance; what counts is whether the part depends on it. */
function warnOfObserved(variable: string, report: VariableReport, { variables, observed, parts }: JudgedReport): SplitWarning[] {
  const telling = { ...report, categories: report.categories.filter((category) => isExpectedElsewhere(category, parts)) };
  const alone = warnOfCategories(variable, telling).filter(({ code }) => code === 'one-part-category');
  return isTied(report.permutation, { ...variables, ...observed }) ? [...alone, tiedPart(variable, report.permutation, ', which is not balanced')] : alone;
}

/** Whether the parts without a category should hold three of it by their shares, so that it is no luck that they do not. */
function isExpectedElsewhere({ total, parts: counts }: CategoryReport, parts: JudgedReport['parts']): boolean {
  const without = Object.entries(parts).reduce((sum, [name, { share }]) => sum + (counts[name]?.count === 0 ? share : 0), 0);
  return without === 0 || total * without >= EXPECTED_CASES;
}

function isTied(permutation: PermutationReport | null, variables: Record<string, VariableReport>): permutation is PermutationReport {
  return permutation !== null && permutation.p_worse <= TIED_LEVEL / Object.keys(variables).length;
}

function tiedPart(variable: string, { p_worse, runs }: PermutationReport, which: string): SplitWarning {
  return { code: 'tied-part', variable, message: `The part depends on ${variable}${which}: of ${runs} random splits, a share of ${p_worse.toFixed(4)} is as unbalanced.` };
}

function warnOfCategories(variable: string, report: VariableReport): SplitWarning[] {
  const known = report.categories.filter(({ category }) => !report.not_reported_categories.includes(category));
  const parts = partNames(known).filter((part) => known.some((category) => category.parts[part]!.count > 0));
  if (parts.length < 2) return [];
  const onlyIn = (category: CategoryReport) => parts.filter((part) => category.parts[part]!.count > 0);
  return parts.flatMap((part): SplitWarning[] => {
    const alone = known.filter((category) => category.total >= 2 && onlyIn(category).length === 1 && onlyIn(category)[0] === part);
    const absent = known.filter((category) => category.parts[part]!.count === 0 && category.total >= parts.length && onlyIn(category).length > 1);
    const rare = known.filter((category) => category.parts[part]!.count > 0 && category.parts[part]!.count < RARE_CASES);
    return [
      ...(alone.length > 0 ? [{ code: 'one-part-category' as const, variable, part, message: `Only ${part} has ${variable} = ${nameCategories(alone, ({ total }) => `${total}`)}.` }] : []),
      ...(absent.length > 0 ? [{ code: 'absent-category' as const, variable, part, message: `${part} has no ${singular(report)} with ${variable} = ${nameCategories(absent, ({ total }) => `${total} in all`)}.` }] : []),
      ...(rare.length > 0
        ? [{ code: 'rare-category' as const, variable, part, message: `${part} has fewer than ${RARE_CASES} ${plural(report)} with ${variable} = ${nameCategories(rare, ({ parts: counts }) => `${counts[part]!.count}`)}.` }]
        : []),
    ];
  });
}

function warnOfPair(name: string, { table }: JointReport): SplitWarning[] {
  if (table === null) return [];
  const parts = Object.entries(table.parts);
  const totals = table.rows.map((_, row) => table.columns.map((__, column) => parts.reduce((sum, [, counts]) => sum + counts[row]![column]!, 0)));
  const all = totals.flat().reduce((sum, count) => sum + count, 0);
  return parts.flatMap(([part, counts]): SplitWarning[] => {
    const share = counts.flat().reduce((sum, count) => sum + count, 0) / all;
    const empty = table.rows.flatMap((row, at) =>
      table.columns.flatMap((column, to) => (counts[at]![to] === 0 && totals[at]![to]! * share >= EXPECTED_CASES ? [{ cell: `${label(row)} × ${label(column)}`, total: totals[at]![to]! }] : [])),
    );
    if (empty.length === 0) return [];
    const named = empty.slice(0, NAMED).map(({ cell, total }) => `${cell} (${total} in all)`).join(', ');
    return [{ code: 'empty-cell', variable: name, part, message: `${part} has nothing of ${name} = ${named}${empty.length > NAMED ? ` and ${empty.length - NAMED} more` : ''}.` }];
  });
}

function warnOfReference({ reference }: JudgedReport): SplitWarning[] {
  if (reference === null) return [];
  const mismatches = Object.entries(reference.variables).flatMap(([variable, { only_in_split, only_in_reference }]): SplitWarning[] => {
    if (only_in_split.length === 0) return [];
    const against = only_in_reference.length === 0 ? '' : `, which has ${some(only_in_reference)} that the split lacks`;
    return [{ code: 'reference-mismatch', variable, message: `The reference does not know ${variable} = ${some(only_in_split)}${against}. The same under another name counts as a difference: rename it in the reference.` }];
  });
  const left = reference.not_compared.map(({ variable, reason }): SplitWarning => ({ code: 'reference-mismatch', variable, message: `${variable} was not compared with ${reference.source}: ${reason}.` }));
  return [...mismatches, ...left];
}

function partNames([first]: readonly CategoryReport[]): string[] {
  return first === undefined ? [] : Object.keys(first.parts);
}

function nameCategories(categories: readonly CategoryReport[], note: (category: CategoryReport) => string): string {
  const named = categories.slice(0, NAMED).map((category) => `${label(category.category)} (${note(category)})`).join(', ');
  return categories.length > NAMED ? `${named} and ${categories.length - NAMED} more` : named;
}

function some(categories: readonly string[]): string {
  const named = categories.slice(0, NAMED).map(label).join(', ');
  return categories.length > NAMED ? `${named} and ${categories.length - NAMED} more` : named;
}

/** A category in a sentence, cut to 40 characters. */
function label(category: string): string {
  const characters = Array.from(category.slice(0, 200));
  if (characters.length > 40) return `${characters.slice(0, 39).join('')}…`;
  return category === '' ? MISSING_LABEL : category;
}

function singular({ level }: VariableReport): string {
  return level === 'case' ? 'case' : 'study';
}

function plural({ level }: VariableReport): string {
  return level === 'case' ? 'cases' : 'studies';
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}
