import type { ExportReport } from '../model/exchange.js';
import { escapeText } from './escape.js';
import { styleOf, wrapText, type TextOptions } from './style.js';
import { formatBytes, formatNumber } from './units.js';

/** What an export wrote, and what its format could not take. */
export function renderExport({ format, dry_run, release, files, notes }: ExportReport, options: TextOptions = {}): string {
  const style = styleOf(options);
  const name = `${escapeText(release.dataset)} ${escapeText(release.version)}`;
  return [
    `${style.green('✓')} ${name} ${dry_run ? 'would be' : 'is'} exported as ${format}:`,
    ...files.map(({ path, records, size_bytes }) => `  ${escapeText(path)}  ${formatNumber(records, 'record')}${size_bytes === null ? '' : `, ${formatBytes(size_bytes)}`}`),
    ...notes.flatMap((note) => wrapText(escapeText(note), '  ')),
    ...(dry_run ? ['Nothing was written.'] : []),
  ].join('\n');
}
