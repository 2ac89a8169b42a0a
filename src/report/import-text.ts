import type { ImportedManifest } from '../model/exchange.js';
import { PROBLEM_KINDS, type Problem } from '../model/verification.js';
import { escapeText, shortenText } from './escape.js';
import { styleOf, wrapText, type Style, type TextOptions } from './style.js';
import { formatBytes, formatCount, formatNumber } from './units.js';

/** Problems of a kind that are named; the JSON has more. */
const EXAMPLES = 10;

/** What a manifest of another system holds, what is wrong with it, and how it differs from what it was compared with. */
export function renderImportedManifest(report: ImportedManifest, options: TextOptions = {}): string {
  const style = styleOf(options);
  const { format, path, entries, distinct, bundles, bytes, total_problems, compared, output, notes } = report;
  const mark = total_problems === 0 ? style.green('✓') : style.red('✗');
  const size = bytes > 0 ? `, ${formatBytes(bytes)}` : '';
  return [
    `${mark} ${escapeText(path)} is ${escapeText(format)}: ${formatNumber(entries, 'entry', 'entries')}, ${formatCount(distinct)} different${bundles === 0 ? '' : `, ${formatCount(bundles)} of them bundles`}${size}.`,
    ...renderCounts(report),
    ...(compared === null ? [] : [`  compared with ${escapeText(compared.with)}: ${formatCount(compared.matched)} of ${formatCount(distinct - bundles)} are there${compared.files > 0 ? `, ${formatNumber(compared.files, 'file')} looked at` : ''}`]),
    ...(output === null ? [] : [`  ${escapeText(output.path)}: ${formatNumber(output.records, 'entry', 'entries')}`]),
    ...renderProblems(report, style),
    ...notes.flatMap((note) => wrapText(escapeText(note), '  ')),
  ].join('\n');
}

function renderCounts({ format, without_size, without_checksum, distinct, origins, superseded }: ImportedManifest): string[] {
  const lacks = [without_size > 0 ? `${formatCount(without_size)} without size` : '', without_checksum > 0 ? `${formatCount(without_checksum)} without checksum` : ''].filter((text) => text !== '');
  const from = Object.entries(origins).map(([name, count]) => `${shortenText(name, 64)} ${formatCount(count)}`);
  return [
    // A list of series has no sizes by its nature.
    ...(lacks.length > 0 && distinct > 0 && !/^(?:tcia|s5cmd)/.test(format) ? [`  ${lacks.join(', ')}`] : []),
    ...(from.length > 0 ? wrapText(`from ${from.join(', ')}`, '  ') : []),
    ...(superseded === null ? [] : [`  ${formatCount(superseded.replaced)} replaced by another file, ${formatCount(superseded.removed)} removed`]),
  ];
}

function renderProblems({ problems, total_problems }: ImportedManifest, style: Style): string[] {
  const lines = PROBLEM_KINDS.flatMap((kind) => {
    const own = problems.filter((problem) => problem.kind === kind);
    const hidden = own.length - EXAMPLES;
    return own.length === 0 ? [] : ['', style.red(kind), ...own.slice(0, EXAMPLES).flatMap(renderProblem), ...(hidden > 0 ? [style.dim(`  … and ${formatCount(hidden)} more: --json`)] : [])];
  });
  const untold = total_problems - problems.length;
  return [...lines, ...(untold > 0 ? [`${formatCount(untold)} more problems are not named.`] : []), ...(lines.length > 0 ? [''] : [])];
}

function renderProblem({ path, message, expected, found }: Problem): string[] {
  const details = [...(expected === undefined ? [] : [`expected ${shortenText(expected, 100)}`]), ...(found === undefined ? [] : [`found ${shortenText(found, 100)}`])];
  return [`  ${shortenText(path, 200)}`, `    ${escapeText(message)}${details.length === 0 ? '' : ` (${details.join(', ')})`}`];
}
