import type { ReleaseDetails, ReleaseList, SignReport, WithdrawReport } from '../model/release.js';
import { escapeText, shortenText } from './escape.js';
import { renderCounts } from './plan-text.js';
import { joinWords, styleOf, wrapText, type TextOptions } from './style.js';
import { renderTable } from './table.js';
import { formatBytes, formatCount, formatNumber } from './units.js';

/** The published releases, newest first. */
export function renderReleaseList({ releases }: ReleaseList, options: TextOptions = {}): string {
  const style = styleOf(options);
  if (releases.length === 0) return 'Nothing is published yet. What would be: colophon release plan';
  const columns = [
    { title: 'release' },
    { title: 'date' },
    { title: 'cases', align: 'right' as const },
    { title: 'images', align: 'right' as const },
    { title: 'size', align: 'right' as const },
    { title: 'withdrawn', align: 'right' as const },
    { title: 'digest' },
    { title: '' },
  ];
  const rows = releases
    .toReversed()
    .map(({ version, date, cases, instances, bytes, withdrawn, digest, status }) => [
      version, date, formatCount(cases), formatCount(instances), formatBytes(bytes), formatCount(withdrawn), `${digest.slice(0, 'sha256:'.length + 12)}…`,
      status === 'published' ? '' : status,
    ]);
  const odd = releases.filter(({ status }) => status !== 'published');
  return [
    ...renderTable(columns, rows),
    ...odd.map(({ version, status }) =>
      style.red(`✗ ${escapeText(version)} ${status === 'missing' ? 'has a number but no folder here' : 'was edited after it was published: colophon verify tells what'}`),
    ),
  ].join('\n');
}

/** One release: identity, content, splits, and what was withdrawn. */
export function renderReleaseDetails({ path, digest, document, tables, tombstones }: ReleaseDetails, options: TextOptions = {}): string {
  const style = styleOf(options);
  const { dataset, version, sequence, date, previous, counts, schema, splits, policy, tool } = document;
  const fact = (name: string, text: string) => `${name.padEnd(9)} ${text}`;
  return [
    style.bold(`${escapeText(dataset.id)} ${escapeText(version)}  ${shortenText(dataset.title, 80)}`),
    renderCounts(counts),
    '',
    fact('date', `${escapeText(date)}, release ${sequence} of this dataset`),
    fact('digest', escapeText(digest)),
    fact('previous', previous === null ? 'none: the first release' : `${escapeText(previous.version)} ${escapeText(previous.digest)}`),
    fact('license', escapeText(dataset.license)),
    fact('schema', schema === null ? 'none' : `${escapeText(schema.pack)} ${escapeText(schema.version)}`),
    fact('gate', `${escapeText(policy.profile)}: ${formatNumber(policy.errors, 'error')}, ${formatNumber(policy.warnings, 'warning')}, ${formatCount(policy.waived)} waived`),
    ...splits.map(({ name, parts }) => fact('split', `${escapeText(name)}: ${Object.entries(parts).map(([part, cases]) => `${escapeText(part)} ${formatCount(cases)}`).join(', ')}`)),
    fact('tool', `${escapeText(tool.name)} ${escapeText(tool.version)}, DuckDB ${escapeText(tool.duckdb)}`),
    fact('folder', escapeText(path)),
    '',
    ...renderTable([{ title: 'table' }, { title: 'rows', align: 'right' as const }], Object.entries(tables).sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, rows]) => [name, formatCount(rows)])),
    ...(tombstones.length === 0 ? [] : ['', 'Withdrawn', ...renderTombstones(tombstones)]),
  ].join('\n');
}

function renderTombstones(tombstones: ReleaseDetails['tombstones']): string[] {
  const columns = ['case', 'reason', 'out since', 'withdrawn', 'replaced by'].map((title) => ({ title }));
  return renderTable(columns, tombstones.map(({ case_id, reason, since_version, date, replacement }) => [case_id, reason, since_version, date, replacement ?? '']));
}

/** What a withdrawal did, and what it did not yet do. */
export function renderWithdraw({ withdrawn, already, reason, date, releases }: WithdrawReport, options: TextOptions = {}): string {
  const style = styleOf(options);
  const names = (ids: readonly string[]) => `${ids.slice(0, 10).map((id) => shortenText(id, 64)).join(', ')}${ids.length > 10 ? `, … and ${formatCount(ids.length - 10)} more` : ''}`;
  return [
    ...(withdrawn.length > 0 ? [`${style.green('✓')} ${formatNumber(withdrawn.length, 'case')} withdrawn (${escapeText(reason)}, ${escapeText(date)}): ${names(withdrawn)}`] : []),
    ...(already.length > 0 ? [`${formatNumber(already.length, 'case')} had been withdrawn before: ${names(already)}`] : []),
    ...(releases.length > 0 ? wrapText(`Published releases never change: ${joinWords(releases.map(escapeText))} ${releases.length === 1 ? 'holds' : 'hold'} them still.`, '') : []),
    ...(withdrawn.length > 0 ? ['They are out of the next release, with a tombstone: colophon release plan'] : []),
  ].join('\n');
}

/** What signing did. */
export function renderSign({ version, path, key, signatures, minisign }: SignReport, options: TextOptions = {}): string {
  const style = styleOf(options);
  const made = minisign === undefined || minisign.key === key ? [{ key, signatures }] : [{ key, signatures }, minisign];
  const flags = made.map((each) => (each.key.startsWith('minisign:') ? '--minisign-key KEY.pub' : '--signers allowed_signers'));
  return [
    ...made.map((each) => `${style.green('✓')} ${escapeText(version)} is signed by ${escapeText(each.key)}; it has ${formatNumber(each.signatures, 'signature')} of that format.`),
    `Readers check it with: colophon verify ${escapeText(path)} ${flags.join(' ')}`,
  ].join('\n');
}
