import { describe, expect, test } from '@jest/globals';
import type { SplitConfig } from '../../src/model/config.js';
import { reportsOf } from '../../src/model/split.js';
import { publishedSplits, splitsAround, tellingSplits } from '../../src/model/hidden-parts.js';
import { expandSplits, findSplits, repeatSeed } from '../../src/model/split-repeats.js';

const SPLITS: Record<string, SplitConfig> = {
  benchmark: { parts: { train: 0.8, test: 0.2 }, seed: 1 },
  cv: { folds: 5, repeats: 2, seed: '7' },
  secret: { folds: 2, repeats: 1, seed: { file: 'private/s.seed' } },
};

describe('repeats are splits of their own', () => {
  test('each with its number and its seed, and without repeats', () => {
    expect(expandSplits(SPLITS)).toEqual([
      { name: 'benchmark', base: 'benchmark', repeat: null, config: SPLITS.benchmark },
      { name: 'cv.1', base: 'cv', repeat: 1, config: { folds: 5, seed: '7/repeat-1' } },
      { name: 'cv.2', base: 'cv', repeat: 2, config: { folds: 5, seed: '7/repeat-2' } },
      { name: 'secret.1', base: 'secret', repeat: 1, config: { folds: 2, seed: { file: 'private/s.seed' } } },
    ]);
    expect(expandSplits(undefined)).toEqual([]);
    expect([repeatSeed('x', 3), repeatSeed('x', null)]).toEqual(['x/repeat-3', 'x']);
  });

  test('one repeat more leaves the others as they are', () => {
    const more = expandSplits({ cv: { ...SPLITS.cv!, repeats: 3 } });
    expect(more.slice(0, 2)).toEqual(expandSplits({ cv: SPLITS.cv! }));
  });

  test.each([
    ['benchmark', ['benchmark']],
    ['cv', ['cv.1', 'cv.2']],
    ['cv.2', ['cv.2']],
    ['cv.3', []],
    ['constructor', []],
  ])('%s stands for %j', (name, found) => {
    expect(findSplits(SPLITS, name).map((split) => split.name)).toEqual(found);
  });

  test('a release publishes all but the one that decides what is in it', () => {
    expect(publishedSplits({ splits: SPLITS, release: { within: { 'cv.1': 'fold-1' } } }).map(({ name }) => name)).toEqual(['benchmark', 'cv.2', 'secret.1']);
  });
});

test('repeats are seen through where something is hidden', () => {
  const splits: Record<string, SplitConfig> = {
    benchmark: { parts: { train: 0.8, test: 0.2 }, seed: 1, hidden: { part: 'test' } },
    cv: { folds: 5, repeats: 2, seed: 7, within: { benchmark: 'test' } },
    inner: { parts: { a: 0.5, b: 0.5 }, seed: 1, within: { 'cv.2': 'fold-1' } },
    open: { parts: { a: 0.5, b: 0.5 }, seed: 1, within: { benchmark: 'train' } },
  };
  expect(splitsAround({ splits }, 'inner')).toEqual([{ split: 'cv.2', part: 'fold-1' }, { split: 'benchmark', part: 'test' }]);
  expect(tellingSplits({ splits })).toEqual(['benchmark', 'cv.1', 'cv.2', 'inner']);
  expect(publishedSplits({ splits }).map(({ name }) => name)).toEqual(['benchmark', 'open']);
});

test('the reports of a result', () => {
  expect(reportsOf({ split: 'a', frozen: 1 })).toEqual([{ split: 'a', frozen: 1 }]);
  expect(reportsOf<{ n: number }>({ split: 'a', repeats: [{ n: 1 }, { n: 2 }] })).toEqual([{ n: 1 }, { n: 2 }]);
});
