import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { ModelOutput } from '../../src/model/tagging.js';
import { judgeOutput } from '../../src/tagging/verdict.js';

const LABELS = ['pa', 'ap', 'lateral'];
const judge = (numbers: readonly number[], changes: Partial<ModelOutput> = {}) => judgeOutput(numbers, { labels: LABELS, activation: 'softmax', ...changes });

describe('the numbers of a model as tags', () => {
  test('softmax: the best label, when it reaches the threshold', () => {
    expect(judge([0, 5, 0])?.tags.map(({ label }) => label)).toEqual(['ap']);
    expect(judge([0, 1, 0], { threshold: 0.6 })?.tags).toEqual([]);
  });

  test('sigmoid: every label that reaches the threshold, best first', () => {
    expect(judge([1, 3, -1], { activation: 'sigmoid' })?.tags.map(({ label }) => label)).toEqual(['ap', 'pa']);
    expect(judge([1, 3, -1], { activation: 'sigmoid', several: false })?.tags.map(({ label }) => label)).toEqual(['ap']);
  });

  test('none: the numbers are the scores, and others are refused', () => {
    expect(judge([0.2, 0.1, 0.7], { activation: 'none' })?.tags).toEqual([{ label: 'lateral', score: 0.7 }]);
    for (const numbers of [[0.2, 0.1, 1.1], [0.2, -0.1, 0.9], [0.2, NaN, 0.9]]) expect(judge(numbers, { activation: 'none' })).toBeNull();
  });

  test('of equal scores the label that is named first wins', () => {
    expect(judge([2, 2, 2], { threshold: 0.3 })?.tags.map(({ label }) => label)).toEqual(['pa']);
  });

  test('numbers that are none, too few or too many give nothing', () => {
    for (const numbers of [[NaN, 0, 0], [Infinity, 0, 0], [-Infinity, 0, 0], [1, 2], [1, 2, 3, 4]])
      for (const activation of ['softmax', 'sigmoid', 'none'] as const) expect(judge(numbers, { activation })).toBeNull();
  });

  test('softmax scores sum to 1, whatever finite numbers come', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ noNaN: true, min: -1e30, max: 1e30 }), { minLength: 3, maxLength: 3 }), (numbers) => {
        const verdict = judge(numbers);
        expect(verdict?.scores.reduce((sum, score) => sum + score, 0)).toBeCloseTo(1, 9);
      }),
    );
  });
});
