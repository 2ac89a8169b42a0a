import { isNative, type FrameDecoder } from './decode-frame.js';
import { toLuminance } from './luminance.js';
import { readSamples } from './native-samples.js';
import { describeDefect, type PixelSource, type Undecodable, undecodable } from './pixel-source.js';

/** Cells of a thumbnail: four times the 9 by 8 of the perceptual hash. */
export const THUMBNAIL_COLUMNS = 36;
export const THUMBNAIL_ROWS = 32;

/** Rows that are read for each row of cells: their mean is the cell's for all that a hash can tell. */
const ROWS_A_CELL = 4;

/** Values that the window of a picture is taken from. */
const WINDOW_VALUES = 4096;

/** A picture averaged down, 0 black to 1 white between the 1st and 99th percentile; row after row. */
export interface Thumbnail {
  kind: 'thumbnail';
  cells: Float64Array;
}

/** A picture has nothing to compare: too small, of one tone, or a mask of one bit. */
export interface Blank {
  kind: 'blank';
}

/** Brightness of single rows of a picture. */
interface RowReader {
  row(y: number): Float32Array | null;
}

/** The frame that stands for a file of several. */
export function middleFrame({ frames }: PixelSource): number {
  return Math.floor(frames / 2);
}

/** The thumbnail of the middle frame. Of native frames only some rows are read. */
export function makeThumbnail(source: PixelSource, decoder: FrameDecoder, maxPixels: number): Thumbnail | Blank | Undecodable {
  const defect = describeDefect(source, maxPixels);
  if (defect !== null) return defect;
  const { rows, columns, bitsStored } = source;
  if (rows < THUMBNAIL_ROWS || columns < THUMBNAIL_COLUMNS || bitsStored === 1) return { kind: 'blank' };
  const reader = openRows(source, decoder, middleFrame(source));
  if ('kind' in reader) return reader;
  const chosen = chooseRows(rows).map((ys) => ys.map((y) => reader.row(y)));
  if (chosen.flat().includes(null)) return undecodable('truncated');
  const window = findWindow(chosen.flat() as Float32Array[]);
  return window === null ? { kind: 'blank' } : { kind: 'thumbnail', cells: average(chosen as Float32Array[][], columns, window) };
}

function openRows(source: PixelSource, decoder: FrameDecoder, index: number): RowReader | Undecodable {
  const { columns, samplesPerPixel, bitsAllocated, photometric } = source;
  const about = { kind: 'frame', rows: 1, columns, samplesPerPixel, photometric } as const;
  if (isNative(source) && samplesPerPixel === 1 && bitsAllocated > 1) {
    const width = (columns * bitsAllocated) / 8;
    const part = source.part ?? ((frame, start, end) => source.frame(frame).subarray(start, end));
    return {
      row(y) {
        const samples = readSamples(source, part(index, y * width, (y + 1) * width), columns);
        return samples === null ? null : toLuminance({ ...about, samples }, source.palette);
      },
    };
  }
  const frame = decoder.decode(source, index);
  if (frame.kind === 'undecodable') return frame;
  const width = columns * samplesPerPixel;
  return { row: (y) => toLuminance({ ...about, photometric: frame.photometric, samples: frame.samples.subarray(y * width, (y + 1) * width) }, source.palette) };
}

/** For each row of cells the rows of the picture that are read, spread evenly. */
function chooseRows(rows: number): number[][] {
  return Array.from({ length: THUMBNAIL_ROWS }, (_, cell) => {
    const first = Math.floor((cell * rows) / THUMBNAIL_ROWS);
    const count = Math.floor(((cell + 1) * rows) / THUMBNAIL_ROWS) - first;
    const read = Math.min(count, ROWS_A_CELL);
    return Array.from({ length: read }, (_, index) => first + Math.floor(((index + 0.5) * count) / read));
  });
}

/** 1st and 99th percentile of some of the values; null when they are one. */
function findWindow(rows: readonly Float32Array[]): { low: number; high: number } | null {
  const columns = rows[0]?.length ?? 0;
  const step = Math.max(1, Math.floor((rows.length * columns) / WINDOW_VALUES));
  const values = new Float32Array(Math.ceil((rows.length * columns) / step));
  for (let index = 0, at = 0; index < values.length; index++, at += step) values[index] = rows[Math.floor(at / columns)]?.[at % columns] ?? 0;
  values.sort();
  const low = values[Math.floor(values.length * 0.01)] ?? 0;
  const high = values[Math.ceil(values.length * 0.99) - 1] ?? 0;
  return high > low ? { low, high } : null;
}

function average(bands: readonly Float32Array[][], columns: number, { low, high }: { low: number; high: number }): Float64Array {
  const cells = new Float64Array(THUMBNAIL_ROWS * THUMBNAIL_COLUMNS);
  const scale = 1 / (high - low);
  for (const [band, rows] of bands.entries()) {
    for (let cell = 0; cell < THUMBNAIL_COLUMNS; cell++) {
      const start = Math.floor((cell * columns) / THUMBNAIL_COLUMNS);
      const end = Math.floor(((cell + 1) * columns) / THUMBNAIL_COLUMNS);
      let sum = 0;
      for (const row of rows) for (let x = start; x < end; x++) sum += Math.min(Math.max(((row[x] as number) - low) * scale, 0), 1);
      cells[band * THUMBNAIL_COLUMNS + cell] = sum / (rows.length * (end - start));
    }
  }
  return cells;
}
