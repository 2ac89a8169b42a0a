import type { OverlapPair, OverlapReport, OverlapSource } from '../model/split-overlap.js';
import { escapeText, shortenText } from './escape.js';
import { joinWords, styleOf, wrapText, type Style, type TextOptions } from './style.js';
import { renderTable } from './table.js';
import { formatCount, formatShare } from './units.js';

const UNITS = { case: 'cases', object: 'objects', study: 'studies', series: 'series', instance: 'instances', id: 'ids' } as const;

/** Sources that a matrix has columns for; more are listed pair by pair. */
const MAX_COLUMNS = 8;

/** Crossings of parts that a pair lists. */
const MAX_CROSSINGS = 12;

/** Who is in which: the matrix, then every pair by its parts, and what is trained on here and tested on there. */
export function renderOverlap(report: OverlapReport, options: TextOptions = {}): string {
  const style = styleOf(options);
  return [
    ...renderContamination(report, style),
    ...renderSources(report.sources),
    ...renderMatrix(report),
    ...report.pairs.filter(({ shared }) => shared > 0).flatMap(renderPair),
    ...report.not_comparable.flatMap(({ reason }) => wrapText(`Not comparable: ${escapeText(reason)}.`, '')),
  ].join('\n');
}

function renderContamination({ contamination, sources }: OverlapReport, style: Style): string[] {
  const parted = sources.filter(({ parts }) => Object.keys(parts).length > 0).length;
  if (parted < 2) return ['Which of them are trained on and which are tested on is not known: say so, as in list.csv#train', ''];
  if (contamination.length === 0) return [`${style.green('✓')} nothing is trained on in one source and tested on in another`, ''];
  const lines = contamination.flatMap(({ train, test, key, shared, share_of_test, examples }) => [
    style.red(`✗ CONTAMINATION: ${formatCount(shared)} ${UNITS[key]} of ${escapeText(train.part)} of ${escapeText(train.source)} are in ${escapeText(test.part)} of ${escapeText(test.source)}, ${formatShare(share_of_test)} of it`),
    `  e.g. ${joinWords(examples.slice(0, 3).map((id) => shortenText(id, 48)))}`,
  ]);
  return [...lines, ''];
}

function renderSources(sources: readonly OverlapSource[]): string[] {
  const rows = sources.map(({ name, kind, sizes, unmatched, parts }) => [
    name,
    kind,
    sizes.map(({ key, size }) => `${formatCount(size)} ${UNITS[key]}`).join(', '),
    Object.entries(parts).map(([part, count]) => `${part} ${formatCount(count)}`).join(', '),
    unmatched === 0 ? '' : formatCount(unmatched),
  ]);
  const notes = sources.flatMap(({ name, notes: told }) => told.flatMap((note) => wrapText(`${escapeText(name)}: ${escapeText(note)}`, '  ')));
  return [...renderTable([{ title: 'source' }, { title: 'kind' }, { title: 'holds' }, { title: 'parts' }, { title: 'no case known', align: 'right' }], rows), ...notes];
}

/** Shared by every two, by the first key that both have. */
function renderMatrix({ sources, pairs }: OverlapReport): string[] {
  if (sources.length > MAX_COLUMNS || sources.length < 3) return [];
  const first = new Map<string, OverlapPair>();
  for (const pair of pairs) {
    const cell = JSON.stringify([pair.a, pair.b]);
    if (!first.has(cell)) first.set(cell, pair);
  }
  const shared = (a: OverlapSource, b: OverlapSource): string => {
    if (a === b) return formatCount(a.sizes[0]?.size ?? 0);
    const pair = first.get(JSON.stringify([a.name, b.name])) ?? first.get(JSON.stringify([b.name, a.name]));
    return pair === undefined ? '·' : formatCount(pair.shared);
  };
  const columns = [{ title: 'shared' }, ...sources.map(({ name }) => ({ title: shortenText(name, 16), align: 'right' as const }))];
  return ['', ...renderTable(columns, sources.map((a) => [a.name, ...sources.map((b) => shared(a, b))]))];
}

function renderPair({ a, b, key, shared, share_of_smaller, parts }: OverlapPair): string[] {
  const head = `${escapeText(a)} and ${escapeText(b)} share ${formatCount(shared)} ${UNITS[key]}, ${formatShare(share_of_smaller)} of the smaller`;
  const named = parts.filter(({ part_a, part_b }) => part_a !== '' || part_b !== '').toSorted((x, y) => y.shared - x.shared);
  const lines = named.slice(0, MAX_CROSSINGS).map((cell) => `  ${formatCount(cell.shared)} in ${partOf(cell.part_a, a)} and ${partOf(cell.part_b, b)}`);
  return ['', head, ...lines, ...(named.length > MAX_CROSSINGS ? [`  … and ${formatCount(named.length - MAX_CROSSINGS)} more pairs of parts`] : [])];
}

function partOf(part: string, source: string): string {
  return part === '' ? escapeText(source) : `${escapeText(part)} of ${escapeText(source)}`;
}
