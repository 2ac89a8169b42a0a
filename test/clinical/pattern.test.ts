import { describe, expect, test } from '@jest/globals';
import { subschemas } from '../../src/clinical/document-rules.js';
import { builtInPackFolder, loadPack } from '../../src/clinical/pack.js';
import { nonLinearReason } from '../../src/clinical/pattern.js';

describe('a pattern that may not be linear is refused', () => {
  test.each<[string, RegExp]>([
    ['^(a+)+$', /repeats a repetition/],
    ['^(a*)*$', /repeats a repetition/],
    ['^(?:[a-z]+\\.)+$', /repeats a repetition/],
    ['^(a{1,10}){1,10}$', /repeats a repetition/],
    ['^((ab)?c?)+$', /repeats a repetition/],
    ['^(a|a)*$', /repeats a choice/],
    ['^(a|ab)+$', /repeats a choice/],
    ['^(?<x>(\\d+))+$', /repeats a repetition/],
    ['^\\d+\\d+$', /two repetitions/],
    ['^a{1,10000}a{1,10000}$', /two repetitions/],
    ['^.*a.*b$', /two repetitions/],
    ['^\\w+\\s?\\w+$', /two repetitions/],
    ['^[^,]*;[^,]*,$', /two repetitions/],
    ['^(a*)b?(a*)$', /two repetitions/],
    ['\\s+$', /not anchored/],
    ['^a|b*c', /not anchored/],
    ['^(a)\\1$', /refers back/],
    ['^(?<x>a)\\k<x>$', /refers back/],
    ['^(?=a)b', /looks ahead/],
    ['^(?!a)b', /looks ahead/],
    ['(?<=a)b', /looks ahead or behind/],
    ['(?<!a)b', /looks ahead or behind/],
  ])('%s', (pattern, reason) => expect(nonLinearReason(pattern)).toMatch(reason));
});

describe('a pattern that is linear is accepted', () => {
  test.each([
    '^[a-z]+$',
    '^\\S(.*\\S)?$',
    '^[0-9]+-[0-9]+$',
    '^[^@]+@[a-z]+$',
    '^[A-Z][0-9][0-9AB](\\.[0-9A-Z]{1,4})?$',
    '^([0-9]{2}:){3}$',
    '^(CR|DX|CT)$',
    '(^|\\.)(0[0-9]|\\.|$)',
    '^\\p{Lu}\\p{Ll}*$',
    '[\\u0000-\\u001f]',
    '^\\\\1+$',
    '^a{3,}$',
  ])('%s', (pattern) => expect(nonLinearReason(pattern)).toBeNull());
});

test('every pattern of the pack is linear, and is so when it runs', () => {
  const patterns = new Set(
    [...loadPack(builtInPackFolder('midrc')).tables.values()].flatMap(({ json }) =>
      [...subschemas(json)].flatMap(([, schema]) => (typeof schema['pattern'] === 'string' ? [schema['pattern']] : [])),
    ),
  );
  expect(patterns.size).toBeGreaterThan(10);
  const hostile = ['0', '1.', 'a', ' ', 'a ', '-', '0.0', 'A1'].map((unit) => `${unit.repeat(200_000)}!`);
  for (const pattern of patterns) {
    expect([pattern, nonLinearReason(pattern)]).toEqual([pattern, null]);
    const expression = new RegExp(pattern, 'u');
    const begin = performance.now();
    for (const text of hostile) expression.test(text);
    expect(performance.now() - begin).toBeLessThan(2000);
  }
});
