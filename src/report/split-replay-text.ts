import type { ReplayReport } from '../model/split-replay.js';
import { escapeText, shortenText } from './escape.js';
import { styleOf, wrapText, type TextOptions } from './style.js';
import { formatCount, formatNumber } from './units.js';

/** Differences that a text names. */
const MAX_DIFFERENCES = 20;

/** What making a draw again came to. */
export function renderReplay(report: ReplayReport, options: TextOptions = {}): string {
  const { split, release, identical, cases, drawn, total_differences, differences, input, notes, algorithm, effort, seed } = report;
  const style = styleOf(options);
  const name = `${escapeText(split)} of ${escapeText(release.dataset)} ${escapeText(release.version)}`;
  const places = total_differences === 0 ? 'every case is where it was' : `${formatCount(total_differences)} of ${formatNumber(cases, 'case')} would be elsewhere`;
  return [
    identical ? `${style.green('✓')} ${name}: drawn again, ${places}.` : style.red(`✗ ${name}: drawn again, ${places}${input.length > 0 ? ', and the input is not what it was' : ''}.`),
    `  ${formatNumber(drawn, 'case')} drawn of ${formatCount(cases)}, seed ${escapeText(seed)}, ${escapeText(algorithm)}, effort ${escapeText(effort)}`,
    ...input.map(({ message }) => style.red(`  ✗ ${escapeText(message)}`)),
    ...differences.slice(0, MAX_DIFFERENCES).map(({ case_id, released, drawn: part }) => `  ${shortenText(case_id, 64)}: ${place(released)} in the release, ${place(part)} now`),
    ...(total_differences > MAX_DIFFERENCES ? [`  … and ${formatCount(total_differences - MAX_DIFFERENCES)} more`] : []),
    ...notes.flatMap((note) => wrapText(escapeText(note), '  ')),
    `  release digest ${escapeText(release.digest)}`,
  ].join('\n');
}

function place(part: string | null): string {
  return part === null ? 'in no part' : escapeText(part);
}
