import type { AuditProblem, AuditReport, CommitReport, ProveReport, RevealReport, SeedReport } from '../model/commitment.js';
import { escapeText, shortenText } from './escape.js';
import { styleOf, wrapText, type TextOptions } from './style.js';
import { formatCount, formatNumber } from './units.js';

/** Problems that the text of an audit lists. */
const MAX_LISTED = 50;

/** What `split seed` did: the line to publish stands alone. */
export function renderSeed({ split, file, drawn, commitment, tool, beacon, reason }: SeedReport, options: TextOptions = {}): string {
  const style = styleOf(options);
  const name = escapeText(split);
  return [
    drawn ? `${style.green('✓')} Split ${name}: a secret seed was drawn into ${escapeText(file)}, and committed to.` : `${style.green('✓')} Split ${name}: committed once more to the seed in ${escapeText(file)}: ${escapeText(reason ?? '')}`,
    '',
    'Publish this now, before anybody draws:',
    `  ${style.bold(`colophon-seed/1 ${escapeText(commitment)}`)}`,
    `  split ${name}, ${escapeText(tool)}`,
    ...(beacon === null ? [] : [`  public randomness to come: ${escapeText(beacon)}`]),
    '',
    ...wrapText('The file of the seed is the only copy: without it the split can be neither extended nor proven. Whoever has it, and the data, can draw the split.', ''),
    beacon === null ? `Then: colophon split assign ${name}` : `Then, once it is known, write it as splits.${name}.seed.public, and: colophon split assign ${name}`,
  ].join('\n');
}

/** What `split commit` did. */
export function renderCommit(report: CommitReport, options: TextOptions = {}): string {
  const style = styleOf(options);
  const { split, part, sequence, root, size, columns, key_file, key_created } = report;
  const name = escapeText(split);
  return [
    `${style.green('✓')} Committed to the hidden part ${escapeText(part)} of ${name} (commitment ${formatCount(sequence)}).`,
    `root ${style.bold(escapeText(root))}`,
    ...wrapText(`${formatCount(size)} row commitments, dummy rows included: that number does not tell how many cases are hidden.`, ''),
    ...wrapText(columns.length === 0 ? 'Bound are membership and part.' : `Bound are membership, part and the values of ${columns.map((column) => shortenText(column, 64)).join(', ')}.`, ''),
    `The key is ${key_created ? 'new, and ' : ''}in ${escapeText(key_file)}. Whoever loses it can prove nothing; whoever has it can open everything.`,
    `It goes into the next release: colophon release cut`,
  ].join('\n');
}

/** What `split prove` did; what it opened is in the file only. */
export function renderProve({ case_id, split, sequence, output }: ProveReport, options: TextOptions = {}): string {
  const style = styleOf(options);
  return [
    `${style.green('✓')} The row of ${shortenText(case_id, 64)} in commitment ${formatCount(sequence)} of ${escapeText(split)} is opened in ${escapeText(output)}.`,
    'It tells nothing of any other case. Give it to whoever shall know; they need no key:',
    `  colophon split audit ${escapeText(output)} --release DIR`,
  ].join('\n');
}

/** What `split reveal` did; what it opened is in the file only. */
export function renderReveal({ split, rows, commitment, seed, output }: RevealReport, options: TextOptions = {}): string {
  const style = styleOf(options);
  const what = [...(commitment === null ? [] : [formatNumber(rows, 'row')]), ...(seed ? ['the secret seed'] : [])].join(' and ');
  return [
    `${style.green('✓')} Of ${escapeText(split)} ${what} ${rows === 1 && !seed ? 'is' : 'are'} opened in ${escapeText(output)}.`,
    'It is not published yet: that is for you to do. Anybody can check it against the release:',
    `  colophon split audit ${escapeText(output)} --release DIR`,
  ].join('\n');
}

/** What an audit established, or everything that is wrong. */
export function renderAudit(report: AuditReport, options: TextOptions = {}): string {
  const style = styleOf(options);
  const { ok, kind, dataset, split, rows, confirmed, problems, found, checked, not_checked, against } = report;
  const what = kind === 'proof' ? 'proof' : 'reveal';
  const held = 'root' in against ? `the root ${escapeText(against.root)}` : `${escapeText(against.release)} (${escapeText(against.digest)})`;
  const listed = problems.slice(0, MAX_LISTED);
  return [
    ok ? style.green(`✓ The ${what} is what was committed.`) : style.red(`✗ The ${what} is not what was committed: ${formatNumber(found, 'problem')}.`),
    `${escapeText(dataset)}, split ${escapeText(split)}; held against ${held}`,
    ...(rows === 0 ? [] : [`${formatCount(confirmed)} of ${formatNumber(rows, 'row')} confirmed`]),
    ...listed.flatMap((problem) => renderProblem(problem)),
    ...(found > listed.length ? [`  … and ${formatCount(found - listed.length)} more`] : []),
    ...(checked.length === 0 ? [] : ['', 'Checked', ...checked.flatMap((sentence) => wrapText(escapeText(sentence), '  '))]),
    '',
    'Not checked',
    ...not_checked.flatMap((sentence) => wrapText(escapeText(sentence), '  ')),
  ].join('\n');
}

function renderProblem({ kind, case_id, message, expected, found }: AuditProblem): string[] {
  const subject = case_id === null ? '' : ` ${shortenText(case_id, 64)}`;
  return [
    ...wrapText(`${kind}${subject}: ${escapeText(message)}`, '  '),
    ...(expected === undefined ? [] : [`    expected ${shortenText(expected, 200)}`]),
    ...(found === undefined ? [] : [`    found    ${shortenText(found, 200)}`]),
  ];
}
