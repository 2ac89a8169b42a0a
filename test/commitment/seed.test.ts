import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { auditSeed } from '../../src/commitment/audit-seed.js';
import type { ToldSeed } from '../../src/commitment/published.js';
import { commitSeed, digestSplitConfig, effectiveSeed } from '../../src/commitment/seed.js';
import type { OpenedSeed } from '../../src/model/commitment.js';
import type { SplitConfig } from '../../src/model/config.js';

const SECRET = Buffer.alloc(32, 9);
const TERMS = { config_digest: 'c'.repeat(64), tool: 'colophon 1.0.0, swaps/1', beacon: 'drand round 7' };
const CONFIG: SplitConfig = { parts: { train: 0.5, test: 0.5 }, balance: ['sex'], seed: { file: 'private/a.seed' } };

describe('a seed commitment', () => {
  test('has a fixed form, the same in another language (hashlib and hmac of Python)', () => {
    expect(commitSeed(SECRET, TERMS)).toBe('9518e6bf89425f481b493c92bc9da4bee289298f59cd2548f0da6825d006b7a4');
    expect(effectiveSeed(SECRET, 'chest', 'benchmark', 'beef')).toBe('ff6b798932cf62e38738dea01056e8c1c58a5e3be55038eff1ca8015e187e339');
    expect(effectiveSeed(SECRET, 'chest', 'benchmark', null)).toBe('3b9587e4ce64f3fbf876b8660d7bf9b252f86bcd4fb69d99fe3cc02e8fc2afd3');
  });

  test('binds seed, configuration, program and the randomness that was named', () => {
    const bytes = fc.uint8Array({ minLength: 32, maxLength: 32 });
    const terms = fc.record({ config_digest: fc.string(), tool: fc.string(), beacon: fc.option(fc.string()) });
    fc.assert(
      fc.property(bytes, terms, bytes, terms, (a, left, b, right) => {
        const same = Buffer.from(a).equals(Buffer.from(b)) && JSON.stringify(left) === JSON.stringify(right);
        expect(commitSeed(a, left) === commitSeed(b, right)).toBe(same);
      }),
    );
  });

  test('is to the draw: the seed and what is hidden are no part of the configuration, all else is', () => {
    const digest = digestSplitConfig('chest', 'benchmark', CONFIG);
    expect(digestSplitConfig('chest', 'benchmark', { ...CONFIG, seed: { file: 'private/a.seed', public: 'beef' } })).toBe(digest);
    expect(digestSplitConfig('chest', 'benchmark', { ...CONFIG, hidden: { part: 'test' } })).toBe(digest);
    expect(digestSplitConfig('chest', 'benchmark', { balance: ['sex'], seed: 1, parts: { test: 0.5, train: 0.5 } })).toBe(digest);
    for (const changed of [{ ...CONFIG, parts: { train: 0.6, test: 0.4 } }, { ...CONFIG, balance: [] }, { ...CONFIG, hold_out: { test: "site = 'X'" } }, { ...CONFIG, folds: 5 }])
      expect(digestSplitConfig('chest', 'benchmark', changed)).not.toBe(digest);
    expect(digestSplitConfig('chest', 'other', CONFIG)).not.toBe(digest);
    expect(digestSplitConfig('head', 'benchmark', CONFIG)).not.toBe(digest);
  });
});

test('the seed of the draw depends on the secret and on the public randomness, and is another one for every split', () => {
  const seeds = [['chest', 'a', null], ['chest', 'a', ''], ['chest', 'a', 'beef'], ['chest', 'b', 'beef'], ['head', 'a', 'beef'], ['chest', 'a', 'null']] as const;
  expect(new Set(seeds.map(([dataset, split, value]) => effectiveSeed(SECRET, dataset, split, value))).size).toBe(seeds.length);
  expect(effectiveSeed(Buffer.alloc(32, 8), 'chest', 'a', null)).not.toBe(effectiveSeed(SECRET, 'chest', 'a', null));
});

describe('an opened seed', () => {
  const names = { dataset: 'chest', split: 'benchmark' };
  const commitments = [TERMS, { ...TERMS, config_digest: 'd'.repeat(64) }].map((terms) => ({ commitment: commitSeed(SECRET, terms), ...terms }));
  const opened: OpenedSeed = { secret: SECRET.toString('hex'), public: 'beef', commitments, effective: effectiveSeed(SECRET, 'chest', 'benchmark', 'beef') };
  const told: ToldSeed = {
    commitment: { split: 'benchmark', commitment: commitments[0]!.commitment, again: [{ commitment: commitments[1]!.commitment, reason: 'site C' }], beacon: 'drand round 7', public: 'beef' },
    seed: null,
  };

  test('is accepted against the release that committed to it, and against one that tells it', () => {
    expect(auditSeed(names, opened, told)).toEqual([]);
    expect(auditSeed(names, opened, { ...told, seed: opened.effective })).toEqual([]);
    expect(auditSeed(names, opened, null)).toEqual([]);
  });

  const other = Buffer.alloc(32, 1);
  test.each<[string, OpenedSeed, ToldSeed]>([
    ['another secret', { ...opened, secret: other.toString('hex'), effective: effectiveSeed(other, 'chest', 'benchmark', 'beef') }, told],
    ['another public value', { ...opened, public: 'cafe', effective: effectiveSeed(SECRET, 'chest', 'benchmark', 'cafe') }, told],
    ['another seed of the draw', { ...opened, effective: 'a'.repeat(64) }, told],
    ['a commitment left out', { ...opened, commitments: commitments.slice(0, 1) }, told],
    ['a configuration changed', { ...opened, commitments: [{ ...commitments[0]!, config_digest: 'e'.repeat(64) }, commitments[1]!] }, told],
    ['a release that committed to another seed', opened, { ...told, commitment: { ...told.commitment!, commitment: '0'.repeat(64) } }],
    ['a release that committed to none', opened, { commitment: null, seed: null }],
    ['a release that tells another seed', opened, { ...told, seed: '1' }],
  ])('with %s is refused', (_name, each, release) => {
    expect(auditSeed(names, each, release).map(({ kind }) => kind)).toContain('wrong-seed');
  });
});
