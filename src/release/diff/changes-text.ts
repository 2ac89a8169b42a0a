import type { ReleaseReference } from '../../model/release.js';
import type { Change, ChangeRule, SplitDiff, TableDiff, VersionReason } from '../../model/release-diff.js';

/** What CHANGES.md is written from. */
export interface ChangesSummary {
  title: string;
  datasetId: string;
  version: string;
  date: string;
  previous: ReleaseReference | null;
  reasons: readonly VersionReason[];
  counts: { cases: number; instances: number; withdrawn: number };
  /** Clinical tables and splits that differ. */
  tables: readonly TableDiff[];
  splits: readonly SplitDiff[];
  /** The first changes, in the order of the changes table. */
  changes: readonly Change[];
  total: number;
  /** Where the changes are that are not listed; data/tables/changes.parquet when absent. */
  rest?: string;
}

/** CHANGES.md: what a reader of the release before has to know, gravest first, in sentences. */
export function formatChanges(summary: ChangesSummary): string {
  const { title, datasetId, version, date, previous, counts } = summary;
  const withdrawn = counts.withdrawn === 0 ? '' : ` ${plural(counts.withdrawn, 'case of an earlier release was withdrawn', 'cases of earlier releases were withdrawn')}: see data/tables/tombstones.parquet.`;
  const head = [
    `# ${escapeMarkdown(title)} ${version}`,
    '',
    `Dataset ${escapeMarkdown(datasetId)}, released on ${date}: ${plural(counts.cases, 'case', 'cases')}, ${plural(counts.instances, 'image', 'images')}.${withdrawn}`,
    '',
  ];
  if (previous === null) return [...head, 'This is the first release.', ''].join('\n');
  return [...head, `Since ${previous.version} (release digest \`sha256:${previous.digest}\`):`, '', ...listReasons(summary), ...listTables(summary), ...listSplits(summary), ...listChanges(summary)].join('\n');
}

function listReasons({ reasons }: ChangesSummary): string[] {
  if (reasons.length === 0) return ['Nothing changed; the number was raised by hand.', ''];
  return [...reasons.map(({ level, message, why, examples, count }) => `- ${level.toUpperCase()}: ${message}${listExamples(examples, count)}. ${why}`), ''];
}

/** `: a, b, c and more`; nothing where the reason names none. */
function listExamples(examples: readonly string[], count: number): string {
  if (examples.length === 0) return '';
  const counted = examples.some((example) => /\(\d+\)$/.test(example));
  return `: ${examples.map(code).join(', ')}${!counted && count > examples.length ? ` and ${count - examples.length} more` : ''}`;
}

/** Which columns changed, with the number of cells: what a reader looks for first. */
function listTables({ tables }: ChangesSummary): string[] {
  if (tables.length === 0) return [];
  const rows = tables.map(({ table, change, rows_added, rows_removed, columns }) => [code(table), change ?? '', ...[rows_added, rows_removed].map(numberOrNothing), columns.map(describeColumn).join(', ')]);
  return ['## Tables', '', ...formatTable(['table', 'change', 'rows added', 'rows removed', 'columns'], rows), ''];
}

function describeColumn({ column, change, cells_changed }: TableDiff['columns'][number]): string {
  const words = [change, cells_changed > 0 ? plural(cells_changed, 'cell', 'cells') : null].filter((word) => word !== null);
  return `${code(column)} ${words.length === 0 ? 'described otherwise' : words.join(', ')}`;
}

function listSplits({ splits }: ChangesSummary): string[] {
  if (splits.length === 0) return [];
  const rows = splits.map(({ split, change, assigned, unassigned, moved }) => [code(split), change ?? '', ...[assigned, unassigned, moved].map(numberOrNothing)]);
  return ['## Splits', '', ...formatTable(['split', 'change', 'cases put in', 'cases taken out', 'cases moved'], rows), ''];
}

function numberOrNothing(count: number): string {
  return count === 0 ? '' : String(count);
}

/** A table of GitHub's Markdown: a bar ends a cell even inside a code span. */
function formatTable(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const line = (cells: readonly string[]): string => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), `|${head.map(() => '---').join('|')}|`, ...rows.map(line)];
}

/** The changes one by one, under what each kind of them is called. */
function listChanges({ changes, total, reasons, rest: place = 'all are in data/tables/changes.parquet' }: ChangesSummary): string[] {
  if (total === 0) return [];
  const groups = new Map<ChangeRule, string[]>();
  for (const change of changes) {
    const group = groups.get(change.rule) ?? [];
    groups.set(change.rule, group);
    group.push(`- ${describeChange(change)}`);
  }
  const messages = new Map(reasons.map(({ rule, message }) => [rule, message]));
  const listed = [...groups].flatMap(([rule, lines]) => [`### ${messages.get(rule) ?? rule}`, '', ...lines, '']);
  const rest = total - changes.length;
  return ['## Changes', '', ...listed, ...(rest === 0 ? [] : [`${rest} more: ${place}.`, ''])];
}

/** Where a change is and what it changed; every value of the data is escaped. */
function describeChange({ rule, case_id, table_name, key, column_name, before, after }: Change): string {
  const where = [
    case_id === null ? null : `case ${code(case_id)}`,
    table_name === null ? null : `table ${code(table_name)}`,
    key === null || key === case_id ? null : code(key),
    column_name === null ? null : `column ${code(column_name)}`,
  ].filter((part) => part !== null);
  return `${where.join(', ')}${describeValues(rule, before, after)}`;
}

/** What was there before is not always told (redaction.ts), so nothing is said of an absent one. */
function describeValues(rule: ChangeRule, before: string | null, after: string | null): string {
  if (rule === 'cell-changed' && before === null) return after === null ? ': now empty' : `: now ${code(after)}`;
  const values = [before, after].filter((text) => text !== null).map(code);
  return values.length === 0 ? '' : `: ${values.join(' → ')}`;
}

/** Longest value that is quoted whole, in characters. */
const MAX_VALUE = 120;

/** A code span that its text cannot leave: one line, no control or invisible characters, a fence longer than any run of backticks in it. */
function code(text: string): string {
  const safe = text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '\u{FFFD}');
  const short = [...safe].length > MAX_VALUE ? `${[...safe].slice(0, MAX_VALUE).join('')}…` : safe;
  const longest = Math.max(0, ...[...short.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  const pad = short === '' || longest > 0 || short.trim() !== short ? ' ' : '';
  return `${fence}${pad}${short}${pad}${fence}`;
}

/** Text that Markdown shows as it is. */
export function escapeMarkdown(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\s]+/gu, ' ').trim().replace(/[\\`*_{}[\]()#!|<>&~$]/g, (mark) => `\\${mark}`);
}

function plural(count: number, one: string, many: string): string {
  return `${count} ${count === 1 ? one : many}`;
}
