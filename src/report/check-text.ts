import type { CheckEntry, CheckReport, FindingGroup, WaivedFinding } from '../model/check.js';
import { LEVELS, type Finding, type Level, type Location } from '../model/finding.js';
import { escapeText, shortenText } from './escape.js';
import { styleOf, wrapText, type Style, type TextOptions } from './style.js';
import { formatCount, formatNumber } from './units.js';

export interface CheckTextOptions extends TextOptions {
  /** Findings that each message shows; default 3. */
  examples?: number;
}

/** Longest cell value and key that is shown, in characters. */
const VALUE_CHARS = 80;

/** Longest hint and list of allowed values. */
const SENTENCE_CHARS = 240;

/**
 * The report of the gate for people: gravest rules first, in each the most frequent messages with some places and how to
 * mend them; then what is waived, what was not judged, the sum, and what to do next.
 * @param entries the catalogue of checks: titles and how to mend
 */
export function renderCheck(report: CheckReport, entries: readonly CheckEntry[], options: CheckTextOptions = {}): string {
  const style = styleOf(options);
  const lines = LEVELS.flatMap((level) => renderLevel(report, level, entries, options.examples ?? 3, style));
  return [...lines, ...renderWaived(report, style), ...renderNotChecked(report, style), ...renderSummary(report, style)].join('\n');
}

function renderLevel(report: CheckReport, level: Level, entries: readonly CheckEntry[], examples: number, style: Style): string[] {
  const groups = report.groups.filter((group) => group.level === level);
  const codes = [...new Set(groups.map(({ code }) => code))];
  return codes.flatMap((code) => {
    const own = groups.filter((group) => group.code === code);
    const findings = report.findings.filter((finding) => finding.code === code && finding.level === level);
    return [...renderRule(code, level, own, findings, entries, examples, style), ''];
  });
}

function renderRule(
  code: string,
  level: Level,
  groups: readonly FindingGroup[],
  findings: readonly Finding[],
  entries: readonly CheckEntry[],
  examples: number,
  style: Style,
): string[] {
  const entry = entries.find((candidate) => candidate.code === code);
  const count = groups.reduce((sum, group) => sum + group.count, 0);
  const head = `${paintLevel(level, style)} ${style.bold(code)}  ${entry?.title ?? ''}  ${style.dim(`(${formatNumber(count, 'finding')})`)}`;
  const mend = entry === undefined || level === 'info' ? [] : wrapText(`Mend: ${entry.mend}`, '  ').map(style.dim);
  return [head, ...groups.flatMap((group) => renderGroup(group, findings, examples, style)), ...mend];
}

function renderGroup(group: FindingGroup, findings: readonly Finding[], examples: number, style: Style): string[] {
  const own = findings.filter(
    ({ message, location }) => message === group.message && (location.table ?? null) === group.table && (location.column ?? null) === group.column,
  );
  const shown = own.slice(0, examples);
  const hidden = group.count - shown.length;
  // What all of them share is said once.
  const expected = shared(shown.map((finding) => finding.expected));
  const hint = shared(shown.map((finding) => finding.hint));
  return [
    `  ${headOf(group)}${group.count > 1 ? `  (${formatCount(group.count)})` : ''}`,
    ...(expected === undefined ? [] : [`    expected ${shortenText(expected, SENTENCE_CHARS)}`]),
    ...shown.flatMap((finding) => renderFinding(finding, expected !== undefined, hint !== undefined, style)),
    ...(hidden > 0 && shown.length > 0 ? [style.dim(`    … and ${formatCount(hidden)} more`)] : []),
    ...(hint === undefined ? [] : [`    → ${shortenText(hint, SENTENCE_CHARS)}`]),
  ];
}

/** `case.sex holds a value that is not allowed.`: messages that begin with their column are not made to say it twice. */
function headOf({ table, column, message }: FindingGroup): string {
  const place = [table, column].filter((name) => name !== null).map((name) => shortenText(name, VALUE_CHARS));
  const text = escapeText(message);
  if (place.length === 0) return text;
  const last = place.at(-1) ?? '';
  return text.startsWith(`${last} `) ? `${place.join('.')}${text.slice(last.length)}` : `${place.join('.')}: ${text}`;
}

function shared(texts: readonly (string | undefined)[]): string | undefined {
  return texts.every((text) => text === texts[0]) ? texts[0] : undefined;
}

function renderFinding({ expected, found, hint, location, fingerprint }: Finding, expectedSaid: boolean, hintSaid: boolean, style: Style): string[] {
  const details = [
    ...(found === undefined ? [] : [`found ${shortenText(found, VALUE_CHARS)}`]),
    ...(expected === undefined || expectedSaid ? [] : [`expected ${shortenText(expected, VALUE_CHARS)}`]),
  ].join(', ');
  return [
    `    ${[renderPlace(location), details].filter((text) => text !== '').join('  ')}  ${style.dim(fingerprint)}`,
    ...(hint === undefined || hintSaid ? [] : [`      → ${shortenText(hint, SENTENCE_CHARS)}`]),
  ];
}

/** `tables/case.tsv:17 C1`: what an editor can open, then the key. */
function renderPlace({ path, line, key, tag }: Location): string {
  const file = path === undefined ? '' : `${escapeText(path)}${line === undefined ? '' : `:${line}`}`;
  const name = key === undefined ? '' : shortenText(key, VALUE_CHARS);
  return [file, name, tag ?? ''].filter((part) => part !== '').join(' ');
}

function paintLevel(level: Level, style: Style): string {
  switch (level) {
    case 'error':
      return style.red('ERROR  ');
    case 'warning':
      return style.yellow('WARNING');
    case 'info':
      return 'INFO   ';
  }
}

function renderWaived({ waived, summary }: CheckReport, style: Style): string[] {
  if (summary.waived === 0) return [];
  const hidden = summary.waived - waived.length;
  return [
    style.bold(`Accepted by a waiver (${formatCount(summary.waived)})`),
    ...waived.map((finding) => renderWaiver(finding, style)),
    ...(hidden > 0 ? [style.dim(`  … and ${formatCount(hidden)} more`)] : []),
    '',
  ];
}

function renderWaiver({ code, location, waiver }: WaivedFinding, style: Style): string {
  const place = [location.table, location.column].filter((name) => name !== undefined).join('.');
  const where = [shortenText(place, VALUE_CHARS), renderPlace(location)].filter((text) => text !== '').join('  ');
  return `  ${code}  ${where}  ${style.dim(`${shortenText(waiver.reason, VALUE_CHARS)} (${shortenText(waiver.approver, VALUE_CHARS)}, until ${escapeText(waiver.expiry)})`)}`;
}

function renderNotChecked({ not_checked }: CheckReport, style: Style): string[] {
  if (not_checked.length === 0) return [];
  return [style.bold('Not judged'), ...not_checked.flatMap((sentence) => wrapText(escapeText(sentence), '  ')), ''];
}

function renderSummary(report: CheckReport, style: Style): string[] {
  const { errors, warnings, infos, waived } = report.summary;
  const counts = [
    formatNumber(errors, 'error'),
    formatNumber(warnings, 'warning'),
    ...(infos > 0 ? [formatNumber(infos, 'note')] : []),
    ...(waived > 0 ? [`${formatCount(waived)} waived`] : []),
  ].join(', ');
  const ran = report.checks.filter(({ status }) => status === 'checked').length;
  return [style.bold(`${counts}; ${formatNumber(ran, 'check')} judged the catalog.`), ...renderVerdict(report, style)];
}

function renderVerdict({ verdict, findings, waived, summary }: CheckReport, style: Style): string[] {
  const listed = findings.length + waived.length;
  const all = summary.errors + summary.warnings + summary.infos + summary.waived;
  const more = listed < all || findings.length > 20 ? ['Every finding: colophon query "SELECT * FROM finding"'] : [];
  switch (verdict) {
    case 'fail':
      return [
        `${style.red('✗')} No release can be cut. Mend the errors at their source, then run: colophon pull && colophon check`,
        '  To accept a finding instead, write its code and fingerprint into waivers.yaml. More about a rule: colophon checks show CODE',
        ...more,
      ];
    case 'pass':
      return [`${style.green('✓')} Nothing stands against a release. Next: colophon release plan`, ...more];
    case 'none':
      return ['Only some checks ran, which is no verdict. All of them: colophon check', ...more];
  }
}
