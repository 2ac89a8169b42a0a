import type { ImportReport } from '../model/split-import.js';
import { escapeText, shortenText } from './escape.js';
import { styleOf, type TextOptions } from './style.js';
import { formatCount, formatNumber } from './units.js';

/** What became of a former master list. */
export function renderImport(report: ImportReport, options: TextOptions = {}): string {
  const { split, dry_run, rows, added, already, repeated, without_part, parts, unknown, unknown_cases, not_accepted, torn, frozen, digest } = report;
  const style = styleOf(options);
  const name = escapeText(split);
  const would = dry_run ? 'would be' : added === 1 ? 'is' : 'are';
  const head = added === 0 ? `Split ${name}: the record has all of the list already.` : `${style.green('✓')} Split ${name}: ${formatNumber(added, 'case')} of ${formatNumber(rows, 'row')} ${would} frozen as they were.`;
  const perPart = Object.entries(parts).filter(([, cases]) => cases > 0).map(([part, cases]) => `  ${formatCount(cases)} in ${escapeText(part)}`);
  const examples = unknown_cases.length === 0 ? '' : `, e.g. ${shortenText(unknown_cases[0] ?? '', 64)}`;
  const notes: [number, string][] = [
    [already, `${formatNumber(already, 'case')} the record has already`],
    [repeated, `${formatNumber(repeated, 'row')} that say the same again`],
    [without_part, `${formatNumber(without_part, 'row')} in no part, left out`],
    [not_accepted, `${formatNumber(not_accepted, 'case')} rejected or withdrawn now: kept as history`],
    [unknown, `${formatNumber(unknown, 'case')} not in the catalog: kept as history${examples}`],
  ];
  return [
    head,
    ...perPart,
    ...notes.filter(([count]) => count > 0).map(([, note]) => `  ${note}`),
    ...torn.flatMap(({ cases }) => [style.red('✗ Linked cases are in different parts, and stay there:'), ...cases.map(({ case_id, part, line }) => `  ${shortenText(case_id, 64)} in ${escapeText(part)}${line === null ? ', frozen before' : `, line ${line}`}`)]),
    dry_run ? 'Nothing was written.' : `${formatNumber(frozen, 'case')} in the record splits/${name}.csv, digest ${escapeText(digest)}`,
    ...(dry_run || added === 0 ? [] : [`Draw the others around them: colophon split assign ${name}`]),
  ].join('\n');
}
