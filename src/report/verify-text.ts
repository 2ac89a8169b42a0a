import { PROBLEM_KINDS, type Problem, type ProblemKind, type SignatureReport, type VerifyReport } from '../model/verification.js';
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

function renderAnswer({ ok, release, problems, withdrawn }: VerifyReport, style: Style): string {
  const name = release === null ? 'This folder' : escapeText(release);
  if (ok) return style.green(`✓ ${name} is exactly what was published.`);
  if (problems.length === 0 && withdrawn.length > 0) return style.yellow(`! ${name} is what was published, but holds WITHDRAWN content.`);
  if (problems.every(({ kind }) => TRUST_KINDS.has(kind))) return style.red(`✗ ${name} is whole, but not to be trusted: ${formatNumber(problems.length, 'problem')}.`);
  return style.red(`✗ ${name} is not what was published: ${formatNumber(problems.length, 'problem')}.`);
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

function renderWithdrawn({ withdrawn }: VerifyReport, style: Style): string[] {
  if (withdrawn.length === 0) return [];
  const shown = withdrawn.slice(0, 20).map((id) => shortenText(id, 64));
  const hidden = withdrawn.length - shown.length;
  return [
    '',
    style.yellow(`WITHDRAWN since: ${formatNumber(withdrawn.length, 'case')}`),
    ...wrapText(`${shown.join(', ')}${hidden > 0 ? `, … and ${formatCount(hidden)} more` : ''}`, '  '),
  ];
}

function renderFacts({ files, bytes, seconds, digest, signatures }: VerifyReport): string[] {
  const speed = seconds > 0 && bytes > 0 ? ` (${formatBytes(bytes / seconds)}/s)` : '';
  return [
    `${formatNumber(files, 'file')}, ${formatBytes(bytes)} in ${formatDuration(seconds)}${speed}`,
    ...(digest === null ? [] : [`release digest ${escapeText(digest.startsWith('sha256:') ? digest : `sha256:${digest}`)}`]),
    ...signatures.flatMap(renderSignature),
  ];
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
  if (withdrawn.length > 0) lines.push('Stop using the withdrawn cases; the next release says what replaces them.');
  return lines.length === 0 ? [] : ['', ...lines];
}
