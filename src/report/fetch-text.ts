import type { FetchReport, RepairAction, RepairReport, VerifiedCopy } from '../model/fetch.js';
import type { FileTotals } from '../model/transfer.js';
import { escapeText } from './escape.js';
import { styleOf, wrapText, type Style, type TextOptions } from './style.js';
import { formatBytes, formatCount, formatNumber } from './units.js';

/** Problems, and things done, that are named; the JSON has all. */
const MAX_NAMED = 20;

const totalsText = ({ files, bytes }: FileTotals): string => `${formatNumber(files, 'file')} (${formatBytes(bytes)})`;

/** What was fetched, or would be. */
export function renderFetch({ dry_run, release, source, path, fetched, there, only, not_selected, verified, receipt, notes }: FetchReport, options: TextOptions = {}): string {
  const style = styleOf(options);
  const name = `${escapeText(release.dataset)} ${escapeText(release.version)}`;
  const part = only === null ? '' : ` in part, ${escapeText(only)}`;
  return [
    dry_run ? `${name} would be fetched${part} to ${escapeText(path)}` : renderAnswer(`${name} is here${part}`, verified, style),
    `  from: ${escapeText(source)}`,
    ...(dry_run ? [] : [`  folder: ${escapeText(path)}`]),
    `  ${dry_run ? 'to fetch' : 'fetched'}: ${totalsText(fetched)}`,
    ...(there.files > 0 ? [`  there already: ${totalsText(there)}`] : []),
    ...(not_selected.files > 0 ? [`  not asked for: ${totalsText(not_selected)}`] : []),
    `  digest ${escapeText(release.digest)}`,
    ...renderFaults(verified, style),
    ...notes.flatMap((note) => wrapText(style.yellow(`! ${escapeText(note)}`), '  ')),
    ...(receipt === null ? [] : ['', `Receipt: ${escapeText(receipt.path)}. For a methods section:`, ...wrapText(escapeText(receipt.methods), '  ')]),
    ...(only === null || receipt === null ? [] : wrapText(`It is a part of the release, and says so in the receipt. It is verified by the same words: colophon verify ${escapeText(path)} --only "${escapeText(only)}"`, '')),
    ...(dry_run ? ['Nothing was written.'] : []),
  ].join('\n');
}

const ACTION_WORDS: Record<RepairAction['action'], [done: string, planned: string]> = {
  renamed: ['renamed back', 'to rename back'],
  fetched: ['fetched', 'to fetch'],
  'set-aside': ['moved aside', 'to move aside'],
  deleted: ['deleted', 'to delete'],
  left: ['left as it is', 'to leave as it is'],
};

/** What was repaired, or would be. */
export function renderRepair({ dry_run, release, path, source, problems, actions, fetched, verified, notes }: RepairReport, options: TextOptions = {}): string {
  const style = styleOf(options);
  const name = release === null ? escapeText(path) : escapeText(release);
  if (problems === 0 && verified.withdrawn.length === 0) return style.green(`✓ ${name} is exactly what was published: there is nothing to repair.`);
  return [
    dry_run ? `${name} has ${formatNumber(problems, 'problem')}.` : renderAnswer(`${name} is repaired`, verified, style),
    ...(source === null ? [] : [`  from: ${escapeText(source)}`]),
    ...(fetched.files > 0 ? [`  ${dry_run ? 'to fetch' : 'fetched'}: ${totalsText(fetched)}`] : []),
    ...Object.entries(ACTION_WORDS).flatMap(([action, words]) => renderActions(words[dry_run ? 1 : 0], actions.filter((each) => each.action === action))),
    ...(dry_run ? [] : renderFaults(verified, style)),
    ...notes.flatMap((note) => wrapText(style.yellow(`! ${escapeText(note)}`), '  ')),
    ...(dry_run ? ['Nothing was written.'] : []),
  ].join('\n');
}

function renderActions(words: string, actions: readonly RepairAction[]): string[] {
  if (actions.length === 0) return [];
  const lines = actions.slice(0, MAX_NAMED).map(({ path, other, reason }) => `    ${escapeText(path)}${other === undefined ? '' : `  (${escapeText(other)})`}${reason === undefined ? '' : `: ${escapeText(reason)}`}`);
  const hidden = actions.length - MAX_NAMED;
  return [`  ${words}:`, ...lines, ...(hidden > 0 ? [`    … and ${formatCount(hidden)} more; all of them: --json`] : [])];
}

function renderAnswer(sentence: string, verified: VerifiedCopy | null, style: Style): string {
  if (verified === null || verified.ok) return style.green(`✓ ${sentence}, and is exactly what was published.`);
  if (verified.problems.length === 0) return style.yellow(`! ${sentence}, but it holds WITHDRAWN content: colophon verify names what has to be destroyed.`);
  return style.red(`✗ Not what was published: ${formatNumber(verified.problems.length, 'problem')}.`);
}

function renderFaults(verified: VerifiedCopy | null, style: Style): string[] {
  const { problems = [], withdrawn = [] } = verified ?? {};
  const hidden = problems.length - MAX_NAMED;
  return [
    ...problems.slice(0, MAX_NAMED).map(({ kind, path, message }) => `  ${style.red(kind)} ${escapeText(path)}: ${escapeText(message)}`),
    ...(hidden > 0 ? [`  … and ${formatCount(hidden)} more; all of them: --json`] : []),
    ...(withdrawn.length > 0 ? [`  ${style.yellow('withdrawn since')}: ${formatNumber(withdrawn.length, 'case')}`] : []),
  ];
}
