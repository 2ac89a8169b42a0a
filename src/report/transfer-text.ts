import type { FileTotals, PackReport, PushReport } from '../model/transfer.js';
import { escapeText } from './escape.js';
import { styleOf, wrapText, type TextOptions } from './style.js';
import { renderTable } from './table.js';
import { formatBytes, formatCount, formatNumber } from './units.js';

/** Shards that are listed; the index names all. */
const MAX_SHARDS = 40;

/** What was packed, or would be. */
export function renderPack({ dry_run, release, by, path, files, content_bytes, units, size_bytes, not_carried, shards }: PackReport, options: TextOptions = {}): string {
  const style = styleOf(options);
  const name = `${escapeText(release.dataset)} ${escapeText(release.version)}`;
  const noun = new Map([['case', 'cases'], ['study', 'studies'], ['series', 'series']]).get(by);
  const what = `${formatNumber(files, 'file')} (${formatBytes(content_bytes)}) of ${formatNumber(units, by, noun)} in ${formatNumber(shards.length, 'archive')}`;
  const columns = [{ title: 'archive' }, { title: 'files', align: 'right' as const }, { title: 'content', align: 'right' as const }, { title: 'from' }, { title: 'to' }, { title: '' }];
  const short = (unit: string | null): string => unit?.replace(/^data\/images\//, '') ?? '';
  const rows = shards.slice(0, MAX_SHARDS).map((shard, index) => [
    shard.name, formatCount(shard.files), formatBytes(shard.content_bytes),
    index === 0 ? 'tables and metadata' : short(shard.first), short(shard.last), shard.oversized ? 'larger than a shard' : '',
  ]); // prettier-ignore
  return [
    dry_run ? `${name} would be packed: ${what}.` : `${style.green('✓')} ${name} is packed: ${what}${size_bytes === null ? '' : `, ${formatBytes(size_bytes)}`}.`,
    '',
    ...renderTable(columns, rows),
    ...(shards.length > MAX_SHARDS ? [`… and ${formatCount(shards.length - MAX_SHARDS)} more`] : []),
    '',
    ...(not_carried.files > 0 ? wrapText(`${formatNumber(not_carried.files, 'image')} (${formatBytes(not_carried.size_bytes)}) are not here and not packed: fetch.txt says where they are.`, '') : []),
    ...(dry_run ? [`Nothing was written. They would go to ${escapeText(path)}`] : [`Folder: ${escapeText(path)}`, 'Readers check the archives with: sha256sum -c SHA256SUMS; unpacked into one folder they are the release.']),
  ].join('\n');
}

/** What was pushed, or would be. */
export function renderPush({ dry_run, release, destination, sent, there, not_carried, beside, latest, notes }: PushReport, options: TextOptions = {}): string {
  const style = styleOf(options);
  const name = `${escapeText(release.dataset)} ${escapeText(release.version)}`;
  const totals = ({ files, bytes }: FileTotals): string => `${formatNumber(files, 'file')} (${formatBytes(bytes)})`;
  return [
    dry_run ? `${name} would be pushed to ${escapeText(destination)}` : `${style.green('✓')} ${name} is at ${escapeText(destination)}`,
    `  ${dry_run ? 'to send' : 'sent'}: ${totals(sent)}`,
    `  there already: ${totals(there)}`,
    ...(not_carried.files > 0 ? [`  not carried by this copy, see fetch.txt: ${totals(not_carried)}`] : []),
    ...(beside.length > 0 ? [`  amendments, notices and signatures${dry_run ? ' to send' : ''}: ${beside.map(escapeText).join(', ')}`] : []),
    `  latest.json names ${latest === null ? 'nothing yet' : escapeText(latest)}`,
    ...notes.flatMap((note) => wrapText(style.yellow(`! ${escapeText(note)}`), '  ')),
    ...(dry_run ? ['Nothing was written.'] : [`  digest ${escapeText(release.digest)}`]),
  ].join('\n');
}
