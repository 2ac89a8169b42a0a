import type { GrayPicture } from './gray-picture.js';
import type { Box, TextLine } from './text-lines.js';

/** Height that each line is scaled to: what the recogniser was trained on is about as high. */
const LINE_HEIGHT = 48;
/** White around each line. */
const PADDING = 12;
/** Strokes fainter than this are not brought to white: they are noise. */
const LEAST_PEAK = 24;
/** Longest line, in scaled pixels; a longer one is cut. */
const MOST_WIDTH = 4096;

/** A line of text cut out of a picture, as dark text on white: its strokes brought to one tone and scaled to one height. */
export function cutLine(line: TextLine): GrayPicture {
  const cut = scaleLine(line.strokes, line.box);
  const columns = cut.columns + 2 * PADDING;
  const rows = cut.rows + 2 * PADDING;
  const values = new Uint8Array(columns * rows).fill(255);
  for (let y = 0; y < cut.rows; y++) values.set(cut.values.subarray(y * cut.columns, (y + 1) * cut.columns), (y + PADDING) * columns + PADDING);
  return { rows, columns, values };
}

/** Linear between pixel centres. */
function scaleLine({ columns: stride, values }: GrayPicture, box: Box): GrayPicture {
  const { left, top, right, bottom } = box;
  const scale = LINE_HEIGHT / (bottom - top);
  const columns = Math.max(1, Math.min(MOST_WIDTH, Math.round((right - left) * scale)));
  const gains = findGains(values, stride, box);
  const at = (row: number, column: number): number => Math.min((values[(top + row) * stride + left + column] as number) * (gains[column] as number), 255);
  const out = new Uint8Array(LINE_HEIGHT * columns);
  for (let y = 0; y < LINE_HEIGHT; y++) {
    const fromY = Math.min(Math.max((y + 0.5) / scale - 0.5, 0), bottom - top - 1);
    const y0 = Math.floor(fromY);
    const y1 = Math.min(y0 + 1, bottom - top - 1);
    for (let x = 0; x < columns; x++) {
      const fromX = Math.min(Math.max((x + 0.5) / scale - 0.5, 0), right - left - 1);
      const x0 = Math.floor(fromX);
      const x1 = Math.min(x0 + 1, right - left - 1);
      const upper = at(y0, x0) + (at(y0, x1) - at(y0, x0)) * (fromX - x0);
      const lower = at(y1, x0) + (at(y1, x1) - at(y1, x0)) * (fromX - x0);
      out[y * columns + x] = 255 - (upper + (lower - upper) * (fromY - y0));
    }
  }
  return { rows: LINE_HEIGHT, columns, values: out };
}

/**
 * For each column of a line the gain that makes the brightest stroke near it white: where text crosses from dark to bright
 * ground, its strokes stand out less.
 */
function findGains(values: Uint8Array, stride: number, { left, top, right, bottom }: Box): Float64Array {
  const peaks = new Uint8Array(right - left);
  for (let y = top; y < bottom; y++) for (let x = left; x < right; x++) peaks[x - left] = Math.max(peaks[x - left] as number, values[y * stride + x] as number);
  const reach = Math.ceil((bottom - top) / 2);
  return Float64Array.from(peaks, (_, column) => {
    let peak = LEAST_PEAK;
    for (let near = Math.max(0, column - reach); near <= Math.min(peaks.length - 1, column + reach); near++) peak = Math.max(peak, peaks[near] as number);
    return 255 / peak;
  });
}
