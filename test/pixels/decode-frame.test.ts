import { readdirSync, readFileSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { parseDicomFile } from '../../src/dicom/dicom-file.js';
import { PACKAGE_ROOT } from '../../src/package-root.js';
import { createDecoder } from '../../src/pixels/decode-frame.js';
import { openPixels } from '../../src/pixels/open-pixels.js';
import type { PixelSource } from '../../src/pixels/pixel-source.js';
import { codecBytes, losslessJpegBytes, madePicture, nativeBytes, runLengthBytes, sourceOf, type RawPicture } from '../support/pixel-encoders.js';
import { readSource } from './read-source.js';

const { Decoder } = createRequire(import.meta.url)('jpeg-lossless-decoder-js') as { Decoder: new () => { decompress(bytes: ArrayBuffer): ArrayBuffer } };

const MAX_PIXELS = 4_000_000;
const decoder = createDecoder(MAX_PIXELS);
const LITTLE = '1.2.840.10008.1.2.1';
const RLE = '1.2.840.10008.1.2.5';
const LOSSLESS = '1.2.840.10008.1.2.4.70';
const JPEG_LS = '1.2.840.10008.1.2.4.80';
const JPEG_2000 = '1.2.840.10008.1.2.4.90';
const BASELINE = '1.2.840.10008.1.2.4.50';

function samplesOf(source: PixelSource, index = 0): number[] {
  const frame = decoder.decode(source, index);
  if (frame.kind === 'undecodable') throw new Error(frame.reason);
  return [...frame.samples];
}

function reasonOf(source: PixelSource, index = 0): string | null {
  const frame = decoder.decode(source, index);
  return frame.kind === 'undecodable' ? frame.reason : null;
}

describe('every way of coding gives the same samples', () => {
  const picture = fc
    .record({ rows: fc.integer({ min: 1, max: 12 }), columns: fc.integer({ min: 1, max: 12 }), count: fc.constantFrom(1, 3), stored: fc.integer({ min: 2, max: 16 }), signed: fc.boolean() })
    .chain(({ rows, columns, count, stored, signed }) => {
      const least = signed ? -(2 ** (stored - 1)) : 0;
      const most = signed ? 2 ** (stored - 1) - 1 : 2 ** stored - 1;
      const about = { rows, columns, samplesPerPixel: count, bitsAllocated: stored <= 8 ? (8 as const) : (16 as const), bitsStored: stored, signed };
      return fc.array(fc.integer({ min: least, max: most }), { minLength: rows * columns * count, maxLength: rows * columns * count }).map((samples): RawPicture => ({ ...about, samples }));
    });

  test('native, either byte order, by pixel or by plane', () =>
    fc.assert(
      fc.property(picture, (raw) => {
        expect(samplesOf(sourceOf(raw, LITTLE, nativeBytes(raw)))).toEqual(raw.samples);
        expect(samplesOf({ ...sourceOf(raw, '1.2.840.10008.1.2.2', nativeBytes(raw, true)), bigEndian: true })).toEqual(raw.samples);
        const count = raw.samplesPerPixel ?? 1;
        const planes = Array.from({ length: count }, (_, sample) => raw.samples.filter((_value, index) => index % count === sample)).flat();
        expect(samplesOf({ ...sourceOf(raw, LITTLE, nativeBytes({ ...raw, samples: planes })), planarConfiguration: 1 })).toEqual(raw.samples);
      }),
    ));

  test('run length and lossless JPEG with every predictor and restart interval', () =>
    fc.assert(
      fc.property(picture, fc.integer({ min: 1, max: 7 }), fc.integer({ min: 0, max: 3 }), (raw, predictor, restartLines) => {
        expect(samplesOf(sourceOf(raw, RLE, runLengthBytes(raw)))).toEqual(raw.samples);
        const coded = { ...raw, samples: raw.samples.map((sample) => sample & (2 ** raw.bitsStored - 1)) };
        expect(samplesOf(sourceOf(raw, LOSSLESS, losslessJpegBytes(coded, { predictor, restartLines })))).toEqual(raw.samples);
      }),
    ));

  test.each([
    ['jpeg-ls', JPEG_LS],
    ['jpeg-2000', JPEG_2000],
  ] as const)('%s, unsigned and signed', async (kind, syntax) => {
    for (const signed of kind === 'jpeg-2000' ? [false, true] : [false]) {
      const made = madePicture(40, 50);
      const raw = { ...made, signed, samples: signed ? made.samples.map((sample) => sample - 2048) : made.samples };
      expect(samplesOf(sourceOf(raw, syntax, await codecBytes(kind, raw)))).toEqual(raw.samples);
    }
  });

  test('baseline JPEG comes near, and its colours come as RGB', async () => {
    const gray = madePicture(64, 64, 3, 8);
    const close = samplesOf(sourceOf(gray, BASELINE, await codecBytes('jpeg', gray)));
    expect(Math.max(...close.map((sample, index) => Math.abs(sample - (gray.samples[index] ?? 0))))).toBeLessThan(40);
    const red = { rows: 16, columns: 16, samplesPerPixel: 3, bitsAllocated: 8 as const, bitsStored: 8, photometric: 'YBR_FULL_422', samples: Array.from({ length: 768 }, (_, index) => (index % 3 === 0 ? 220 : 20)) };
    const frame = decoder.decode(sourceOf(red, BASELINE, await codecBytes('jpeg', red)), 0);
    expect(frame).toMatchObject({ kind: 'frame', photometric: 'RGB' });
    if (frame.kind === 'frame') expect(frame.samples[0]).toBeGreaterThan(200);
  });

  test('lossless JPEG as the other reader has it', () => {
    const raw = madePicture(30, 40);
    const bytes = losslessJpegBytes(raw, { predictor: 4 });
    const other = new Decoder().decompress(new Uint8Array(bytes).buffer);
    expect([...new Uint16Array(other)]).toEqual(samplesOf(sourceOf(raw, LOSSLESS, bytes)));
  });
});

describe('stored words', () => {
  test('bits beside the sample are dropped, a sample above bit 0 is shifted down, a sign is extended', () => {
    const about = { rows: 1, columns: 2, bitsAllocated: 16 as const, bitsStored: 12 };
    const bytes = Buffer.from([0xff, 0xf7, 0x00, 0x18]);
    expect(samplesOf(sourceOf(about, LITTLE, bytes))).toEqual([0x7ff, 0x800]);
    expect(samplesOf(sourceOf({ ...about, signed: true }, LITTLE, bytes))).toEqual([2047, -2048]);
    expect(samplesOf({ ...sourceOf(about, LITTLE, bytes), highBit: 15 })).toEqual([0xf7f, 0x180]);
  });

  test('frames of single bits follow each other within a byte', () => {
    const about = { rows: 1, columns: 3, bitsAllocated: 8 as const, bitsStored: 1 };
    const bytes = Buffer.from([0b10_011_101]);
    const source = { ...sourceOf(about, LITTLE), frames: 2, bitsAllocated: 1, highBit: 0, frame: () => bytes };
    expect(samplesOf(source, 0)).toEqual([1, 0, 1]);
    expect(samplesOf(source, 1)).toEqual([1, 1, 0]);
  });

  test('two pixels share their chroma', () => {
    const source = sourceOf({ rows: 1, columns: 2, samplesPerPixel: 3, bitsAllocated: 8, bitsStored: 8, photometric: 'YBR_FULL_422' }, LITTLE, Buffer.from([10, 20, 3, 4]));
    expect(samplesOf(source)).toEqual([10, 3, 4, 20, 3, 4]);
  });
});

describe('what cannot be decoded is a result', () => {
  const raw = madePicture(32, 32);
  const native = nativeBytes(raw);

  test.each([
    ['no rows', { rows: 0 }, 'description'],
    ['more bits stored than allocated', { bitsStored: 17 }, 'description'],
    ['a high bit outside the word', { highBit: 16 }, 'description'],
    ['a number that is none', { columns: Number.NaN }, 'description'],
    ['two samples a pixel', { samplesPerPixel: 2 }, 'description'],
    ['more pixels than the policy allows', { rows: 65_535, columns: 65_535 }, 'too-large'],
    ['high-throughput JPEG 2000', { transferSyntax: '1.2.840.10008.1.2.4.201' }, 'unsupported'],
    ['JPEG XL', { transferSyntax: '1.2.840.10008.1.2.4.110' }, 'unsupported'],
    ['MPEG', { transferSyntax: '1.2.840.10008.1.2.4.102' }, 'unsupported'],
    ['a pixel more than there is', { columns: 33 }, 'truncated'],
  ])('%s', (_what, change, reason) => expect(reasonOf({ ...sourceOf(raw, LITTLE, native), ...change })).toBe(reason));

  test('a bitstream of another size, before anything is made of it', async () => {
    const [ls, j2k, jpeg] = await Promise.all([codecBytes('jpeg-ls', raw), codecBytes('jpeg-2000', raw), codecBytes('jpeg', madePicture(32, 32, 1, 8))]);
    for (const [syntax, bytes] of [[JPEG_LS, ls], [JPEG_2000, j2k], [LOSSLESS, losslessJpegBytes(raw)]] as const) expect(reasonOf(sourceOf({ ...raw, columns: 33 }, syntax, bytes))).toBe('mismatch');
    expect(reasonOf(sourceOf({ ...raw, columns: 33, bitsAllocated: 8, bitsStored: 8 }, BASELINE, jpeg))).toBe('mismatch');
    expect(reasonOf(sourceOf({ ...raw, samplesPerPixel: 3 }, JPEG_LS, ls))).toBe('mismatch');
    // A header that promises a picture as big as the limit, and nothing behind it.
    const bomb = Buffer.from(losslessJpegBytes(raw).subarray(0, 100));
    bomb.writeUInt16BE(2000, 7);
    bomb.writeUInt16BE(2000, 9);
    expect(reasonOf(sourceOf({ ...raw, rows: 2000, columns: 2000 }, LOSSLESS, bomb))).toBe('truncated');
    expect(reasonOf(sourceOf({ ...raw, rows: 2000, columns: 2000 }, RLE, runLengthBytes(raw)))).toBe('truncated');
  });

  test('12-bit JPEG, and a bitstream of another kind than the syntax says', () => {
    const bytes = losslessJpegBytes(raw);
    expect(reasonOf(sourceOf(raw, BASELINE, bytes))).toBe('unsupported');
    expect(reasonOf(sourceOf(raw, JPEG_LS, bytes))).toBe('unsupported');
    expect(reasonOf(sourceOf(raw, JPEG_2000, bytes))).toBe('corrupt');
  });

  test('no byte of a bitstream that is cut, changed or made up throws or hangs; what is decoded is whole', async () => {
    const bitstreams: [string, Buffer][] = [
      [RLE, runLengthBytes(raw)],
      [LOSSLESS, losslessJpegBytes(raw, { restartLines: 2 })],
      [JPEG_LS, await codecBytes('jpeg-ls', raw)],
      [JPEG_2000, await codecBytes('jpeg-2000', raw)],
    ];
    const judge = (syntax: string, bytes: Buffer): void => {
      const frame = decoder.decode(sourceOf(raw, syntax, bytes), 0);
      if (frame.kind === 'frame') expect(frame.samples.length).toBe(1024);
    };
    for (const [syntax, bytes] of bitstreams) {
      for (let cut = 0; cut < bytes.length; cut += 29) judge(syntax, bytes.subarray(0, cut));
      fc.assert(fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 0, max: 255 }), (at, value) => judge(syntax, Buffer.from(bytes.map((byte, index) => (index === at ? value : byte))))), { numRuns: 60 });
      fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (made) => judge(syntax, Buffer.from(made))), { numRuns: 60 });
    }
    // The codecs still work.
    for (const [syntax, bytes] of bitstreams) expect(samplesOf(sourceOf(raw, syntax, bytes))).toEqual(raw.samples);
  });

  test.each([RLE, LOSSLESS])('a bitstream that ends early gives no picture: %s', (syntax) => {
    const bytes = syntax === RLE ? runLengthBytes(raw) : losslessJpegBytes(raw);
    expect(reasonOf(sourceOf(raw, syntax, bytes.subarray(0, bytes.length - 40)))).toBe('truncated');
  });
});

describe('real files', () => {
  const folder = join(PACKAGE_ROOT, 'test/fixtures/dicom/files');
  const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((path) => statSync(join(folder, path)).isFile());

  function open(path: string): PixelSource | null {
    const bytes = readFileSync(join(folder, path));
    const file = parseDicomFile({ size: bytes.length, readAt: (offset, length) => bytes.subarray(offset, offset + length) }, 1 << 28);
    return 'reason' in file ? null : openPixels(file);
  }

  test('first and last frame are as a second reader of DICOM has them', () => {
    let compared = 0;
    for (const path of paths) {
      const source = open(path);
      const second = readOther(join(folder, path));
      if (source === null || second === null || second.bitsAllocated === 0) continue;
      for (const index of [0, source.frames - 1]) {
        const [one, other] = [decoder.decode(source, index), decoder.decode(second, index)];
        if (one.kind === 'undecodable') continue;
        expect([path, other.kind === 'frame' && Buffer.from(one.samples.buffer).equals(Buffer.from(other.samples.buffer))]).toEqual([path, true]);
        compared += 1;
      }
    }
    expect(compared).toBeGreaterThan(40);
  });

  test('no file is refused but those with cut, contradictory or 12-bit JPEG pixels', () => {
    const refused = paths.flatMap((path) => {
      const source = open(path);
      const reason = source === null ? null : reasonOf(source);
      return reason === null ? [] : [`${path}: ${reason}`];
    });
    expect(refused.filter((line) => !line.startsWith('made/')).sort()).toEqual([
      'dicomParser/encapsulated/multi-frame/CT0012.fragmented_no_bot_jpeg_baseline.51.dcm: unsupported',
      'pydicom/MR_truncated.dcm: truncated',
      'pydicom/badVR.dcm: description',
      'pydicom/meta_missing_tsyntax.dcm: description',
    ]);
  });
});

function readOther(path: string): PixelSource | null {
  try {
    return readSource(path);
  } catch {
    return null;
  }
}
