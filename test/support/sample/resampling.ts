import type { Frame } from './source-frames.js';

// Bound once: in Jest's contexts every look at a global is slow, and these run for each of some million samples.
const { floor, max, min } = Math;

/**
 * Where an output picture looks in its source. Only + - * / are used on the way from source to output, so that every
 * machine gets the same bytes.
 */
export interface Viewpoint {
  /** Centre in the source, as shares of its width and height. */
  x: number;
  y: number;
  /** Half the height of the view, as a share of the source's height; the width follows from the output's shape. */
  halfHeight: number;
  /** Tangent of half the angle of rotation. */
  tilt: number;
  /** Whether left and right are exchanged. */
  mirrored: boolean;
  /** Coefficients of a smooth deformation: u*v, v*v, u*(1-v*v) across, the same with u and v exchanged down. */
  bend: readonly [number, number, number, number, number, number];
}

/** Averages blocks of `factor` by `factor` pixels; what does not fill a block at the right and lower edge is left out. */
export function reduceFrame(frame: Frame, factor: number): Frame {
  const rows = floor(frame.rows / factor);
  const columns = floor(frame.columns / factor);
  const values = new Float64Array(rows * columns);
  for (let row = 0; row < rows * factor; row++) {
    for (let column = 0; column < columns * factor; column++) {
      values[floor(row / factor) * columns + floor(column / factor)]! += frame.values[row * frame.columns + column]!;
    }
  }
  for (let index = 0; index < values.length; index++) values[index]! /= factor * factor;
  return { rows, columns, values };
}

/** The source seen from a viewpoint; four samples a pixel. Outside the source: `outside`, or the nearest edge when it is null. */
export function resampleFrame(source: Frame, view: Viewpoint, rows: number, columns: number, outside: number | null): Frame {
  const values = new Float64Array(rows * columns);
  const sample = sampler(source, view, columns / rows, outside);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      let sum = 0;
      for (let down = 0.25; down < 1; down += 0.5) {
        for (let across = 0.25; across < 1; across += 0.5) sum += sample((2 * (column + across)) / columns - 1, (2 * (row + down)) / rows - 1);
      }
      values[row * columns + column] = sum / 4;
    }
  }
  return { rows, columns, values };
}

/** The source's value at (u, v), both from -1 to 1 across the view. */
function sampler(source: Frame, view: Viewpoint, shape: number, outside: number | null): (u: number, v: number) => number {
  const { tilt, bend } = view;
  const cosine = (1 - tilt * tilt) / (1 + tilt * tilt);
  const sine = (2 * tilt) / (1 + tilt * tilt);
  const half = view.halfHeight * source.rows;
  return (u, v) => {
    const bentU = u + bend[0] * u * v + bend[1] * v * v + bend[2] * u * (1 - v * v);
    const bentV = v + bend[3] * u * v + bend[4] * u * u + bend[5] * v * (1 - u * u);
    const across = bentU * shape * half * (view.mirrored ? -1 : 1);
    const down = bentV * half;
    const x = view.x * source.columns + cosine * across - sine * down - 0.5;
    const y = view.y * source.rows + sine * across + cosine * down - 0.5;
    return interpolate(source, x, y, outside);
  };
}

/** Bilinear interpolation. */
function interpolate({ rows, columns, values }: Frame, x: number, y: number, outside: number | null): number {
  if (outside !== null && (x < 0 || y < 0 || x > columns - 1 || y > rows - 1)) return outside;
  const column = min(max(x, 0), columns - 1.001);
  const row = min(max(y, 0), rows - 1.001);
  const left = floor(column);
  const top = floor(row);
  const at = top * columns + left;
  const upper = values[at]! + (values[at + 1]! - values[at]!) * (column - left);
  const lower = values[at + columns]! + (values[at + columns + 1]! - values[at + columns]!) * (column - left);
  return upper + (lower - upper) * (row - top);
}
