import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { parseDicomFile } from '../../src/dicom/dicom-file.js';
import { PACKAGE_ROOT } from '../../src/package-root.js';
import { createDecoder } from '../../src/pixels/decode-frame.js';
import { openPixels } from '../../src/pixels/open-pixels.js';
import { identifyPixels, probePixels } from '../../src/pixels/pixel-digest.js';
import { digestPixels, findPixelFacts } from '../../src/pixels/pixel-facts.js';
import type { PixelSource } from '../../src/pixels/pixel-source.js';
import { codecBytes, losslessJpegBytes, madePicture, nativeBytes, runLengthBytes, sourceOf } from '../support/pixel-encoders.js';

const MAX_PIXELS = 4_000_000;
const LITTLE = '1.2.840.10008.1.2.1';
const decoder = createDecoder(MAX_PIXELS);

function fixture(path: string): PixelSource {
  const bytes = readFileSync(join(PACKAGE_ROOT, 'test/fixtures/dicom/files', path));
  const file = parseDicomFile({ size: bytes.length, readAt: (offset, length) => bytes.subarray(offset, offset + length) }, 1 << 28);
  const source = 'reason' in file ? null : openPixels(file);
  if (source === null) throw new Error(`${path} has no pixels`);
  return source;
}

test('copies in other transfer syntaxes have one digest and one probe', async () => {
  const raw = madePicture(96, 80);
  const copies = [
    sourceOf(raw, LITTLE, nativeBytes(raw)),
    { ...sourceOf(raw, '1.2.840.10008.1.2.2', nativeBytes(raw, true)), bigEndian: true },
    sourceOf(raw, '1.2.840.10008.1.2.5', runLengthBytes(raw)),
    sourceOf(raw, '1.2.840.10008.1.2.4.70', losslessJpegBytes(raw)),
    sourceOf(raw, '1.2.840.10008.1.2.4.80', await codecBytes('jpeg-ls', raw)),
    sourceOf(raw, '1.2.840.10008.1.2.4.90', await codecBytes('jpeg-2000', raw)),
    // Tools that decompress often write 16 bits as stored.
    { ...sourceOf({ ...raw, bitsStored: 16 }, LITTLE, nativeBytes(raw)) },
  ];
  const identities = copies.map((source) => identifyPixels(source, decoder));
  expect(identities[0]).toMatchObject({ kind: 'identity', digest: expect.stringMatching(/^[0-9a-f]{64}$/), probe: expect.stringMatching(/^[0-9a-f]{64}$/) });
  for (const identity of identities) expect(identity).toEqual(identities[0]);
});

test('real copies: little endian, big endian and run length', () => {
  const [one, ...others] = ['MR_small.dcm', 'MR_small_RLE.dcm', 'MR_small_bigendian.dcm'].map((name) => {
    const source = fixture(`pydicom/${name}`);
    return { digest: digestPixels(source, decoder), probe: findPixelFacts(source, decoder, MAX_PIXELS).pixel_probe };
  });
  expect(one?.digest).toMatch(/^[0-9a-f]{64}$/);
  for (const other of others) expect(other).toEqual(one);
  expect(digestPixels(fixture('pydicom/CT_small.dcm'), decoder)).not.toBe(one?.digest);
});

test('the probe of a few reads is the probe of all frames decoded', () =>
  fc.assert(
    fc.property(fc.integer({ min: 20, max: 60 }), fc.integer({ min: 20, max: 60 }), fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 50 }), (rows, columns, frames, seed) => {
      const raw = madePicture(rows, columns, seed);
      const source = sourceOf(raw, LITTLE, ...Array.from({ length: frames }, (_, frame) => nativeBytes({ ...raw, samples: raw.samples.map((sample) => (sample + frame) & 0xfff) })));
      const whole = identifyPixels(source, decoder);
      const probed = probePixels(source, MAX_PIXELS);
      expect(probed).toEqual({ ...whole, digest: null });
    }),
    { numRuns: 40 },
  ));

describe('what makes pixels others', () => {
  const raw = madePicture(64, 64);
  const digest = (source: PixelSource): string | null => digestPixels(source, decoder);
  const base = sourceOf(raw, LITTLE, nativeBytes(raw));

  test('one sample', () => {
    const samples = raw.samples.map((sample, index) => (index === 4000 ? sample ^ 1 : sample));
    expect(digest(sourceOf(raw, LITTLE, nativeBytes({ ...raw, samples })))).not.toBe(digest(base));
  });

  test('rows against columns, frames, and how samples look', () => {
    const long = { ...raw, rows: 32, columns: 128 };
    const bytes = nativeBytes(raw);
    const twoFrames = sourceOf({ ...raw, rows: 32 }, LITTLE, bytes.subarray(0, 4096), bytes.subarray(4096));
    const others = [sourceOf(long, LITTLE, bytes), twoFrames, { ...base, photometric: 'MONOCHROME1' }].map(digest);
    expect(new Set([...others, digest(base)]).size).toBe(4);
  });

  test('bits beside the sample do not', () => {
    const overlay = { ...raw, samples: raw.samples.map((sample, index) => sample | (index % 3 === 0 ? 0x8000 : 0)) };
    expect(digest(sourceOf(raw, LITTLE, nativeBytes(overlay)))).toBe(digest(base));
  });
});

test('a picture of one tone has no digest and no probe: it is alike without being the same', () => {
  const flat = { ...madePicture(40, 40), samples: new Array<number>(1600).fill(7) };
  expect(identifyPixels(sourceOf(flat, LITTLE, nativeBytes(flat)), decoder)).toEqual({ kind: 'identity', digest: null, probe: null });
});

test('a native file is read in stripes and rows, and gets a digest only where its probe is too flat', () => {
  const raw = madePicture(512, 512);
  const bytes = nativeBytes(raw);
  let read = 0;
  const source = { ...sourceOf(raw, LITTLE, bytes), frame: () => { throw new Error('read whole'); }, part: (_index: number, start: number, end: number) => { read += end - start; return bytes.subarray(start, end); } }; // prettier-ignore
  expect(findPixelFacts(source, decoder, MAX_PIXELS)).toMatchObject({ pixel_digest: null, pixel_probe: expect.any(String), perceptual_hash: expect.any(String), undecodable: null });
  expect(read).toBeLessThan(bytes.length / 3);
  const sparse = { ...raw, samples: raw.samples.map((_, index) => (index === 9999 ? 1 : 0)) };
  expect(findPixelFacts(sourceOf(sparse, LITTLE, nativeBytes(sparse)), decoder, MAX_PIXELS)).toMatchObject({ pixel_digest: expect.any(String), pixel_probe: null, perceptual_hash: null });
});

test('pixels that cannot be decoded have no facts and a reason', () => {
  const raw = madePicture(40, 40);
  expect(findPixelFacts(sourceOf(raw, LITTLE, nativeBytes(raw).subarray(0, 100)), decoder, MAX_PIXELS)).toEqual({ pixel_digest: null, pixel_probe: null, perceptual_hash: null, perceptual_detail: null, undecodable: 'truncated' });
  expect(findPixelFacts(sourceOf(raw, LITTLE, nativeBytes(raw)), decoder, 100)).toMatchObject({ undecodable: 'too-large' });
});
