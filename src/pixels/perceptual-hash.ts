import { THUMBNAIL_COLUMNS, THUMBNAIL_ROWS, type Thumbnail } from './thumbnail.js';

/** What tells pictures that look alike; both hashes as lower-case hex digits, the first bit highest. */
export interface PerceptualHash {
  /** 64 bits: 9 by 8 cells, a bit for each pair of neighbours in a row. Near duplicates differ in few. */
  hash: string;
  /** 544 bits of 18 by 16 cells, along the rows and then down the columns: confirms what the first one finds. */
  detail: string;
}

/** A cell is brighter than its neighbour by more than this, of a range of 1: in flat areas noise sets no bits. */
const STEP = 0.01;

/** Pairs that must differ for a picture to be told from others, and of them in either direction: a dark picture with a dot is not, nor is a slope. */
const LEAST_STEPS = 24;
const LEAST_EITHER_WAY = 8;

/** The perceptual hash of a thumbnail (difference hash); null when the picture has too little in it. */
export function hashThumbnail({ cells }: Thumbnail): PerceptualHash | null {
  const coarse = pool(cells, 4);
  const steps = neighbourSteps(coarse, THUMBNAIL_COLUMNS / 4);
  const rises = steps.filter((step) => step > 0).length;
  const falls = steps.filter((step) => step < 0).length;
  if (rises + falls < LEAST_STEPS || Math.min(rises, falls) < LEAST_EITHER_WAY) return null;
  const fine = pool(cells, 2);
  const columns = THUMBNAIL_COLUMNS / 2;
  // Any bright body on black rises and falls along each row: what it is shows down the columns as well.
  return { hash: toHex(steps), detail: toHex([...neighbourSteps(fine, columns), ...columnSteps(fine, columns), 0, 0]) };
}

/** Means of squares of `size` by `size` cells. */
function pool(cells: Float64Array, size: number): Float64Array {
  const columns = THUMBNAIL_COLUMNS / size;
  const pooled = new Float64Array(columns * (THUMBNAIL_ROWS / size));
  for (const [at, cell] of cells.entries()) {
    const row = Math.floor(Math.floor(at / THUMBNAIL_COLUMNS) / size);
    const column = Math.floor((at % THUMBNAIL_COLUMNS) / size);
    const target = row * columns + column;
    pooled[target] = (pooled[target] as number) + cell / (size * size);
  }
  return pooled;
}

/** For each pair of neighbours in a row: 1 when it gets brighter to the right, -1 when darker, 0 when flat. */
function neighbourSteps(cells: Float64Array, columns: number): number[] {
  const steps: number[] = [];
  for (let at = 0; at < cells.length; at++) {
    if (at % columns === columns - 1) continue;
    steps.push(stepOf((cells[at + 1] as number) - (cells[at] as number)));
  }
  return steps;
}

/** The same for each pair of neighbours in a column. */
function columnSteps(cells: Float64Array, columns: number): number[] {
  return Array.from({ length: cells.length - columns }, (_, at) => stepOf((cells[at + columns] as number) - (cells[at] as number)));
}

function stepOf(rise: number): number {
  if (rise > STEP) return 1;
  return rise < -STEP ? -1 : 0;
}

/** Four pairs a digit; a bit is set where it gets brighter. */
function toHex(steps: readonly number[]): string {
  let hex = '';
  for (let at = 0; at < steps.length; at += 4) {
    const digit = steps.slice(at, at + 4).reduce((bits, step) => bits * 2 + (step > 0 ? 1 : 0), 0);
    hex += digit.toString(16);
  }
  return hex;
}
