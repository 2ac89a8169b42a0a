/** A picture of 8-bit gray, row after row, 0 black. */
export interface GrayPicture {
  rows: number;
  columns: number;
  values: Uint8Array;
}

/** The long side of a picture that text is looked for in, in pixels: text that a person can read on a screen stays readable. */
const MAX_SIDE = 2048;

/** Values that the window is taken from. */
const WINDOW_VALUES = 65_536;

/** Share of the values that may be cut off at either end: text that is brighter than all else is as bright as the brightest. */
const CUT_OFF = 0.001;

/** The brightness of a frame as a picture, reduced by whole steps to a readable size; null when it is all of one tone. */
export function makeGrayPicture(brightness: Float32Array, rows: number, columns: number): GrayPicture | null {
  const step = Math.ceil(Math.max(rows, columns) / MAX_SIDE);
  const window = findWindow(brightness);
  if (window === null) return null;
  const [low, scale] = [window.low, 255 / (window.high - window.low)];
  const height = Math.floor(rows / step);
  const width = Math.floor(columns / step);
  if (height === 0 || width === 0) return null;
  const values = new Uint8Array(height * width);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      let sum = 0;
      for (let down = 0; down < step; down++) {
        const row = (y * step + down) * columns + x * step;
        for (let right = 0; right < step; right++) sum += brightness[row + right] as number;
      }
      values[y * width + x] = Math.min(Math.max((sum / (step * step) - low) * scale, 0), 255);
    }
  }
  return { rows: height, columns: width, values };
}

function findWindow(brightness: Float32Array): { low: number; high: number } | null {
  const step = Math.max(1, Math.floor(brightness.length / WINDOW_VALUES));
  const values = new Float32Array(Math.ceil(brightness.length / step));
  for (let index = 0; index < values.length; index++) values[index] = brightness[index * step] as number;
  values.sort();
  const cut = Math.floor(values.length * CUT_OFF);
  const low = values[cut] ?? 0;
  const high = values[values.length - 1 - cut] ?? 0;
  if (high > low) return { low, high };
  // A black picture with little on it: the text is all there is.
  const [least, most] = [values[0] ?? 0, values[values.length - 1] ?? 0];
  return most > least ? { low: least, high: most } : null;
}

/** The negative of a picture. */
export function invertPicture({ rows, columns, values }: GrayPicture): GrayPicture {
  return { rows, columns, values: values.map((value) => 255 - value) };
}
