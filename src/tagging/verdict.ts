import type { ModelOutput } from '../model/tagging.js';

/** A label that a model gives an image. */
export interface TagLabel {
  label: string;
  /** From 0 to 1. */
  score: number;
}

/** What a model says of an image. */
export interface Verdict {
  /** One score a label, in the order of the labels. */
  scores: number[];
  /** Labels that reach the threshold, best first; none: undecided. */
  tags: TagLabel[];
}

const DEFAULT_THRESHOLD = 0.5;

/** Turns the numbers that a model gave into tags; null when they are no scores: not finite, or not between 0 and 1. */
export function judgeOutput(numbers: ArrayLike<number>, output: ModelOutput): Verdict | null {
  const { labels, activation, threshold = DEFAULT_THRESHOLD, several = activation === 'sigmoid' } = output;
  const scores = activate(Array.from(numbers), activation);
  if (scores.length !== labels.length || !scores.every((score) => score >= 0 && score <= 1)) return null;
  const ranked = scores.map((score, index) => ({ label: labels[index] as string, score }));
  // the sort is stable: of equal scores the label that is named first wins
  ranked.sort((a, b) => b.score - a.score);
  const tags = ranked.filter(({ score }) => score >= threshold);
  return { scores, tags: several ? tags : tags.slice(0, 1) };
}

function activate(numbers: number[], activation: ModelOutput['activation']): number[] {
  if (activation === 'none') return numbers;
  if (!numbers.every(Number.isFinite)) return [];
  if (activation === 'sigmoid') return numbers.map((number) => 1 / (1 + Math.exp(-number)));
  const highest = Math.max(...numbers);
  const powers = numbers.map((number) => Math.exp(number - highest));
  const sum = powers.reduce((total, power) => total + power, 0);
  return powers.map((power) => power / sum);
}
