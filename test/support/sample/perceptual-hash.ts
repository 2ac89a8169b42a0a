import type { Frame } from './source-frames.js';

const { floor } = Math;

/**
 * The 64-bit difference hash: the picture averaged down to 9 by 8 cells, one bit for each pair of neighbours in a row.
 * Near-duplicates differ in a few bits, unrelated pictures in about half.
 */
export function differenceHash({ rows, columns, values }: Frame): boolean[] {
  const cells = new Float64Array(72);
  const counts = new Float64Array(72);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const cell = floor((row * 8) / rows) * 9 + floor((column * 9) / columns);
      cells[cell]! += values[row * columns + column]!;
      counts[cell]! += 1;
    }
  }
  const means = cells.map((sum, cell) => sum / counts[cell]!);
  return Array.from({ length: 64 }, (_, bit) => {
    const cell = floor(bit / 8) * 9 + (bit % 8);
    return means[cell]! < means[cell + 1]!;
  });
}

/** Number of bits that differ. */
export function hashDistance(a: readonly boolean[], b: readonly boolean[]): number {
  return a.reduce((distance, bit, index) => distance + (bit === b[index] ? 0 : 1), 0);
}
