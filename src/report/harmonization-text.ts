import type { HarmonizationCount, HarmonizationReport, PublishedHarmonization } from '../model/harmonization.js';
import { escapeText } from './escape.js';
import type { Style } from './style.js';
import { formatCount, formatNumber } from './units.js';

/** Rules and columns that are listed; `harmonization` in the catalog has all. */
const LISTED = 20;

/** What rules did to cells: how many by rule, what was left, what has no LOINC code. */
export function renderHarmonization({ sets, rules, idle, unmapped }: HarmonizationReport, style: Style): string[] {
  const mended = rules.filter(({ outcome }) => outcome === 'mended');
  const left = rules.filter(({ outcome }) => outcome === 'left');
  const names = [...sets.map(({ name, version }) => `${name} ${version}`), ...(idle.length > 0 || rules.some(({ rule }) => rule.startsWith('own/')) ? ['rules of colophon.yaml'] : [])];
  return [
    `${style.bold('harmonize')}  ${formatNumber(sum(mended), 'cell')} mended${names.length === 0 ? '' : ` by ${names.map(escapeText).join(', ')}`}`,
    ...listed(mended, (each) => `  ${place(each)}  ${formatCount(each.cells)} by ${escapeText(each.rule)}`),
    ...(left.length === 0 ? [] : [`  ${style.yellow('!')} ${formatNumber(sum(left), 'cell')} left as ${sum(left) === 1 ? 'it is' : 'they are'}: no rule reads ${sum(left) === 1 ? 'it' : 'them'} in one way`]),
    ...listed(left, (each) => `    ${place(each)}  ${formatCount(each.cells)}, ${escapeText(each.rule)}`),
    ...(unmapped === null || unmapped.rows === 0 ? [] : [`  ${formatNumber(unmapped.rows, 'study', 'studies')} without a LOINC code, of ${formatNumber(unmapped.descriptions, 'description')} that the table does not map: colophon query "FROM unmapped"`]),
    ...idle.map((each) => `  ${style.yellow('!')} no loaded table has the column of the rule ${escapeText(each)}`),
    ...(rules.length === 0 ? [] : [style.dim('  every spelling and reason: colophon query "FROM harmonization"')]),
  ];
}

function listed(counts: readonly HarmonizationCount[], line: (count: HarmonizationCount) => string): string[] {
  return [...counts.slice(0, LISTED).map(line), ...(counts.length > LISTED ? [`    … and ${formatCount(counts.length - LISTED)} more`] : [])];
}

function place({ table, column }: HarmonizationCount): string {
  return escapeText(`${table}.${column}`);
}

function sum(counts: readonly HarmonizationCount[]): number {
  return counts.reduce((total, { cells }) => total + cells, 0);
}

/** The rules in force, on one line. */
export function describeHarmonization({ sets, digest }: PublishedHarmonization): string {
  return `${sets.length === 0 ? 'rules of its own' : sets.map(({ name, version }) => `${name} ${version}`).join(', ')}, ${digest}`;
}
