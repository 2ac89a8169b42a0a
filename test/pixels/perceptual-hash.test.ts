import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { parseDicomFile } from '../../src/dicom/dicom-file.js';
import { PACKAGE_ROOT } from '../../src/package-root.js';
import { createDecoder } from '../../src/pixels/decode-frame.js';
import { openPixels } from '../../src/pixels/open-pixels.js';
import { hashThumbnail, type PerceptualHash } from '../../src/pixels/perceptual-hash.js';
import type { PixelSource } from '../../src/pixels/pixel-source.js';
import { makeThumbnail } from '../../src/pixels/thumbnail.js';
import { drawText } from '../support/bitmap-font.js';
import { codecBytes, madePicture, nativeBytes, sourceOf, type RawPicture } from '../support/pixel-encoders.js';

const MAX_PIXELS = 4_000_000;
const LITTLE = '1.2.840.10008.1.2.1';
const decoder = createDecoder(MAX_PIXELS);

function hashOf(source: PixelSource): PerceptualHash | null {
  const thumbnail = makeThumbnail(source, decoder, MAX_PIXELS);
  return thumbnail.kind === 'thumbnail' ? hashThumbnail(thumbnail) : null;
}

function distance(one: string, other: string): number {
  return [...one].reduce((sum, digit, at) => sum + (parseInt(digit, 16) ^ parseInt(other[at] ?? '0', 16)).toString(2).replaceAll('0', '').length, 0);
}

function distances(one: PerceptualHash | null, other: PerceptualHash | null): [number, number] {
  if (one === null || other === null) throw new Error('a picture has no hash');
  return [distance(one.hash, other.hash), distance(one.detail, other.detail)];
}

const native = (raw: RawPicture): PixelSource => sourceOf(raw, LITTLE, nativeBytes(raw));
const raw = madePicture(256, 240);
const remade = (change: (sample: number, x: number, y: number) => number): RawPicture => ({ ...raw, samples: raw.samples.map((sample, at) => Math.round(change(sample, at % 240, Math.floor(at / 240)))) });

describe('near duplicates are within 4 bits of 64 and 48 of 544', () => {
  const half: RawPicture = { ...raw, rows: 128, columns: 120, samples: Array.from({ length: 128 * 120 }, (_, at) => raw.samples[Math.floor(at / 120) * 2 * 240 + (at % 120) * 2] ?? 0) };
  const cropped: RawPicture = { ...raw, rows: 252, columns: 236, samples: Array.from({ length: 252 * 236 }, (_, at) => raw.samples[(Math.floor(at / 236) + 2) * 240 + (at % 236) + 2] ?? 0) };
  const written = [...raw.samples];
  drawText(written, 240, 'DOE^JANE', { x: 8, y: 8, scale: 1, tone: 4095 });
  test.each<[string, RawPicture, Partial<PixelSource>]>([
    ['a darker window', remade((sample) => sample * 0.6 + 300), {}],
    ['another tone curve', remade((sample) => 4095 * (sample / 4095) ** 0.85), {}],
    ['8 bits', { ...remade((sample) => sample >> 4), bitsStored: 8, bitsAllocated: 8 }, {}],
    ['half the size', half, {}],
    ['a cropped margin', cropped, {}],
    ['a name written on it', { ...raw, samples: written }, {}],
    ['a masked corner', remade((sample, x, y) => (x < 60 && y < 14 ? 0 : sample)), {}],
    ['the negative, declared as such', remade((sample) => 4095 - sample), { photometric: 'MONOCHROME1' }],
  ])('%s', (_what, copy, change) => {
    const [bits, detail] = distances(hashOf(native(raw)), hashOf({ ...native(copy), ...change }));
    expect(bits).toBeLessThanOrEqual(4);
    expect(detail).toBeLessThanOrEqual(48);
  });

  test('lossy compression, and the colours of a screen', async () => {
    const small = madePicture(128, 128, 5, 8);
    const gray = hashOf(native(small));
    expect(distances(gray, hashOf(sourceOf(small, '1.2.840.10008.1.2.4.50', await codecBytes('jpeg', small))))[0]).toBeLessThanOrEqual(4);
    const colour = { ...small, samplesPerPixel: 3, samples: small.samples.flatMap((sample) => [sample, sample, sample]) };
    expect(distances(gray, hashOf(native(colour)))).toEqual([0, 0]);
  });
});

test('pictures of one tone, of one bit, and with next to nothing on them have no hash', () => {
  expect(hashOf(native(remade(() => 5)))).toBeNull();
  expect(hashOf(native(remade((_, x, y) => (x > 100 && x < 130 && y > 100 && y < 120 ? 4000 : 0))))).toBeNull();
  expect(hashOf(native(madePicture(20, 20)))).toBeNull();
});

test('different pictures, made or of different patients of the sample, are not near', () => {
  const made = Array.from({ length: 60 }, (_, seed) => ({ patient: `made ${seed}`, hash: hashOf(native(madePicture(64, 64, seed + 10))) }));
  const all = [...made, ...samplePictures()];
  let pairs = 0;
  const near: string[] = [];
  for (const [index, one] of all.entries())
    for (const other of all.slice(index + 1)) {
      if (one.patient === other.patient || one.hash === null || other.hash === null) continue;
      pairs += 1;
      if (distance(one.hash.hash, other.hash.hash) <= 4 && distance(one.hash.detail, other.hash.detail) <= 48) near.push(`${one.patient} ${other.patient}`);
    }
  expect(pairs).toBeGreaterThan(5000);
  expect(near).toEqual([]);
});

function samplePictures(): { patient: string; hash: PerceptualHash | null }[] {
  const folder = join(PACKAGE_ROOT, 'src/demo/sample');
  const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.dcm'));
  return paths.sort().flatMap((path) => {
    const bytes = readFileSync(join(folder, path));
    const file = parseDicomFile({ size: bytes.length, readAt: (offset, length) => bytes.subarray(offset, offset + length) }, 1 << 28);
    const source = 'reason' in file ? null : openPixels(file);
    return source === null ? [] : [{ patient: /\d{6}-\d{6}/.exec(path)?.[0] ?? path, hash: hashOf(source) }];
  });
}
