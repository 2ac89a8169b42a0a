import { maskedCase, type AmendedCase, type AmendmentSummary } from '../model/amendment.js';
import type { ReleaseDetails, ReleaseList, SignReport, WithdrawReport } from '../model/release-reports.js';
import { escapeText, shortenText } from './escape.js';
import { describeHarmonization } from './harmonization-text.js';
import { renderCounts } from './plan-text.js';
import { joinWords, styleOf, wrapText, type TextOptions } from './style.js';
import { renderTable } from './table.js';
import { formatBytes, formatCount, formatNumber } from './units.js';

/** The published releases, newest first. */
export function renderReleaseList({ releases, amendment }: ReleaseList, options: TextOptions = {}): string {
  const style = styleOf(options);
  if (releases.length === 0) return 'Nothing is published yet. What would be: colophon release plan';
  const columns = [
    { title: 'release' },
    { title: 'date' },
    { title: 'cases', align: 'right' as const },
    { title: 'images', align: 'right' as const },
    { title: 'size', align: 'right' as const },
    { title: 'tombstones', align: 'right' as const },
    { title: 'withdrawn since', align: 'right' as const },
    { title: 'digest' },
    { title: '' },
  ];
  const rows = releases
    .toReversed()
    .map(({ version, date, cases, instances, bytes, withdrawn, withdrawn_since = 0, digest, status }) => [
      version, date, formatCount(cases), formatCount(instances), formatBytes(bytes), formatCount(withdrawn), formatCount(withdrawn_since), `${digest.slice(0, 'sha256:'.length + 12)}…`,
      status === 'published' ? '' : status,
    ]);
  const odd = releases.filter(({ status }) => status !== 'published');
  return [
    ...renderTable(columns, rows),
    ...(amendment === undefined ? [] : [renderAmendment(amendment)]),
    ...odd.map(({ version, status }) =>
      style.red(`✗ ${escapeText(version)} ${status === 'missing' ? 'has a number but no folder here' : 'was edited after it was published: colophon verify tells what'}`),
    ),
  ].join('\n');
}

/** One release: identity, content, splits, and what was withdrawn. */
export function renderReleaseDetails({ path, digest, document, tables, tombstones, withdrawn_since = [], amendment }: ReleaseDetails, options: TextOptions = {}): string {
  const style = styleOf(options);
  const { dataset, version, sequence, date, previous, counts, schema, splits, harmonization, policy, tool } = document;
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
    ...(harmonization === undefined ? [] : [fact('mended', `by ${escapeText(describeHarmonization(harmonization))}`)]),
    fact('gate', `${escapeText(policy.profile)}: ${formatNumber(policy.errors, 'error')}, ${formatNumber(policy.warnings, 'warning')}, ${formatCount(policy.waived)} waived`),
    ...splits.map(({ name, parts }) => fact('split', `${escapeText(name)}: ${Object.entries(parts).map(([part, cases]) => `${escapeText(part)} ${formatCount(cases)}`).join(', ')}`)),
    fact('tool', `${escapeText(tool.name)} ${escapeText(tool.version)}, DuckDB ${escapeText(tool.duckdb)}`),
    fact('folder', escapeText(path)),
    '',
    ...renderTable([{ title: 'table' }, { title: 'rows', align: 'right' as const }], Object.entries(tables).sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, rows]) => [name, formatCount(rows)])),
    ...(tombstones.length === 0 ? [] : ['', 'Withdrawn from earlier releases', ...renderTombstones(tombstones)]),
    ...(withdrawn_since.length === 0 ? [] : ['', style.yellow(`WITHDRAWN since, and still in this release: ${formatNumber(withdrawn_since.length, 'case')}`), ...renderTombstones(withdrawn_since.map((each) => asTombstone(each, version)))]),
    ...(amendment === undefined ? [] : [renderAmendment(amendment)]),
  ].join('\n');
}

function asTombstone({ case_id, releases, reason, since_version, date, replacement }: AmendedCase, version: string): ReleaseDetails['tombstones'][number] {
  const digest = releases.find((each) => each.version === version)?.case_digest ?? null;
  return { case_id: case_id ?? (digest === null ? 'not named' : maskedCase(digest)), reason, since_version: since_version ?? '', date, replacement };
}

function renderAmendment({ number, date, path, digest, signed }: AmendmentSummary): string {
  const where = path === null ? 'not written yet' : escapeText(path);
  return `Amendment ${number} of ${escapeText(date)}, ${path === null || signed ? (signed ? 'signed' : 'to be signed when there is a signer') : 'not signed'}: ${where} (${escapeText(digest.slice(0, 'sha256:'.length + 12))}…)`;
}

function renderTombstones(tombstones: ReleaseDetails['tombstones']): string[] {
  const columns = ['case', 'reason', 'out since', 'withdrawn', 'replaced by'].map((title) => ({ title }));
  return renderTable(columns, tombstones.map(({ case_id, reason, since_version, date, replacement }) => [case_id, reason, since_version, date, replacement ?? '']));
}

/** What a withdrawal did, or would do: which releases it concerns, and what their readers are told. */
export function renderWithdraw(report: WithdrawReport, options: TextOptions = {}): string {
  const style = styleOf(options);
  const { dry_run, withdrawn, already, reason, date, unreleased, releases } = report;
  return [
    ...(withdrawn.length > 0 ? [`${dry_run ? '' : `${style.green('✓')} `}${formatNumber(withdrawn.length, 'case')} ${dry_run ? 'would be ' : ''}withdrawn (${escapeText(reason)}, ${escapeText(date)}): ${joinCases(withdrawn)}`] : []),
    ...(already.length > 0 ? [`${formatNumber(already.length, 'case')} had been withdrawn before: ${joinCases(already)}`] : []),
    ...(unreleased.length > 0 ? [`No release ever held ${joinCases(unreleased)}: nobody is told of ${unreleased.length === 1 ? 'it' : 'them'}.`] : []),
    ...(releases.length > 0 ? wrapText(`Published releases never change: ${joinWords(releases.map(escapeText))} ${releases.length === 1 ? 'holds' : 'hold'} them still.`, '') : []),
    ...renderConcerned(report),
    ...(dry_run ? ['Dry run: nothing was written.'] : withdrawn.length > 0 ? ['They are out of the next release, with a tombstone: colophon release plan'] : []),
  ].join('\n');
}

function joinCases(ids: readonly string[]): string {
  return `${ids.slice(0, 10).map((id) => shortenText(id, 64)).join(', ')}${ids.length > 10 ? `, … and ${formatCount(ids.length - 10)} more` : ''}`;
}

function renderConcerned({ concerned, amendment, reason }: WithdrawReport): string[] {
  if (concerned.length === 0) return [];
  const columns = [{ title: 'release' }, ...['cases', 'files', 'size'].map((title) => ({ title, align: 'right' as const }))];
  const rows = concerned.map(({ version, cases, files, bytes }) => [version, formatCount(cases), files === null ? '?' : formatCount(files), bytes === null ? '?' : formatBytes(bytes)]);
  return [
    ...renderTable(columns, rows),
    ...(amendment === null ? [] : [renderAmendment(amendment), 'Whoever has a copy is told by: colophon verify COPY --amendments AMENDMENT. Publish the file and its signature beside the releases.']),
    ...(reason === 'phi' ? wrapText('The reason is phi: neither the ids nor replacements are published, only the content digests of the cases, which tell them to whoever has a copy.', '') : []),
  ];
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
