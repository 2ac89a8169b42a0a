import type { FreezeReport, SplitConflict, SplitReport } from '../model/split.js';
import { escapeText, shortenText } from './escape.js';
import { renderSample } from './sample-text.js';
import { renderCategories, renderObserved, renderPairs, renderReference, renderShared, renderVariables, renderWarnings } from './split-balance-text.js';
import { styleOf, wrapText, type Style, type TextOptions } from './style.js';
import { renderTable } from './table.js';
import { formatCount, formatNumber, formatShare } from './units.js';

/** Reasons of unassigned cases that are told apart before the rest is summed. */
const MAX_REASONS = 10;

export interface SplitTextOptions extends TextOptions {
  /** Also the counts and shares of every category. */
  categories?: boolean;
}

/** A drawn or reported split: leakage first when there is any, then the parts, what to ask, the balance, and who is in no part. */
export function renderSplit(report: SplitReport, options: SplitTextOptions = {}): string {
  const style = styleOf(options);
  return [
    style.bold(`Split ${escapeText(report.split)}`),
    ...renderLeakage(report, style),
    '',
    ...renderParts(report),
    ...renderWarnings(report.warnings, style),
    ...renderShared(report.shared),
    // a sample is measured against its targets: it has no parts to compare
    ...(report.sample === undefined ? [...renderVariables(report, style), ...renderPairs(report), ...renderObserved(report)] : renderSample(report.sample)),
    ...(options.categories === true ? renderCategories(report) : []),
    ...renderReference(report),
    ...renderConflicts(report.conflicts, style),
    ...renderUnassigned(report),
    '',
    ...renderNext(report, style),
  ].join('\n');
}

/** The repeats of a split one below the other, or a single split. */
export function renderSplits(reports: readonly SplitReport[], options: SplitTextOptions = {}): string {
  return reports.map((report) => renderSplit(report, options)).join('\n\n');
}

function renderLeakage({ leakage }: SplitReport, style: Style): string[] {
  const leaks = Object.entries(leakage).filter(([, count]) => (count as number) > 0);
  if (leaks.length === 0) return [`${style.green('✓')} no patient, study or image is in two parts`];
  return [style.red(`✗ LEAKAGE: in two parts are ${leaks.map(([name, count]) => `${formatCount(count as number)} ${name}`).join(', ')}`)];
}

function renderParts({ parts }: SplitReport): string[] {
  const entries = Object.entries(parts);
  const heldOut = entries.some(([, part]) => part.held_out > 0);
  const columns = ['part', 'cases', 'share', 'target', ...(heldOut ? ['held out'] : [])].map((title, index) => ({ title, align: index === 0 ? ('left' as const) : ('right' as const) }));
  const rows = entries.map(([name, { cases, share, target, held_out }]) => [
    name,
    formatCount(cases),
    formatShare(share),
    formatShare(target),
    ...(heldOut ? [formatCount(held_out)] : []),
  ]);
  return renderTable(columns, rows);
}

function renderConflicts(conflicts: readonly SplitConflict[], style: Style): string[] {
  return conflicts.flatMap(({ message, cases, choices, withheld }) => [
    '',
    style.red(`✗ ${escapeText(message)}`),
    ...cases.map(({ case_id, part }) => `  ${shortenText(case_id, 64)} is bound to ${escapeText(part)}`),
    ...(withheld.length > 0 ? [`  in no part because of it: ${formatNumber(withheld.length, 'case')}`] : []),
    ...choices.map((choice) => `  → ${escapeText(choice)}`),
  ]);
}

function renderUnassigned({ unassigned }: SplitReport): string[] {
  if (unassigned.length === 0) return [];
  const byReason = new Map<string, string[]>();
  for (const { case_id, reason } of unassigned) {
    const ids = byReason.get(reason);
    if (ids === undefined) byReason.set(reason, [case_id]);
    else ids.push(case_id);
  }
  const reasons = [...byReason].sort(([a, x], [b, y]) => y.length - x.length || (a < b ? -1 : 1));
  const lines = reasons.slice(0, MAX_REASONS).flatMap(([reason, ids]) => wrapText(`${formatCount(ids.length)}: ${escapeText(reason)}, e.g. ${shortenText(ids[0] ?? '', 64)}`, '  '));
  const hidden = reasons.length - MAX_REASONS;
  return ['', `In no part: ${formatNumber(unassigned.length, 'case')}`, ...lines, ...(hidden > 0 ? [`  … and ${formatCount(hidden)} more reasons`] : [])];
}

function renderNext({ split, frozen, parts, conflicts }: SplitReport, style: Style): string[] {
  const cases = Object.values(parts).reduce((sum, part) => sum + part.cases, 0);
  const name = escapeText(split);
  if (conflicts.length > 0) return [`${formatNumber(conflicts.length, 'conflict')} need a decision; then run: colophon split assign ${name}`];
  if (frozen >= cases && cases > 0) return [`All ${formatNumber(frozen, 'assignment')} are frozen. ${style.dim('They never move again.')}`];
  const state = frozen === 0 ? 'Nothing is frozen yet' : `${formatCount(frozen)} of ${formatNumber(cases, 'assignment')} are frozen`;
  return [`${state}. When the draw is right, make it permanent: colophon split freeze ${name}`];
}

/** What freezing did. */
export function renderFreeze({ split, frozen, added, digest }: FreezeReport, options: TextOptions = {}): string {
  const style = styleOf(options);
  const name = escapeText(split);
  return [
    added === 0 ? `Split ${name}: nothing new to freeze, ${formatNumber(frozen, 'case')} in its record.` : `${style.green('✓')} Split ${name}: ${formatNumber(added, 'case')} frozen, ${formatCount(frozen)} in its record.`,
    `The record is splits/${name}.csv: keep it, it is the only copy that counts.`,
    `record digest ${escapeText(digest)}`,
  ].join('\n');
}
