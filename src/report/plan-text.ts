import type { VersionReason } from '../model/release-diff.js';
import type { CutReport, ReleasePlan } from '../model/release-reports.js';
import { escapeText, shortenText } from './escape.js';
import { styleOf, wrapText, type Style, type TextOptions } from './style.js';
import { renderTable } from './table.js';
import { formatBytes, formatCount, formatNumber } from './units.js';

/** The release that a cut would publish now: its number and why, what it holds, what stands in the way. */
export function renderPlan(plan: ReleasePlan, options: TextOptions = {}): string {
  const style = styleOf(options);
  return [...renderPlanBody(plan, style), '', ...renderNext(plan, style)].join('\n');
}

function renderPlanBody(plan: ReleasePlan, style: Style): string[] {
  return [renderHead(plan, style), ...renderReasons(plan.reasons), '', renderCounts(plan.counts), ...renderTables(plan), ...renderGate(plan, style), ...plan.notes.flatMap((note) => wrapText(escapeText(note), '  '))];
}

function renderHead({ version, date, previous, level }: ReleasePlan, style: Style): string {
  if (version === null) return style.bold(previous === null ? 'There is nothing to release.' : `Nothing changed since ${escapeText(previous.version)}.`);
  const after = previous === null ? 'the first release' : `${level ?? 'raised'} after ${escapeText(previous.version)}`;
  return style.bold(`${escapeText(version)}  ${after}, dated ${escapeText(date)}`);
}

/** Why the number is what it is: the gravest rule first, each with what it names of its changes and why it asks for its level. */
export function renderReasons(reasons: readonly VersionReason[]): string[] {
  const order = ['major', 'minor', 'patch'];
  return reasons
    .toSorted((a, b) => order.indexOf(a.level) - order.indexOf(b.level) || (a.rule < b.rule ? -1 : 1))
    .flatMap(({ level, rule, message, count, why, examples }) => [
      `  ${level.padEnd(5)}  ${escapeText(message)}  (${rule})`,
      ...wrapText(`${why}${nameExamples(examples, count)}`, ' '.repeat(9)),
    ]);
}

/** ` E.g. a, b, c.`; nothing where the reason names none. */
function nameExamples(examples: readonly string[], count: number): string {
  if (examples.length === 0) return '';
  const named = examples.map((example) => shortenText(example, MAX_EXAMPLE)).join(', ');
  return ` ${count > examples.length ? 'Such as' : 'Here:'} ${named}.`;
}

/** Longest example, in characters. */
const MAX_EXAMPLE = 100;

/** `40 cases, 44 studies, 61 series, 310 images, 1.2 GB, 6 tables; 1 withdrawn`. */
export function renderCounts({ cases, studies, series, instances, bytes, tables, withdrawn }: ReleasePlan['counts']): string {
  const parts = [formatNumber(cases, 'case'), formatNumber(studies, 'study', 'studies'), `${formatCount(series)} series`, formatNumber(instances, 'image'), formatBytes(bytes), formatNumber(tables, 'table')];
  return `${parts.join(', ')}${withdrawn > 0 ? `; ${formatCount(withdrawn)} withdrawn` : ''}`;
}

function renderTables({ tables }: ReleasePlan): string[] {
  if (tables.length === 0) return [];
  const columns = [{ title: 'table' }, { title: 'rows', align: 'right' as const }, { title: 'left out', align: 'right' as const }];
  return renderTable(
    columns,
    tables.map(({ table, rows, left_out }) => [table, formatCount(rows), left_out === 0 ? '' : formatCount(left_out)]),
  );
}

function renderGate({ gate }: ReleasePlan, style: Style): string[] {
  const { verdict, errors, warnings, waived, profile } = gate;
  const counts = `${formatNumber(errors, 'error')}, ${formatNumber(warnings, 'warning')}${waived > 0 ? `, ${formatCount(waived)} waived` : ''}`;
  const mark = verdict === 'pass' ? style.green('pass') : style.red(verdict === 'fail' ? 'FAIL' : 'no verdict');
  return ['', `gate (${escapeText(profile)}): ${mark}, ${counts}`];
}

function renderNext({ blocked, version }: ReleasePlan, style: Style): string[] {
  if (blocked.length > 0) return blocked.flatMap((sentence) => wrapText(`${style.red('✗')} ${escapeText(sentence)}`, ''));
  return version === null ? [] : [`${style.green('✓')} Nothing stands in the way. To publish it: colophon release cut`];
}

/** What a cut published, or would have. */
export function renderCut(report: CutReport, options: TextOptions = {}): string {
  const style = styleOf(options);
  const { plan, digest, path, verified, git, recovered, dry_run } = report;
  const version = escapeText(plan.version ?? '');
  const head = recovered === null ? [] : [`The release ${escapeText(recovered)}, which an interrupted cut had left unfinished, was completed.`, ''];
  if (dry_run || digest === null) return [...head, ...renderPlanBody(plan, style), '', 'Dry run: nothing was written.'].join('\n');
  return [
    ...head,
    ...renderPlanBody(plan, style),
    '',
    style.green(`✓ ${version} is published and will not change again.`),
    ...(path === null ? [] : [`folder   ${escapeText(path)}`]),
    `digest   ${escapeText(digest)}`,
    ...(verified === null ? [] : [`verified ${formatNumber(verified.files, 'file')}, ${formatBytes(verified.bytes)}, before it was published`]),
    ...(git === null || git.status === 'off' ? [] : [`git      ${shortenText(git.message, 200)}`]),
    '',
    `Anybody can check a copy: colophon verify FOLDER --expect ${escapeText(digest)}`,
  ].join('\n');
}
