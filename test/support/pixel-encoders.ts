import { createRequire } from 'node:module';
import type { PixelSource } from '../../src/pixels/pixel-source.js';

const require = createRequire(import.meta.url);

/** A picture of one frame, to be coded in several ways; `samples` are colour by pixel. */
export interface RawPicture {
  rows: number;
  columns: number;
  samplesPerPixel?: number;
  bitsAllocated: 8 | 16 | 32;
  bitsStored: number;
  signed?: boolean;
  photometric?: string;
  samples: readonly number[];
}

/** A source with one frame of given bytes, or several. */
export function sourceOf(picture: Omit<RawPicture, 'samples'>, transferSyntax: string, ...frames: Buffer[]): PixelSource {
  const { rows, columns, samplesPerPixel = 1, bitsAllocated, bitsStored, signed = false, photometric = samplesPerPixel === 3 ? 'RGB' : 'MONOCHROME2' } = picture;
  return {
    rows, columns, frames: frames.length, samplesPerPixel, bitsAllocated, bitsStored, highBit: bitsStored - 1, photometric, transferSyntax,
    pixelRepresentation: signed ? 1 : 0, planarConfiguration: 0, bigEndian: false,
    frame: (index) => frames[index] ?? Buffer.alloc(0),
  }; // prettier-ignore
}

/** Samples as native words, masked to what is allocated. */
export function nativeBytes({ samples, bitsAllocated }: RawPicture, bigEndian = false): Buffer {
  const width = bitsAllocated / 8;
  const bytes = Buffer.alloc(samples.length * width);
  for (const [index, sample] of samples.entries())
    for (let byte = 0; byte < width; byte++) bytes[index * width + (bigEndian ? width - 1 - byte : byte)] = (sample >> (8 * byte)) & 0xff;
  return bytes;
}

/** RLE (PS3.5 annex G): literals and runs, the most significant byte first. */
export function runLengthBytes(picture: RawPicture): Buffer {
  const { samples, bitsAllocated, samplesPerPixel = 1 } = picture;
  const width = bitsAllocated / 8;
  const segments: Buffer[] = [];
  for (let sample = 0; sample < samplesPerPixel; sample++)
    for (let byte = width - 1; byte >= 0; byte--)
      segments.push(packBits(samples.filter((_, index) => index % samplesPerPixel === sample).map((value) => (value >> (8 * byte)) & 0xff)));
  const header = Buffer.alloc(64);
  header.writeUInt32LE(segments.length, 0);
  let offset = 64;
  for (const [index, segment] of segments.entries()) {
    header.writeUInt32LE(offset, 4 * (index + 1));
    offset += segment.length;
  }
  return Buffer.concat([header, ...segments]);
}

function packBits(plane: readonly number[]): Buffer {
  const packed: number[] = [];
  for (let at = 0; at < plane.length; ) {
    let run = 1;
    while (run < 128 && at + run < plane.length && plane[at + run] === plane[at]) run += 1;
    if (run > 1) packed.push(257 - run, plane[at] ?? 0);
    else packed.push(0, plane[at] ?? 0);
    at += run;
  }
  if (packed.length % 2 === 1) packed.push(128);
  return Buffer.from(packed);
}

/** Lossless JPEG, process 14 with any predictor; all components in one scan, restart markers after `restartLines` lines. */
export function losslessJpegBytes(picture: RawPicture, { predictor = 1, restartLines = 0 } = {}): Buffer {
  const { rows, columns, samplesPerPixel: count = 1, bitsStored: precision, samples } = picture;
  const components = Array.from({ length: count }, (_, index) => index + 1);
  const header = [
    0xff, 0xd8, 0xff, 0xc3, 0, 8 + 3 * count, precision, rows >> 8, rows & 255, columns >> 8, columns & 255, count, ...components.flatMap((id) => [id, 0x11, 0]),
    // Categories 0 to 16 all have codes of five bits.
    0xff, 0xc4, 0, 19 + 17, 0, 0, 0, 0, 0, 17, ...new Array<number>(11).fill(0), ...Array.from({ length: 17 }, (_, category) => category),
    ...(restartLines === 0 ? [] : [0xff, 0xdd, 0, 4, (restartLines * columns) >> 8, (restartLines * columns) & 255]),
    0xff, 0xda, 0, 6 + 2 * count, count, ...components.flatMap((id) => [id, 0]), predictor, 0, 0,
  ]; // prettier-ignore
  const bits = new BitWriter();
  const at = (row: number, column: number, component: number): number => (samples[(row * columns + column) * count + component] ?? 0) & 0xffff;
  for (let row = 0; row < rows; row++) {
    const first = row === 0 || (restartLines > 0 && row % restartLines === 0);
    if (first && row > 0) bits.marker(0xd0 + ((row / restartLines - 1) % 8));
    for (let column = 0; column < columns; column++)
      for (let component = 0; component < count; component++) {
        const [left, above, corner] = [at(row, column - 1, component), at(row - 1, column, component), at(row - 1, column - 1, component)];
        let prediction = [left, above, corner, left + above - corner, left + ((above - corner) >> 1), above + ((left - corner) >> 1), (left + above) >> 1][predictor - 1] ?? 0;
        if (first) prediction = column === 0 ? 1 << (precision - 1) : left;
        else if (column === 0) prediction = above;
        bits.difference(((at(row, column, component) - prediction) << 16) >> 16);
      }
  }
  return Buffer.concat([Buffer.from(header), bits.bytes(), Buffer.from([0xff, 0xd9])]);
}

class BitWriter {
  #out: number[] = [];
  #bits = 0;
  #count = 0;

  difference(value: number): void {
    const category = value === -32_768 ? 16 : Math.abs(value) === 0 ? 0 : 32 - Math.clz32(Math.abs(value));
    this.#put(category, 5);
    if (category > 0 && category < 16) this.#put(value < 0 ? value + (1 << category) - 1 : value, category);
  }

  marker(marker: number): void {
    this.#align();
    this.#out.push(0xff, marker);
  }

  bytes(): Buffer {
    this.#align();
    return Buffer.from(this.#out);
  }

  #put(value: number, length: number): void {
    for (let bit = length - 1; bit >= 0; bit--) {
      this.#bits = this.#bits * 2 + ((value >> bit) & 1);
      this.#count += 1;
      if (this.#count === 8) this.#flush();
    }
  }

  #align(): void {
    while (this.#count > 0) this.#put(1, 1);
  }

  #flush(): void {
    this.#out.push(this.#bits);
    if (this.#bits === 0xff) this.#out.push(0);
    this.#bits = 0;
    this.#count = 0;
  }
}

interface WasmEncoder {
  getDecodedBuffer(about: object): Uint8Array;
  encode(): void;
  getEncodedBuffer(): Uint8Array;
  setQuality?(reversible: boolean, rate: number): void;
  delete(): void;
}

const ENCODERS = { 'jpeg-ls': ['codec-charls', 'JpegLSEncoder'], 'jpeg-2000': ['codec-openjpeg', 'J2KEncoder'], jpeg: ['codec-libjpeg-turbo-8bit', 'JPEGEncoder'] } as const;

/** Codes a picture with the encoder that belongs to a codec. JPEG-LS and JPEG 2000 are lossless here. */
export async function codecBytes(kind: keyof typeof ENCODERS, picture: RawPicture): Promise<Buffer> {
  const [packageName, className] = ENCODERS[kind];
  const factory = require(`@cornerstonejs/${packageName}/wasmjs`) as (module: object) => Promise<Record<string, new () => WasmEncoder>>;
  const Encoder = (await factory({ print: () => undefined, printErr: () => undefined }))[className];
  if (Encoder === undefined) throw new Error(`no ${className}`);
  const encoder = new Encoder();
  const { rows, columns, samplesPerPixel = 1, bitsStored, signed = false } = picture;
  const about = { width: columns, height: rows, bitsPerSample: kind === 'jpeg' ? 8 : bitsStored, componentCount: samplesPerPixel, isSigned: signed, isUsingColorTransform: false };
  encoder.getDecodedBuffer(about).set(nativeBytes(picture));
  if (kind === 'jpeg-2000') encoder.setQuality?.(true, 0);
  encoder.encode();
  const bytes = Buffer.from(encoder.getEncodedBuffer());
  encoder.delete();
  return bytes;
}

/** A picture with structure and texture, the same for the same seed. */
export function madePicture(rows: number, columns: number, seed = 1, bitsStored = 12): RawPicture {
  let state = seed * 7919 + 17;
  const noise = (): number => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
  const blobs = Array.from({ length: 12 }, () => ({ x: noise() * columns, y: noise() * rows, r: (0.06 + 0.2 * noise()) * columns, tone: noise() * 2 - 0.7 }));
  const range = 2 ** bitsStored - 1;
  const samples = Array.from({ length: rows * columns }, (_, at) => {
    const [x, y] = [at % columns, Math.floor(at / columns)];
    const sum = blobs.reduce((tone, blob) => tone + blob.tone * Math.exp(-((x - blob.x) ** 2 + (y - blob.y) ** 2) / (2 * blob.r ** 2)), 0.3);
    return Math.round(Math.min(Math.max(sum * 0.5 + noise() * 0.02, 0), 1) * range);
  });
  return { rows, columns, bitsAllocated: bitsStored > 8 ? 16 : 8, bitsStored, samples };
}
