import type { GrayPicture } from './gray-picture.js';

/**
 * How much brighter each pixel is than the broad picture around it: what is thinner than `width` pixels (odd) stays, the
 * rest is black (white top-hat: the picture less its opening by a square).
 */
export function mapStrokes({ rows, columns, values }: GrayPicture, width: number): Uint8Array {
  const room = new Uint8Array((rows + 2 * width) * columns);
  // The opening by minima, then maxima; maxima are minima of the negative.
  const eroded = negate(minimaDown(minimaAcross(values, rows, columns, width), rows, columns, width, room));
  const opened = negate(minimaDown(minimaAcross(eroded, rows, columns, width), rows, columns, width, room));
  const strokes = new Uint8Array(values.length);
  for (let at = 0; at < strokes.length; at++) strokes[at] = (values[at] as number) - (opened[at] as number);
  return strokes;
}

function negate(values: Uint8Array): Uint8Array {
  for (let at = 0; at < values.length; at++) values[at] = 255 - (values[at] as number);
  return values;
}

/**
 * The least of the `width` values around each pixel of a row; beyond the picture there is nothing. Van Herk's way:
 * running minima forwards and backwards within blocks of `width`, three comparisons a pixel whatever the width.
 */
function minimaAcross(values: Uint8Array, rows: number, columns: number, width: number): Uint8Array {
  const half = width >> 1;
  const blocks = Math.ceil((columns + 2 * half) / width) * width;
  const line = new Uint8Array(blocks).fill(255);
  const ahead = new Uint8Array(blocks);
  const out = new Uint8Array(values.length);
  for (let start = 0; start < rows * columns; start += columns) {
    line.set(values.subarray(start, start + columns), half);
    for (let block = 0; block < blocks; block += width) {
      let least = 255;
      for (let at = block + width - 1; at >= block; at--) {
        const value = line[at] as number;
        if (value < least) least = value;
        ahead[at] = least;
      }
    }
    // The running minimum forwards needs no array: it is used as it is made.
    let behind = 255;
    for (let at = 0; at < columns + width - 1; at++) {
      const value = line[at] as number;
      behind = at % width === 0 || value < behind ? value : behind;
      const target = at - width + 1;
      if (target < 0) continue;
      const other = ahead[target] as number;
      out[start + target] = other < behind ? other : behind;
    }
  }
  return out;
}

/** The same down the columns, a row at a time: memory is read in its order. */
function minimaDown(values: Uint8Array, rows: number, columns: number, width: number, room: Uint8Array): Uint8Array {
  const half = width >> 1;
  const padded = Math.ceil((rows + 2 * half) / width) * width;
  const ahead = room.subarray(0, padded * columns);
  ahead.fill(255);
  ahead.set(values, half * columns);
  for (let y = padded - 2; y >= 0; y--) {
    if (y % width === width - 1) continue;
    for (let at = y * columns, end = at + columns; at < end; at++) {
      const below = ahead[at + columns] as number;
      if (below < (ahead[at] as number)) ahead[at] = below;
    }
  }
  const out = new Uint8Array(values.length);
  const behind = new Uint8Array(columns).fill(255);
  for (let y = 0; y < rows + width - 1; y++) {
    const row = y - half;
    if (y % width === 0) behind.fill(255);
    if (row >= 0 && row < rows) {
      for (let x = 0, at = row * columns; x < columns; x++, at++) if ((values[at] as number) < (behind[x] as number)) behind[x] = values[at] as number;
    }
    const target = y - width + 1;
    if (target < 0) continue;
    for (let x = 0, at = target * columns; x < columns; x++, at++) {
      const other = ahead[at] as number;
      out[at] = other < (behind[x] as number) ? other : (behind[x] as number);
    }
  }
  return out;
}
