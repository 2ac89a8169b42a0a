import { describe, expect, test } from '@jest/globals';
import type { Config, SplitConfig } from '../../src/model/config.js';
import { checkConfig } from '../../src/workspace/config-rules.js';

const GOOD: SplitConfig = { parts: { train: 0.7, test: 0.3 }, seed: 1 };

function check(splits: Record<string, unknown>, release?: Config['release']): void {
  const config: Config = { dataset: { id: 'd', title: 'D', license: 'CC0-1.0' }, sources: [{ name: 'a', kind: 'tables', path: 'a' }], splits: splits as Record<string, SplitConfig>, ...(release && { release }) };
  checkConfig(config, 'colophon.yaml');
}

test('what a split may say', () => {
  const full: SplitConfig = {
    parts: { train: 0.333333, validation: 0.333333, test: 0.333333, external: 0 },
    repeats: 3,
    seed: '123456789012345678901234567890',
    balance: ['sex', { column: 'age', quantiles: 4, weight: 2 }],
    pairs: [{ columns: ['sex', 'age'], weight: 0 }],
    hold_out: { external: ["site = 'S1'", "site = 'S2'"] },
    limits: [{ part: 'test', where: 'positive', each: 'sex', min: 30, max: 30 }],
  };
  expect(() => check({ full, outer: { ...GOOD, within: { 'full.2': 'train' } }, cv: { folds: 5, seed: -7, repeats: 2 } }, { within: { 'cv.1': 'fold-5' } })).not.toThrow();
});

describe('what it may not, each with what to write', () => {
  test.each<[string, object, string]>([
    ['a seed of letters', { seed: 'abc' }, 'splits.s.seed: expected a whole number, found "abc"; write e.g. `seed: 2026`'],
    ['an empty seed', { seed: '' }, 'splits.s.seed: expected a whole number'],
    ['a broken seed', { seed: 1.5 }, 'splits.s.seed: expected a whole number, found 1.5'],
    ['a seed that is not a number at all', { seed: Number.NaN }, 'found a value that is not a number'],
    ['an infinite seed', { seed: Infinity }, 'found Infinity'],
    ['a seed that YAML has rounded', { seed: 2 ** 60 }, 'write it in quotes'],
    ['no parts', { parts: {} }, 'splits.s.parts: expected at least two parts, or folds, found 0'],
    ['one part', { parts: { all: 1 } }, 'at least two parts'],
    ['shares below 1', { parts: { a: 0.5, b: 0.4 } }, 'expected shares that sum to 1, found 0.9; a 0.5, b 0.4: raise one of them by 0.1'],
    ['shares above 1', { parts: { a: 0.7, b: 0.7 } }, 'lower one of them by 0.4'],
    ['shares in per cent', { parts: { a: 80, b: 20 } }, 'splits.s.parts.a: expected a share between 0 and 1, found 80; write 0.8 for 80 %'],
    ['a negative share', { parts: { a: 1.5, b: -0.5 } }, 'splits.s.parts.b: expected a share between 0 and 1, found -0.5'],
    ['a share that is no number', { parts: { a: Number.NaN, b: 0.5 } }, 'splits.s.parts.a: expected a share between 0 and 1, found a value that is not a number'],
    ['an empty part', { parts: { a: 1, b: 0 } }, 'splits.s.parts.b: expected a share above 0, found 0; nothing would ever fill this part'],
    ['a part without a name', { parts: { a: 0.5, '': 0.5 } }, 'give the part a name'],
    ['a part with a line feed', { parts: { a: 0.5, 'b\nc': 0.5 } }, 'found "b\\nc"; take the control characters'],
    ['a part that is a path', { parts: { a: 0.5, '../b': 0.5 } }, 'cannot be in the name of a file everywhere'],
    ['a part that is a formula', { parts: { a: 0.5, '=b': 0.5 } }, 'a spreadsheet takes'],
    ['a part turned around by a bidirectional mark', { parts: { a: 0.5, 'b\u202ec': 0.5 } }, 'invisible characters'],
    ['a part called like a device', { parts: { a: 0.5, 'NUL.x': 0.5 } }, 'device of Windows'],
    ['two parts that differ by case', { parts: { Test: 0.5, test: 0.5 } }, 'expected part names that differ by more than case, found Test and test'],
    ['folds and parts', { folds: 5 }, 'splits.s: expected parts or folds, found both'],
    ['a single fold', { parts: undefined, folds: 1 }, 'splits.s.folds: expected a whole number from 2 to 100, found 1'],
    ['no repeats', { repeats: 0 }, 'splits.s.repeats: expected a whole number from 1'],
    ['an unknown part held out', { hold_out: { tets: 'true' } }, 'splits.s.hold_out: expected a part: train, test, found "tets"; did you mean `test`?'],
    ['nothing held out', { hold_out: { test: [] } }, 'splits.s.hold_out.test: expected an SQL condition, found none'],
    ['the same cases held out twice', { hold_out: { test: "a = 'b'", train: ["a = 'b'"] } }, 'which test has too'],
    ['a blank file', { assign: ' ' }, 'splits.s.assign: expected the path'],
    ['a column twice', { balance: ['sex', { column: 'sex' }] }, 'splits.s.balance.1: expected each column once'],
    ['no weight', { balance: [{ column: 'a', weight: 0 }] }, 'splits.s.balance.0.weight: expected a number above 0'],
    ['an infinite weight', { balance: [{ column: 'a', weight: Infinity }] }, 'found Infinity'],
    ['bins and quantiles', { balance: [{ column: 'a', bins: [1], quantiles: 4 }] }, 'expected bins or quantiles, found both'],
    ['bins that fall', { balance: [{ column: 'a', bins: [5, 1] }] }, 'inner edges from low to high, e.g. [18, 50, 65], found [5, 1]'],
    ['a bin that is no number', { balance: [{ column: 'a', bins: [Number.NaN] }] }, 'found [NaN]'],
    ['no bins', { balance: [{ column: 'a', bins: [] }] }, 'found []'],
    ['an empty separator', { balance: [{ column: 'a', separator: '' }] }, 'would cut every value into letters'],
    ['a pair of what is not balanced', { balance: ['sex', 'age'], pairs: [{ columns: ['sex', 'rac'], weight: 1 }] }, 'splits.s.pairs.0.columns: expected two columns of balance, found "rac"; only what is balanced'],
    ['a pair with itself', { balance: ['sex'], pairs: [{ columns: ['sex', 'sex'], weight: 1 }] }, 'expected two columns of balance'],
    ['a pair twice', { balance: ['a', 'b'], pairs: [{ columns: ['a', 'b'], weight: 1 }, { columns: ['b', 'a'], weight: 1 }] }, 'splits.s.pairs.1.columns: expected each pair once'],
    ['a limit of no part', { limits: [{ part: 'tset', min: 1 }] }, 'splits.s.limits.0.part: expected a part: train, test, found "tset"; did you mean `test`?'],
    ['a limit of nothing', { limits: [{ part: 'test' }] }, 'splits.s.limits.0: expected min, max or both, found neither'],
    ['a limit turned around', { limits: [{ part: 'test', min: 5, max: 4 }] }, 'expected a min that is not above max, found min 5, max 4'],
    ['a limit that is no number', { limits: [{ part: 'test', min: Number.NaN }] }, 'splits.s.limits.0.min: expected a whole number of cases'],
    ['a limit over blanks', { limits: [{ part: 'test', min: 1, where: ' ' }] }, 'splits.s.limits.0.where: expected an SQL condition'],
  ])('%s', (_what, changes, message) => {
    const split = Object.fromEntries(Object.entries({ ...GOOD, ...changes }).filter(([, value]) => value !== undefined));
    expect(() => check({ s: split })).toThrow(message);
  });

  test('all of them in one go', () => {
    expect(() => check({ a: { ...GOOD, seed: 'x' }, b: { ...GOOD, parts: { a: 0.5 } } })).toThrow(/splits\.a\.seed.*\n.*splits\.b\.parts.*two parts.*\n.*splits\.b\.parts.*sum to 1/);
  });

  test('a repeat that would be called like another split', () => {
    expect(() => check({ cv: { ...GOOD, repeats: 2 }, 'CV.2': GOOD })).toThrow('the name `CV.2` is that of repeat 2 of `cv` too');
    expect(() => check({ a: GOOD, A: GOOD })).toThrow('the name `A` is that of the split `a` too, or differs by case only');
  });

  test('a part of all repeats at once', () => {
    expect(() => check({ cv: { folds: 5, seed: 1, repeats: 2 }, inner: { ...GOOD, within: { cv: 'fold-1' } } })).toThrow('splits.inner.within: `cv` is drawn 2 times; name one of its repeats, e.g. `cv.1`');
    expect(() => check({ cv: { folds: 5, seed: 1, repeats: 2 }, inner: { ...GOOD, within: { 'cv.2': 'fold-6' } } })).toThrow('no part `fold-6`; did you mean `fold-1`?');
    expect(() => check({ cv: { folds: 5, seed: 1, repeats: 2 } }, { within: { 'cv.3': 'fold-1' } })).toThrow('release.within: no split `cv.3`');
  });

  test('splits that lie within each other', () => {
    expect(() => check({ a: { ...GOOD, within: { b: 'test' } }, b: { ...GOOD, within: { c: 'test' } }, c: { ...GOOD, within: { a: 'test' } } })).toThrow('splits.a.within: it lies within itself: a in b in c in a');
    expect(() => check({ a: { ...GOOD, within: { a: 'test' } } })).toThrow('splits.a.within: it lies within itself');
  });
});
