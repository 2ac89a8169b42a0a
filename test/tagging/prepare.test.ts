import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { ModelInput } from '../../src/model/tagging.js';
import { overlaps } from '../../src/tagging/overlap.js';
import type { Picture } from '../../src/tagging/picture.js';
import { preparePicture } from '../../src/tagging/prepare.js';
import { windowRange } from '../../src/tagging/window.js';

function grey(width: number, values: readonly number[], more: Partial<Picture> = {}): Picture {
  return { width, height: values.length / width, channels: 1, samples: Int16Array.from(values), slope: 1, intercept: 0, window: null, ...more };
}

const FULL: ModelInput = { width: 2, height: 2, channels: 1, window: 'full' };
const prepared = (picture: Picture, changes: Partial<ModelInput> = {}): number[] => Array.from(preparePicture(picture, { ...FULL, ...changes }));
const rounded = (numbers: number[]): number[] => numbers.map((number) => Number(number.toFixed(4)));

describe('areas', () => {
  test('the shares of every cell sum to 1, and every pixel counts as much as any other', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 300 }), fc.integer({ min: 1, max: 80 }), (size, cells) => {
        const cellSums = new Array<number>(cells).fill(0);
        const pixelSums = new Array<number>(size).fill(0);
        for (const { source, target, share } of overlaps(size, 0, size, cells)) {
          cellSums[target]! += share;
          pixelSums[source]! += share;
        }
        for (const sum of cellSums) expect(sum).toBeCloseTo(1, 9);
        for (const sum of pixelSums) expect(sum).toBeCloseTo(cells / size, 9);
      }),
    );
  });

  test('a picture is averaged down, and blown up without new values', () => {
    expect(prepared(grey(4, [0, 0, 100, 100, 0, 0, 100, 100, 50, 50, 0, 100, 50, 50, 100, 0]))).toEqual([0, 1, 0.5, 0.5]);
    expect(prepared(grey(1, [0, 100]), { width: 2, height: 4 })).toEqual([0, 0, 0, 0, 1, 1, 1, 1]);
  });

  test('the mean of the picture stays when it is stretched', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 12 }), fc.array(fc.integer({ min: 0, max: 1000 }), { minLength: 1, maxLength: 12 }), (width, column) => {
        const values = column.flatMap((value, row) => Array.from({ length: width }, (_, x) => (value * (x + 1) + row) % 1000));
        const numbers = prepared(grey(width, values), { width: 5, height: 7, window: { center: 500, width: 1000 } });
        const mean = (list: readonly number[]): number => list.reduce((sum, value) => sum + value, 0) / list.length;
        expect(mean(numbers)).toBeCloseTo(mean(values) / 1000, 5);
      }),
    );
  });

  test('another aspect ratio is padded with the darkest, or cropped around the middle', () => {
    const wide = grey(4, [10, 20, 30, 40, 10, 20, 30, 40]);
    const window = { center: 25, width: 50 };
    expect(rounded(prepared(wide, { width: 4, height: 4, fit: 'pad', window }))).toEqual([0, 0, 0, 0, 0.2, 0.4, 0.6, 0.8, 0.2, 0.4, 0.6, 0.8, 0, 0, 0, 0]);
    expect(rounded(prepared(wide, { fit: 'crop', window }))).toEqual([0.4, 0.6, 0.4, 0.6]);
  });
});

describe('brightness', () => {
  test('a fixed window cuts off what is beyond it, in the unit of the picture', () => {
    const ct = grey(2, [0, 1024, 1524, 4000], { slope: 1, intercept: -1024 });
    expect(rounded(prepared(ct, { window: { center: 250, width: 1000 } }))).toEqual([0, 0.25, 0.75, 1]);
  });

  test('the window of the header is used, and the percentiles where there is none', () => {
    const picture = grey(2, [0, 100, 200, 300], { window: { center: 150, width: 100 } });
    expect(windowRange('header', picture)).toEqual({ low: 100, high: 200 });
    expect(windowRange('header', { ...picture, window: null })).toEqual({ low: 0, high: 300 });
  });

  test('one pixel in a thousand does not decide what is bright, and full does let it', () => {
    const picture = grey(40, Array.from({ length: 1600 }, (_, index) => (index === 0 ? 30_000 : index === 1 ? -30_000 : index % 100)));
    const { low, high } = windowRange('percentile', picture);
    expect([low, high]).toEqual([0, 99]);
    expect(windowRange('full', picture)).toEqual({ low: -30_000, high: 30_000 });
  });

  test('a falling scale of values turns the picture over', () => {
    const upright = grey(2, [0, 10, 20, 30]);
    const turned = grey(2, [30, 20, 10, 0], { slope: -1, intercept: 30 });
    for (const window of ['full', 'percentile'] as const) expect(prepared(turned, { window })).toEqual(prepared(upright, { window }));
  });

  test('a picture of one tone is dark, not an error', () => {
    expect(prepared(grey(2, [7, 7, 7, 7]), { window: 'percentile' })).toEqual([0, 0, 0, 0]);
  });

  test('what is no number is dark', () => {
    expect(prepared({ ...grey(2, [0, 0, 0, 0]), samples: Float32Array.from([NaN, 1, 2, Infinity]) }, { window: { center: 1, width: 2 } })).toEqual([0, 0.5, 1, 1]);
  });
});

describe('the numbers that a model is given', () => {
  test('ends of the scale, mean and deviation', () => {
    expect(rounded(prepared(grey(2, [0, 100, 200, 200]), { scale: [-1024, 1024], mean: [24], deviation: [1000] }))).toEqual([-1.048, -0.024, 1, 1]);
  });

  test('grey becomes three equal channels, colour its luma, each in the order that was asked for', () => {
    const picture = grey(2, [0, 51, 102, 255]);
    expect(rounded(prepared(picture, { channels: 3, layout: 'nchw' }))).toEqual([0, 0.2, 0.4, 1, 0, 0.2, 0.4, 1, 0, 0.2, 0.4, 1]);
    expect(rounded(prepared(picture, { channels: 3, layout: 'nhwc' }))).toEqual([0, 0, 0, 0.2, 0.2, 0.2, 0.4, 0.4, 0.4, 1, 1, 1]);
    const colour: Picture = { width: 1, height: 1, channels: 3, samples: Uint8Array.from([255, 0, 51]), slope: 1, intercept: 0, window: null };
    expect(rounded(prepared(colour, { width: 1, height: 1 }))).toEqual([0.3218]);
    expect(rounded(prepared(colour, { width: 1, height: 1, channels: 3 }))).toEqual([1, 0, 0.2]);
  });
});
