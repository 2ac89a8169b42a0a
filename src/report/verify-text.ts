import { PROBLEM_KINDS, type AmendmentReport, type Problem, type ProblemKind, type SignatureReport, type VerifyReport, type VerifySpeed, type Withdrawn } from '../model/verification.js';
import { escapeText, shortenText } from './escape.js';
import { styleOf, wrapText, type Style, type TextOptions } from './style.js';
import { formatBytes, formatCount, formatDuration, formatNumber } from './units.js';

export interface VerifyTextOptions extends TextOptions {
  /** Problems of a kind that are named; default 20. */
  examples?: number;
}

/** What each kind of problem means to somebody who downloaded a release. */
const KIND_WORDS: Record<ProblemKind, string> = {
  corrupt: 'other bytes than published',
  truncated: 'cut short',
  missing: 'not there',
  extra: 'not part of the release',
  renamed: 'there under another name',
  link: 'a link instead of a file',
  special: 'no regular file',
  'unsafe-path': 'a path that leads out of the folder or is not portable',
  duplicate: 'listed twice',
  collision: 'names that are one on some file systems',
  'manifest-malformed': 'a manifest that cannot be read',
  'manifest-tampered': 'a manifest that was changed',
  'signature-invalid': 'a signature that does not fit',
  'signature-unknown': 'a signature of somebody unknown',
  'chain-broken': 'does not follow from the release before',
  'amendment-invalid': 'an amendment that cannot be used',
  rollback: 'older than it may be',
  unreadable: 'could not be read',
};

/** Problems of who stands behind a release: the files themselves are as listed. */
const TRUST_KINDS: ReadonlySet<ProblemKind> = new Set(['signature-invalid', 'signature-unknown', 'rollback']);

/** The answer of verify for people: yes or no first, then every kind of problem with its paths, then what was not checked. */
export function renderVerify(report: VerifyReport, options: VerifyTextOptions = {}): string {
  const style = styleOf(options);
  return [
    renderAnswer(report, style),
    ...renderProblems(report.problems, options.examples ?? 20, style),
    ...renderWithdrawn(report, style),
    '',
    ...renderFacts(report),
    ...report.notes.flatMap((sentence) => wrapText(`Note: ${escapeText(sentence)}`, '')),
    ...report.not_checked.flatMap((sentence, index) => [...(index === 0 ? ['Not checked'] : []), ...wrapText(escapeText(sentence), '  ')]),
    ...renderAdvice(report),
  ].join('\n');
}

/** What a run looked at that did not look at everything. */
function scopeOf(selected: VerifyReport['selected'], fast: boolean): string {
  const files = selected === null ? 'all files' : `${formatNumber(selected.images, 'selected image')} and all that is no image`;
  return fast ? `The names and sizes of ${files}` : files.replace(/^./, (letter) => letter.toUpperCase());
}

function renderAnswer({ ok, release, problems, withdrawn, selected, fast }: VerifyReport, style: Style): string {
  const name = release === null ? 'This folder' : escapeText(release);
  if (ok && (selected !== null || fast)) return style.green(`✓ ${scopeOf(selected, fast)} of ${name} ${fast ? 'are as' : 'are exactly what was'} published.`);
  if (ok) return style.green(`✓ ${name} is exactly what was published.`);
  if (problems.length === 0 && withdrawn.length > 0) return style.yellow(`! ${name} is what was published, but holds WITHDRAWN content.`);
  const more = withdrawn.length > 0 ? ' It also holds WITHDRAWN content.' : '';
  if (problems.every(({ kind }) => TRUST_KINDS.has(kind))) return style.red(`✗ ${name} is whole, but not to be trusted: ${formatNumber(problems.length, 'problem')}.${more}`);
  return style.red(`✗ ${name} is not what was published: ${formatNumber(problems.length, 'problem')}.${more}`);
}

function renderProblems(problems: readonly Problem[], examples: number, style: Style): string[] {
  return PROBLEM_KINDS.flatMap((kind) => {
    const own = problems.filter((problem) => problem.kind === kind);
    if (own.length === 0) return [];
    const hidden = own.length - examples;
    return [
      '',
      `${style.red(kind)}  ${KIND_WORDS[kind]}  ${style.dim(`(${formatCount(own.length)})`)}`,
      ...own.slice(0, examples).flatMap((problem) => renderProblem(problem)),
      ...(hidden > 0 ? [style.dim(`  … and ${formatCount(hidden)} more; all of them: --json`)] : []),
    ];
  });
}

function renderProblem({ path, message, expected, found }: Problem): string[] {
  const details = [...(expected === undefined ? [] : [`expected ${shortenText(expected, 90)}`]), ...(found === undefined ? [] : [`found ${shortenText(found, 90)}`])];
  return [`  ${escapeText(path)}`, `    ${escapeText(message)}`, ...(details.length === 0 ? [] : [`    ${details.join(', ')}`])];
}

/** Withdrawn cases, and files of each, that are named; all of them are in the JSON. */
const MAX_CASES = 20;
const MAX_PATHS = 3;

function renderWithdrawn({ destroy }: VerifyReport, style: Style): string[] {
  if (destroy.length === 0) return [];
  const files = destroy.reduce((sum, { paths }) => sum + paths.length, 0);
  const bytes = destroy.reduce((sum, each) => sum + each.bytes, 0);
  const hidden = destroy.length - MAX_CASES;
  return [
    '',
    style.yellow(`WITHDRAWN since: ${formatNumber(destroy.length, 'case')}. To be destroyed here: ${formatNumber(files, 'file')}${files === 0 ? '' : `, ${formatBytes(bytes)}`}`),
    ...destroy.slice(0, MAX_CASES).flatMap(renderCase),
    ...(hidden > 0 ? [`  … and ${formatNumber(hidden, 'more case', 'more cases')}`] : []),
    ...(files === 0 ? [] : [style.dim("  Every file, for a script: add --json | jq -r '.destroy[].paths[]'")]),
  ];
}

function renderCase({ case_id, reason, date, replacement, since_version, source, paths, destroyed, tables }: Withdrawn): string[] {
  const facts = [
    `${escapeText(reason)}, ${escapeText(date)}`,
    ...(replacement === null ? [] : [`replaced by ${shortenText(replacement, 64)}`]),
    ...(since_version === null ? [] : [`not in ${escapeText(since_version)} and later`]),
    `by ${shortenText(source, 80)}`,
  ];
  const hidden = paths.length - MAX_PATHS;
  const rows = tables.map(({ table, rows: count }) => `${escapeText(table)} (${formatCount(count)})`);
  return [
    `  ${shortenText(case_id, 80)}  ${facts.join('; ')}`,
    ...paths.slice(0, MAX_PATHS).map((path) => `    ${escapeText(path)}`),
    ...(hidden > 0 ? [`    … and ${formatNumber(hidden, 'more file')}`] : []),
    ...(destroyed === 0 ? [] : [`    ${formatNumber(destroyed, 'file')} of it ${destroyed === 1 ? 'is' : 'are'} gone already`]),
    ...(rows.length === 0 ? [] : wrapText(`rows in ${rows.join(', ')}`, '    ')),
  ];
}

function renderFacts({ files, bytes, seconds, speed, digest, signatures, amendments }: VerifyReport): string[] {
  // each amendment holds all that those before it hold
  const newest = amendments.reduce((best, { accepted, number }, index) => (accepted && (number ?? 0) >= (amendments[best]?.number ?? 0) ? index : best), -1);
  return [
    `${formatNumber(files, 'file')}, ${formatBytes(bytes)} in ${formatDuration(seconds)}${speed === null ? '' : ` (${describeSpeed(speed)})`}`,
    ...(digest === null ? [] : [`release digest ${escapeText(digest.startsWith('sha256:') ? digest : `sha256:${digest}`)}`]),
    ...signatures.flatMap(renderSignature),
    ...amendments.filter(({ accepted }, index) => !accepted || index === newest).flatMap(renderAmendment),
  ];
}

/** `412 MB/s with 2 threads, bounded by hashing`. */
function describeSpeed({ bytes_per_second, threads, bound }: VerifySpeed): string {
  return `${formatBytes(bytes_per_second)}/s with ${formatNumber(threads, 'thread')}, bounded by ${bound === 'processor' ? 'hashing' : 'reading'}`;
}

function renderAmendment({ path, number, date, accepted, message }: AmendmentReport): string[] {
  const which = number === null ? 'amendment' : `amendment ${number} of ${escapeText(date ?? '')}`;
  return wrapText(`${which}${accepted ? '' : ', NOT acted upon'}: ${escapeText(path)} (${escapeText(message)})`, '');
}

/** A signature that counts, or does not, and the way from a key that the reader named to the one that signed. */
function renderSignature({ path, valid, signer, message, via = [] }: SignatureReport): string[] {
  const answer = valid ? (signer === undefined ? 'signed' : `signed by ${shortenText(signer, 100)}`) : 'signature that does not count';
  return [
    ...wrapText(`${answer}: ${escapeText(path)} (${escapeText(message)})`, ''),
    ...via.map(({ from, to, statement, date, from_sequence }) => `  ${escapeText(from)} handed over to ${escapeText(to)} from release ${from_sequence} on (statement ${statement}, ${escapeText(date)})`),
  ];
}

function renderAdvice({ ok, problems, withdrawn }: VerifyReport): string[] {
  if (ok) return [];
  const kinds = new Set(problems.map(({ kind }) => kind));
  const lines: string[] = [];
  if (['manifest-malformed', 'manifest-tampered', 'chain-broken'].some((kind) => kinds.has(kind as ProblemKind)))
    lines.push('The list of files itself cannot be trusted: take the whole release from its publisher again.');
  else if (['corrupt', 'truncated', 'missing', 'unreadable'].some((kind) => kinds.has(kind as ProblemKind)))
    lines.push('Fetch the files named above again, then run the same command.');
  if (kinds.has('rollback')) lines.push('Take the newest release from its publisher; to use this old one on purpose, leave out --min-release.');
  if (kinds.has('extra') || kinds.has('renamed')) lines.push('Take files that are not part of the release out of its folder; give renamed ones their name back.');
  if (withdrawn.length > 0)
    lines.push(
      'Stop using the withdrawn cases, and destroy the files named above, here and in every other copy. Rows of tables cannot be taken out of a',
      'release: keep using the newest release in its place, and destroy this copy when its tables must go too.',
    );
  return lines.length === 0 ? [] : ['', ...lines];
}
