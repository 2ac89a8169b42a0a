import type { CaseCounts, ImageSourceReport, ManifestReport, PullReport, TableReport, TableSourceReport } from '../model/pull.js';
import { escapeText, shortenText } from './escape.js';
import { renderHarmonization } from './harmonization-text.js';
import { styleOf, wrapText, type Style, type TextOptions } from './style.js';
import { formatBytes, formatCount, formatDuration, formatNumber } from './units.js';

/** What pull read, what it could not read, and which cases are in. */
export function renderPull(report: PullReport, options: TextOptions = {}): string {
  const style = styleOf(options);
  return [
    ...report.tables.flatMap((source) => renderTables(source, style)),
    ...report.images.flatMap((source) => renderImages(source, style)),
    ...renderCases(report.cases, style),
    ...(report.harmonization === undefined ? [] : renderHarmonization(report.harmonization, style)),
    '',
    ...renderNext(report, style),
  ].join('\n');
}

function renderTables({ source, from, empty_texts = 0, tables, removed, ignored }: TableSourceReport, style: Style): string[] {
  const rows = tables.reduce((sum, table) => sum + table.rows, 0);
  const unchanged = tables.filter(({ status }) => status === 'unchanged').length;
  const state = unchanged === 0 ? '' : unchanged === tables.length ? ', unchanged' : `, ${formatCount(unchanged)} unchanged`;
  return [
    `${style.bold(escapeText(source))}  ${formatNumber(tables.length, 'table')}, ${formatNumber(rows, 'row')}${state}${from === undefined ? '' : `, from ${escapeText(from)}`}`,
    ...tables.filter(({ status }) => status === 'refused').flatMap((table) => renderRefused(table, style)),
    ...(empty_texts > 0 ? [style.dim(`  ${formatNumber(empty_texts, 'empty text')} taken for no value, as in a file`)] : []),
    ...removed.map((table) => `  ${escapeText(table)} is no longer in the source and was dropped`),
    ...ignored.map(({ path, reason }) => style.dim(`  ignored ${escapeText(path)}: ${escapeText(reason)}`)),
  ];
}

function renderRefused({ path, defects, defect_count }: TableReport, style: Style): string[] {
  const hidden = defect_count - defects.length;
  return [
    `  ${style.red('✗')} ${escapeText(path)} was refused: none of its rows is in`,
    ...defects.map(({ code, line, column, message, expected, found }) => {
      const place = [line === null ? '' : `line ${line}`, column === null ? '' : shortenText(column, 64)].filter((part) => part !== '').join(', ');
      const details = [found === null ? '' : `found ${shortenText(found, 64)}`, expected === null ? '' : `expected ${shortenText(expected, 64)}`].filter((part) => part !== '').join(', ');
      return `    ${[code, place, escapeText(message), details].filter((part) => part !== '').join('  ')}`;
    }),
    ...(hidden > 0 ? [`    … and ${formatCount(hidden)} more`] : []),
  ];
}

function renderImages(report: ImageSourceReport, style: Style): string[] {
  const { source, files, bytes, read, read_bytes, unchanged, removed, ok, partial, unreadable, seconds } = report;
  const speed = seconds > 0 && read_bytes > 0 ? `, ${formatBytes(read_bytes / seconds)}/s` : '';
  // Files that have no usable name, or are no regular files, are neither read nor unchanged.
  const idle = unchanged > 0 || files === 0 ? 'nothing changed' : 'none could be read';
  const work = read === 0 ? `${idle} (${formatDuration(seconds)})` : `${formatCount(read)} read in ${formatDuration(seconds)}${speed}${unchanged > 0 ? `, ${formatCount(unchanged)} unchanged` : ''}`;
  const broken = [partial > 0 ? `${formatCount(partial)} broken off` : '', unreadable > 0 ? `${formatCount(unreadable)} unreadable` : ''].filter((part) => part !== '');
  return [
    // A listing without sizes adds up to nothing, which the files do not.
    `${style.bold(escapeText(source))}  ${formatNumber(files, 'file')}${bytes > 0 || report.remote === undefined ? `, ${formatBytes(bytes)}` : ''}: ${work}`,
    ...renderTraffic(report),
    ...(removed > 0 ? [`  ${formatNumber(removed, 'file')} no longer in the source and dropped`] : []),
    ...(report.manifest === undefined ? [] : renderManifest(report.manifest, style)),
    ...(broken.length > 0 ? [`  ${style.yellow('!')} ${formatCount(ok)} good, ${broken.join(', ')}`, ...renderProblems(report)] : []),
  ];
}

function renderManifest({ entries, listed, missing, not_as_claimed, left_out, defect_count, defects, notes }: ManifestReport, style: Style): string[] {
  const counts = [
    `${formatCount(listed)} listed${entries > listed ? ` in ${formatCount(entries)} entries` : ''}`,
    ...(missing > 0 ? [`${formatCount(missing)} missing`] : []),
    ...(not_as_claimed > 0 ? [`${formatCount(not_as_claimed)} not as it says`] : []),
    ...(left_out > 0 ? [`${formatNumber(left_out, 'file')} left out that it does not list`] : []),
  ];
  const hidden = defect_count - defects.length;
  return [
    `  manifest: ${counts.join(', ')}`,
    ...notes.map((note) => style.dim(`  ${escapeText(note)}`)),
    ...(defect_count > 0 ? [`  ${style.yellow('!')} ${formatNumber(defect_count, 'line')} of the manifest not in order`] : []),
    ...defects.map(({ line, message, found }) => `    line ${line}  ${escapeText(message)}${found === undefined ? '' : ` found ${shortenText(found, 64)}`}`),
    ...(hidden > 0 ? [`    … and ${formatCount(hidden)} more`] : []),
  ];
}

/** What was asked of a source that is elsewhere; nothing for a folder. */
function renderTraffic({ remote, read, manifest }: ImageSourceReport): string[] {
  if (remote === undefined) return [];
  const { requests, transferred_bytes, kept_files, kept_bytes, left_out, claims_met, headers_only } = remote;
  const kept = kept_files === 0 ? [] : [`${formatBytes(kept_bytes)} kept in ${formatNumber(kept_files, 'copy', 'copies')}`];
  return [
    `  ${[formatNumber(requests, 'request'), ...(transferred_bytes > 0 ? [`${formatBytes(transferred_bytes)} transferred`] : []), ...kept].join(', ')}`,
    ...(headers_only && read > 0 ? ['  Only headers were read: these images have no digest, and no release can hold them'] : []),
    ...(claims_met > 0 && manifest === undefined ? [`  ${formatNumber(claims_met, 'file')} had the checksum that the source gives: it tells what the source received, not what was sent to it`] : []),
    ...(left_out > 0 ? [`  ${formatNumber(left_out, 'file')} left out by the configuration of the source`] : []),
  ];
}

function renderProblems({ problems, partial, unreadable, problems_query }: ImageSourceReport): string[] {
  const shown = problems.slice(0, 10);
  const hidden = partial + unreadable - shown.length;
  return [
    ...shown.map(({ path, code, message }) => `    ${escapeText(path)}  ${code}: ${escapeText(message)}`),
    ...(hidden > 0 ? [`    … and ${formatCount(hidden)} more: colophon query "${problems_query}"`] : []),
  ];
}

function renderCases({ accepted, rejected, unknown, withdrawn, accepted_images, images_without_case }: CaseCounts, style: Style): string[] {
  const reasons = Object.entries(rejected).sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1));
  return [
    `${style.bold('cases')}  ${formatCount(accepted)} accepted with ${formatNumber(accepted_images, 'image')}`,
    ...reasons.map(([reason, count]) => `  ${formatCount(count)} not accepted: ${escapeText(reason)}`),
    ...(withdrawn > 0 ? [`  ${formatCount(withdrawn)} withdrawn`] : []),
    ...(unknown > 0 ? [`  ${formatCount(unknown)} known from images alone, so not accepted`] : []),
    ...(images_without_case > 0 ? [`  ${formatNumber(images_without_case, 'image')} of no case`] : []),
  ];
}

function renderNext({ ok, cases, seconds }: PullReport, style: Style): string[] {
  if (!ok) return [`${style.red('✗')} Some tables were refused. Mend them at their source, then run: colophon pull`];
  if (cases.accepted === 0) return wrapText(`${style.yellow('!')} No case is accepted. See \`accept\` and \`link\` in colophon.yaml, then run: colophon pull`, '');
  return [`${style.green('✓')} Done in ${formatDuration(seconds)}. Next: colophon check`];
}
