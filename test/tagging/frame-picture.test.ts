import { describe, expect, test } from '@jest/globals';
import type { DecodedFrame, PixelSource } from '../../src/pixels/pixel-source.js';
import { pictureOfFrame } from '../../src/tagging/frame-picture.js';
import type { Picture } from '../../src/tagging/picture.js';

const SOURCE: PixelSource = {
  rows: 1, columns: 2, frames: 1, samplesPerPixel: 1, bitsAllocated: 8, bitsStored: 8, highBit: 7, pixelRepresentation: 0, planarConfiguration: 0,
  photometric: 'MONOCHROME2', transferSyntax: '', bigEndian: false, frame: () => Buffer.alloc(0),
}; // prettier-ignore

function frame(photometric: string, samples: readonly number[]): DecodedFrame {
  return { kind: 'frame', rows: 1, columns: 2, samplesPerPixel: samples.length / 2, photometric, samples: Uint8Array.from(samples) };
}

const seen = (picture: Picture | null): number[] | null => (picture === null ? null : Array.from(picture.samples, (sample) => Math.round(sample * picture.slope + picture.intercept)));

describe('a frame as people would see it', () => {
  test('rescaled values, with the window of the header', () => {
    const picture = pictureOfFrame(frame('MONOCHROME2', [0, 100]), { ...SOURCE, rescale: { slope: 2, intercept: -1000 }, window: { center: 40, width: 400 } });
    expect(seen(picture)).toEqual([-1000, -800]);
    expect(picture?.window).toEqual({ center: 40, width: 400 });
  });

  test('MONOCHROME1 is turned over, and its window with it', () => {
    const picture = pictureOfFrame(frame('MONOCHROME1', [0, 100]), { ...SOURCE, window: { center: 40, width: 400 } });
    const [first, second] = seen(picture) as [number, number];
    expect(first).toBeGreaterThan(second);
    expect(picture?.window?.center).toBe(-40);
  });

  test('palette, RGB and YBR become red, green and blue', () => {
    const palette = { first: 10, red: Uint8Array.of(1, 2), green: Uint8Array.of(3, 4), blue: Uint8Array.of(5, 6) };
    expect(seen(pictureOfFrame(frame('PALETTE COLOR', [0, 200]), { ...SOURCE, palette }))).toEqual([1, 3, 5, 2, 4, 6]);
    expect(seen(pictureOfFrame(frame('RGB', [255, 0, 0, 0, 0, 255]), SOURCE))).toEqual([255, 0, 0, 0, 0, 255]);
    expect(seen(pictureOfFrame(frame('YBR_FULL', [76, 85, 255, 128, 128, 128]), SOURCE))).toEqual([254, 0, 0, 128, 128, 128]);
  });

  test('what nobody knows how to look at is no picture', () => {
    expect(pictureOfFrame(frame('PALETTE COLOR', [0, 1]), SOURCE)).toBeNull();
    expect(pictureOfFrame(frame('ARGB', [0, 1, 2, 3, 4, 5, 6, 7]), SOURCE)).toBeNull();
    expect(pictureOfFrame(frame('HSV', [0, 1, 2, 3, 4, 5]), SOURCE)).toBeNull();
  });
});
