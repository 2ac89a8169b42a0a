import type { GrayPicture } from './gray-picture.js';
import type { Box } from './text-lines.js';

/** Height that each line is scaled to: what the recogniser was trained on is about as high. */
const LINE_HEIGHT = 48;
/** White around each line. */
const PADDING = 12;
/** Longest line, in scaled pixels; a longer one is cut. */
const MOST_WIDTH = 4096;

/** Lines of text cut out of pictures, set below each other as dark text on white. */
export interface Montage {
  page: GrayPicture;
  /** Where each line is on the page, in the order given. */
  places: Box[];
}

/** Sets lines of bright text on a page; null when there is none. */
export function makeMontage(lines: readonly { picture: GrayPicture; box: Box }[]): Montage | null {
  if (lines.length === 0) return null;
  const cuts = lines.map(({ picture, box }) => cutLine(picture, box));
  const columns = Math.max(...cuts.map((cut) => cut.columns)) + 2 * PADDING;
  const pitch = LINE_HEIGHT + 2 * PADDING;
  const values = new Uint8Array(columns * pitch * cuts.length).fill(255);
  const places = cuts.map((cut, index): Box => {
    const top = index * pitch + PADDING;
    for (let y = 0; y < cut.rows; y++) values.set(cut.values.subarray(y * cut.columns, (y + 1) * cut.columns), (top + y) * columns + PADDING);
    return { left: 0, top: index * pitch, right: Math.min(cut.columns + 2 * PADDING, columns), bottom: (index + 1) * pitch };
  });
  return { page: { rows: pitch * cuts.length, columns, values }, places };
}

/** One line, stretched to full contrast, inverted, and scaled to the height of a line between pixel centres. */
function cutLine({ columns: stride, values }: GrayPicture, { left, top, right, bottom }: Box): GrayPicture {
  const scale = LINE_HEIGHT / (bottom - top);
  const columns = Math.max(1, Math.min(MOST_WIDTH, Math.round((right - left) * scale)));
  const { low, high } = range(values, stride, { left, top, right, bottom });
  const stretch = high > low ? 255 / (high - low) : 0;
  const out = new Uint8Array(LINE_HEIGHT * columns);
  for (let y = 0; y < LINE_HEIGHT; y++) {
    const fromY = Math.min(Math.max((y + 0.5) / scale - 0.5, 0), bottom - top - 1);
    const y0 = Math.floor(fromY);
    const y1 = Math.min(y0 + 1, bottom - top - 1);
    for (let x = 0; x < columns; x++) {
      const fromX = Math.min(Math.max((x + 0.5) / scale - 0.5, 0), right - left - 1);
      const x0 = Math.floor(fromX);
      const x1 = Math.min(x0 + 1, right - left - 1);
      const at = (row: number, column: number): number => values[(top + row) * stride + left + column] as number;
      const upper = at(y0, x0) + (at(y0, x1) - at(y0, x0)) * (fromX - x0);
      const lower = at(y1, x0) + (at(y1, x1) - at(y1, x0)) * (fromX - x0);
      out[y * columns + x] = 255 - Math.min(Math.max((upper + (lower - upper) * (fromY - y0) - low) * stretch, 0), 255);
    }
  }
  return { rows: LINE_HEIGHT, columns, values: out };
}

function range(values: Uint8Array, stride: number, { left, top, right, bottom }: Box): { low: number; high: number } {
  let low = 255;
  let high = 0;
  for (let y = top; y < bottom; y++) {
    for (let x = left; x < right; x++) {
      const value = values[y * stride + x] as number;
      if (value < low) low = value;
      if (value > high) high = value;
    }
  }
  return { low, high };
}
