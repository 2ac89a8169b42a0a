import type { OverlapCrossing, OverlapPair, OverlapReport, OverlapSource } from '../model/split-overlap.js';
import { escapeText, shortenText } from './escape.js';
import { styleOf, type Style, type TextOptions } from './style.js';
import { renderTable } from './table.js';
import { formatCount, formatNumber, formatShare } from './units.js';

/** Rows that a table of pairs, crossings or memberships shows. */
const MAX_ROWS = 20;
/** Ids that one line names. */
const MAX_NAMED = 10;

/** The matrix of common ids, then each pair, then what is contaminated. */
export function renderOverlap(report: OverlapReport, options: TextOptions = {}): string {
  const style = styleOf(options);
  return [
    ...renderMatrix(report),
    '',
    style.bold('Pairs'),
    ...renderPairs(report),
    ...renderMemberships(report),
    ...renderContamination(report, style),
    ...renderDoubts(report, style),
  ].join('\n');
}

/** Common ids of every two sources, under numbers: names are long. */
function renderMatrix({ sources, pairs }: OverlapReport): string[] {
  const right = (title: string) => ({ title, align: 'right' as const });
  const columns = [right('#'), { title: 'source' }, { title: 'kind' }, right('cases'), right('objects'), ...sources.map((_, index) => right(String(index + 1)))];
  const rows = sources.map((source, row) => [
    String(row + 1),
    source.name,
    source.kind,
    source.cases === null ? '–' : formatCount(source.cases),
    source.objects === null ? '–' : formatCount(source.objects),
    ...sources.map((other, column) => (row === column ? '·' : cellOf(pairs, source, other))),
  ]);
  return renderTable(columns, rows);
}

function cellOf(pairs: readonly OverlapPair[], one: OverlapSource, other: OverlapSource): string {
  const pair = pairs.find(({ a, b }) => (a === one.name && b === other.name) || (a === other.name && b === one.name));
  return pair === undefined || pair.key === null ? '–' : formatCount(pair.shared);
}

function renderPairs({ pairs }: OverlapReport): string[] {
  const columns = [{ title: 'sources' }, { title: 'compared by' }, { title: 'shared', align: 'right' as const }, { title: 'of the smaller', align: 'right' as const }, { title: 'contaminated', align: 'right' as const }];
  const ordered = [...pairs].sort((x, y) => y.contaminated - x.contaminated || y.shared - x.shared);
  const rows = ordered.slice(0, MAX_ROWS).map(({ a, b, key, shared, share_of_smaller, judged, nested, contaminated }) => [
    `${a} × ${b}`,
    key ?? 'nothing in common',
    key === null ? '–' : formatCount(shared),
    key === null ? '–' : formatShare(share_of_smaller),
    nested ? 'nested' : judged ? formatCount(contaminated) : 'not judged',
  ]);
  return [...renderTable(columns, rows), ...more(ordered.length, 'more pairs')];
}

function renderMemberships({ memberships, sources }: OverlapReport): string[] {
  if (sources.length < 3) return [];
  const shown = memberships.slice(0, MAX_ROWS).map(({ key, sources: names, ids }) => [formatCount(ids), key, names.join(' + ')]);
  return ['', 'In exactly these sources', ...renderTable([{ title: 'ids', align: 'right' }, { title: 'key' }, { title: 'sources' }], shown), ...more(memberships.length, 'more combinations')];
}

function more(total: number, what: string): string[] {
  return total > MAX_ROWS ? [`… and ${formatCount(total - MAX_ROWS)} ${what}`] : [];
}

function renderContamination({ sources, pairs, contaminated }: OverlapReport, style: Style): string[] {
  const crossings = pairs.flatMap((pair) => pair.crossings.filter(({ contaminates }) => contaminates).map((crossing) => describeCrossing(pair, crossing, style)));
  const torn = sources.filter((source) => source.torn.contaminated > 0).map(({ name, torn: { contaminated: ids, examples } }) => [
    style.red(`✗ ${formatNumber(ids, 'id')} of ${escapeText(name)} ${ids === 1 ? 'is' : 'are'} in a part that is kept back and in another one`),
    ...nameIds(examples),
  ]);
  if (contaminated === 0) return [];
  return ['', style.red(`CONTAMINATION: what one source keeps back, another shows (${formatNumber(contaminated, 'id')})`), ...[...crossings, ...torn].flat()];
}

function describeCrossing({ a, b }: OverlapPair, { part_a, part_b, shared, examples }: OverlapCrossing, style: Style): string[] {
  return [style.red(`✗ ${formatNumber(shared, 'id')}: ${escapeText(part_a ?? '')} of ${escapeText(a)}, and ${escapeText(part_b ?? '')} of ${escapeText(b)}`), ...nameIds(examples)];
}

function nameIds(ids: readonly string[]): string[] {
  return ids.length === 0 ? [] : [`  ${ids.slice(0, MAX_NAMED).map((id) => shortenText(id, 64)).join(', ')}${ids.length > MAX_NAMED ? ', …' : ''}`];
}

/** What could make a clean result a wrong one. */
function renderDoubts({ sources, pairs, reserved, not_judged, contaminated }: OverlapReport, style: Style): string[] {
  const lines = [
    ...pairs.filter(({ alike }) => alike > 0).map(({ a, b, alike }) => `${formatNumber(alike, 'id')} of ${escapeText(a)} and ${escapeText(b)} differ in capitals, blanks or punctuation alone: the same ones?`),
    ...sources.filter(({ torn }) => torn.ids > torn.contaminated).map(({ name, torn }) => `${formatNumber(torn.ids, 'id')} of ${escapeText(name)} ${torn.ids === 1 ? 'is' : 'are'} in two of its parts.`),
    ...sources.filter(({ repeated }) => repeated > 0).map(({ name, repeated }) => `${formatNumber(repeated, 'entry', 'entries')} of ${escapeText(name)} ${repeated === 1 ? 'names' : 'name'} an id again.`),
    ...(not_judged > 0 ? [`${formatNumber(not_judged, 'pair')} could not be judged: no part is kept back on either side, or one side has no parts. Kept back are: ${reserved.map(escapeText).join(', ')}. See --reserved and --part.`] : []),
  ];
  const verdict = contaminated === 0 && not_judged < pairs.length ? ['', style.green('✓ nothing that one source keeps back is shown by another')] : [];
  return [...verdict, ...(lines.length > 0 ? ['', ...lines] : [])];
}
