import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { joinSmallGroups, type Group } from '../../src/page/small-groups.js';

const groupsOf = (counts: number[][]): Group[] => counts.map((each, at) => ({ category: `c${at}`, counts: each }));
const rules = { least: 5, several: false, most: 100 };

describe('small groups', () => {
  test('are joined, with one that is not small when they are too few together', () => {
    expect(joinSmallGroups(groupsOf([[20], [9], [3], [1]]), rules)).toEqual({
      shown: [{ category: 'c0', counts: [20] }],
      joined: { categories: ['c2', 'c3', 'c1'], counts: [13] },
    });
  });

  test('that are enough together take nobody with them', () => {
    expect(joinSmallGroups(groupsOf([[20], [9], [3], [2]]), rules)?.joined).toEqual({ categories: ['c2', 'c3'], counts: [5] });
  });

  test('nothing is told of fewer cases than that', () => {
    expect(joinSmallGroups(groupsOf([[3], [1]]), rules)).toBeNull();
  });

  test('none is no small group', () => {
    expect(joinSmallGroups(groupsOf([[20, 0], [0, 9]]), rules)?.joined).toBeNull();
  });

  test('a case in several categories counts once for what is sure', () => {
    // The same three cases may be behind both small categories.
    expect(joinSmallGroups(groupsOf([[20], [9], [3], [3]]), { ...rules, several: true })?.shown).toHaveLength(1);
  });

  test('what another table joins stays joined', () => {
    expect(joinSmallGroups(groupsOf([[20], [9]]), { ...rules, joined: new Set(['c1']) })?.shown.map(({ category }) => category)).toEqual(['c0']);
  });

  test('more categories than may be told are joined, the rarest first', () => {
    const outcome = joinSmallGroups(groupsOf(Array.from({ length: 50 }, (_, at) => [100 - at])), { ...rules, most: 10 });
    expect(outcome?.shown).toHaveLength(10);
    expect(outcome?.joined?.categories).toHaveLength(40);
  });
});

const count = fc.oneof(fc.nat(12), fc.nat(60));
const someGroups = fc.integer({ min: 1, max: 4 }).chain((parts) => fc.array(fc.array(count, { minLength: parts, maxLength: parts }), { minLength: 1, maxLength: 12 }));

test('law: no count below the least can be read off, nor be had from the whole, nor is a case lost', () => {
  fc.assert(
    fc.property(someGroups, fc.integer({ min: 1, max: 15 }), (counts, least) => {
      const outcome = joinSmallGroups(groupsOf(counts), { least, several: false, most: 100 });
      const total = counts[0]!.map((_, at) => counts.reduce((sum, each) => sum + each[at]!, 0));
      if (outcome === null) return expect(total.some((each) => each > 0 && each < least)).toBe(true);
      const told = [...outcome.shown.map((group) => group.counts), ...(outcome.joined === null ? [] : [outcome.joined.counts])];
      for (const each of told) for (const one of each) expect(one === 0 || one >= least).toBe(true);
      expect(total.map((_, at) => told.reduce((sum, each) => sum + each[at]!, 0))).toEqual(total);
    }),
  );
});

test('law: the table of a split joins whatever the table of all cases joins, so their difference tells no small count', () => {
  fc.assert(
    fc.property(someGroups, fc.integer({ min: 2, max: 15 }), (counts, least) => {
      const totals = counts.map((each) => [each.reduce((sum, one) => sum + one, 0)]);
      const all = joinSmallGroups(groupsOf(totals), { least, several: false, most: 100 });
      if (all === null) return;
      const split = joinSmallGroups(groupsOf(counts), { least, several: false, most: 100, joined: new Set(all.joined?.categories) });
      for (const { category } of split?.shown ?? []) expect(all.joined?.categories.includes(category) ?? false).toBe(false);
    }),
  );
});
