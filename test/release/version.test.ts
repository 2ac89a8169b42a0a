import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { BumpLevel } from '../../src/model/release.js';
import type { ChangeRule } from '../../src/model/release-diff.js';
import { mayBeStricter } from '../../src/model/license.js';
import { compareVersions, decideVersion, VERSION_RULES } from '../../src/release/diff/version.js';

/** What design.md says of each kind of change, written down once more by hand. */
const EXPECTED: Record<ChangeRule, BumpLevel> = {
  'case-withdrawn': 'major',
  'case-merged': 'major',
  'case-split': 'major',
  'case-renamed': 'major',
  'case-removed': 'major',
  'study-removed': 'major',
  'study-moved': 'major',
  'series-removed': 'major',
  'series-moved': 'major',
  'instance-removed': 'major',
  'instance-moved': 'major',
  'instance-changed': 'major',
  'table-removed': 'major',
  'table-rekeyed': 'major',
  'column-removed': 'major',
  'column-renamed': 'major',
  'column-retyped': 'major',
  'unit-changed': 'major',
  'row-removed': 'major',
  'cell-changed': 'major',
  'assignment-moved': 'major',
  'assignment-removed': 'major',
  'split-removed': 'major',
  'license-stricter': 'major',
  'content-changed': 'major',
  'case-added': 'minor',
  'study-added': 'minor',
  'series-added': 'minor',
  'instance-added': 'minor',
  'table-added': 'minor',
  'column-added': 'minor',
  'row-added': 'minor',
  'assignment-added': 'minor',
  'split-added': 'minor',
  'license-looser': 'minor',
  'schema-changed': 'patch',
  'dictionary-changed': 'patch',
  'policy-changed': 'patch',
  'metadata-changed': 'patch',
};
const NEXT = { major: '3.0.0', minor: '2.5.0', patch: '2.4.8' };
const LEVELS: BumpLevel[] = ['patch', 'minor', 'major'];

test('every rule is in the table, once', () => {
  expect(VERSION_RULES.map(({ rule }) => rule).sort()).toEqual(Object.keys(EXPECTED).sort());
});

test.each(Object.entries(EXPECTED) as [ChangeRule, BumpLevel][])('%s alone asks for a %s release', (rule, level) => {
  const decision = decideVersion('2.4.7', { [rule]: 2 });
  expect(decision).toMatchObject({ version: NEXT[level], level, reasons: [{ rule, level, count: 2, message: expect.stringMatching(/^2 /) }] });
});

test('the first release is 1.0.0, whatever is asked for', () => {
  expect(decideVersion(null, {}, 'major')).toEqual({ version: '1.0.0', level: null, reasons: [] });
});

describe('--bump', () => {
  test('raises', () => {
    expect(decideVersion('1.2.3', { 'metadata-changed': 1 }, 'major')?.version).toBe('2.0.0');
    expect(decideVersion('1.2.3', {}, 'patch')?.version).toBe('1.2.4');
  });

  test('never lowers', () => {
    expect(() => decideVersion('1.2.3', { 'cell-changed': 1 }, 'minor')).toThrow(expect.objectContaining({ code: 'USAGE', expected: 'major or higher', found: 'minor' }));
  });

  test('without it, no change is no release', () => {
    expect(decideVersion('1.2.3', {})).toBeNull();
    expect(decideVersion('1.2.3', { 'cell-changed': 0 })).toBeNull();
  });
});

test('law: the level is that of the gravest change, and the number always grows', () => {
  const counts = fc.dictionary(fc.constantFrom(...(Object.keys(EXPECTED) as ChangeRule[])), fc.nat({ max: 5 }));
  const version = fc.tuple(fc.nat({ max: 99 }), fc.nat({ max: 99 }), fc.nat({ max: 99 })).map((parts) => parts.join('.'));
  fc.assert(
    fc.property(version, counts, (previous, changes) => {
      const decision = decideVersion(previous, changes);
      const levels = Object.entries(changes).flatMap(([rule, count]) => (count > 0 ? [LEVELS.indexOf(EXPECTED[rule as ChangeRule])] : []));
      if (levels.length === 0) return decision === null;
      return decision !== null && decision.level === LEVELS[Math.max(...levels)] && compareVersions(decision.version, previous) > 0;
    }),
  );
});

test('law: more changes never ask for a lower number, and every change that is counted is a reason', () => {
  const counts = fc.dictionary(fc.constantFrom(...(Object.keys(EXPECTED) as ChangeRule[])), fc.nat({ max: 5 }));
  fc.assert(
    fc.property(counts, counts, (some, more) => {
      const [few, all] = [decideVersion('1.2.3', some), decideVersion('1.2.3', { ...some, ...Object.fromEntries(Object.entries(more).map(([rule, count]) => [rule, count + (some[rule] ?? 0)])) })];
      expect(compareVersions(all?.version ?? '1.2.3', few?.version ?? '1.2.3')).toBeGreaterThanOrEqual(0);
      expect((all?.reasons ?? []).reduce((sum, { count }) => sum + count, 0)).toBe([...Object.values(some), ...Object.values(more)].reduce((sum, count) => sum + count, 0));
    }),
  );
});

test('a reason names what it was given, and says why', () => {
  const decision = decideVersion('1.2.3', { 'cell-changed': 4 }, undefined, new Map([['cell-changed', ['case.sex (4)']]]));
  expect(decision?.reasons).toEqual([{ level: 'major', rule: 'cell-changed', message: '4 table cells have other values', count: 4, why: expect.stringMatching(/^A label.*\.$/), examples: ['case.sex (4)'] }]);
});

test.each([
  ['CC-BY-4.0', 'CC-BY-NC-4.0', true],
  ['CC-BY-NC-4.0', 'CC-BY-4.0', false],
  ['CC-BY-3.0', 'CC-BY-4.0', false],
  ['CC0-1.0', 'CC-BY-4.0', true],
  ['CC-BY-SA-4.0', 'CC-BY-NC-4.0', true],
  ['CC-BY-4.0', 'LicenseRef-TCIA', true],
  ['LicenseRef-a', 'CC0-1.0', true],
  ['constructor', 'CC0-1.0', true],
])('from %s to %s may be stricter: %s', (before, after, stricter) => {
  expect(mayBeStricter(before, after)).toBe(stricter);
});

test('versions are ordered by number, not as text', () => {
  expect(['10.0.0', '2.0.0', '2.0.10', '2.0.9'].sort(compareVersions)).toEqual(['2.0.0', '2.0.9', '2.0.10', '10.0.0']);
});
