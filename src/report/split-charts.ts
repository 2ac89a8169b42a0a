import { shortenText } from './escape.js';
import { htmlText as text } from './html-text.js';

/** A bar of a chart. */
export interface Bar {
  /** Which of the page's colours: the number of the part. */
  color: number;
  /** Length, 0..1. */
  share: number;
  label: string;
}

/** The bars of one category. */
export interface BarGroup {
  label: string;
  /** Where a mark says what the bars should be, 0..1; null for none. */
  mark: number | null;
  bars: readonly Bar[];
}

/** Colours that the page has; later parts begin again. */
export const COLORS = 8;

/** Heights in pixels, and the share of the width that the longest bar takes: the rest is for the words behind it. */
const LABEL_HEIGHT = 19;
const BAR_HEIGHT = 15;
const GAP = 9;
const BAR_WIDTH = 52;
const LABEL_CHARACTERS = 46;
/** A mark so near behind a bar, in percent of the width, would stand in its words. */
const CLEARED = 40;

/**
 * Horizontal bars by category. Places are in percent and heights in pixels, so that the words keep their size on a phone.
 * @param id Of the page, for its title and description.
 */
export function drawBars(id: string, title: string, description: string, groups: readonly BarGroup[]): string {
  const longest = Math.max(...groups.flatMap(({ bars, mark }) => [...bars.map(({ share }) => share), mark ?? 0]), 0);
  const scale = longest > 0 ? BAR_WIDTH / longest : 0;
  let top = 0;
  const drawn = groups.map(({ label, mark, bars }) => {
    const begin = top + LABEL_HEIGHT;
    top = begin + bars.length * BAR_HEIGHT + GAP;
    return [
      `<text x="0" y="${begin - 6}" class="label">${text(shortenText(label, LABEL_CHARACTERS))}</text>`,
      ...bars.map((bar, at) => drawBar(bar, mark ?? 0, begin + at * BAR_HEIGHT, scale)),
      ...(mark === null ? [] : [`<line class="mark" x1="${percent(mark * scale)}" x2="${percent(mark * scale)}" y1="${begin - 2}" y2="${begin + bars.length * BAR_HEIGHT - 2}"/>`]),
    ].join('');
  });
  return `<svg class="bars" role="img" aria-labelledby="${id}-t ${id}-d" width="100%" height="${Math.max(1, top)}"><title id="${id}-t">${text(title)}</title><desc id="${id}-d">${text(description)}</desc>${drawn.join('')}</svg>`;
}

/** The words stand behind the bar, and behind the mark where that is not far beyond. */
function drawBar({ color, share, label }: Bar, mark: number, y: number, scale: number): string {
  const end = mark > share && (mark - share) * scale < CLEARED ? mark : share;
  return `<rect class="c${color % COLORS}" x="0" y="${y}" width="${percent(share * scale)}" height="${BAR_HEIGHT - 3}"/><text x="${percent(end * scale)}" dx="6" y="${y + BAR_HEIGHT - 5}">${text(label)}</text>`;
}

/** A line of a chart. */
export interface Curve {
  color: number;
  /** Heights at the values, 0..1. */
  shares: readonly number[];
}

/** Cumulative curves as steps over ascending values, drawn to fill whatever width there is; the axis is words below it. */
export function drawCurves(id: string, title: string, description: string, values: readonly number[], curves: readonly Curve[]): string {
  const [low, high] = [values[0] ?? 0, values.at(-1) ?? 1];
  const place = (value: number) => (high > low ? ((value - low) / (high - low)) * 1000 : 500);
  const lines = curves.map(({ color, shares }) => {
    const points = shares.map((share, at) => `${place(values[at]!).toFixed(1)},${((1 - share) * 200).toFixed(1)}`).join(' ');
    return `<polyline class="l${color % COLORS}" points="${points}"/>`;
  });
  const grid = [0, 0.25, 0.5, 0.75, 1].map((share) => `<line class="grid" x1="0" x2="1000" y1="${share * 200}" y2="${share * 200}"/>`);
  return `<svg class="curves" role="img" aria-labelledby="${id}-t ${id}-d" width="100%" height="200" viewBox="0 -2 1000 204" preserveAspectRatio="none"><title id="${id}-t">${text(title)}</title><desc id="${id}-d">${text(description)}</desc>${grid.join('')}${lines.join('')}</svg>`;
}

/** The key of the colours of parts. */
export function renderKey(names: readonly string[]): string {
  return `<ul class="key">${names.map((name, at) => `<li><svg aria-hidden="true" viewBox="0 0 10 10"><rect class="c${at % COLORS}" width="10" height="10"/></svg>${text(name)}</li>`).join('')}</ul>`;
}

function percent(value: number): string {
  return `${Number(Math.max(0, value).toFixed(2))}%`;
}
