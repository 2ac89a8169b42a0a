import type { SplitConfig } from './config.js';

/** Name of the only part of a sample; cases outside it have none. */
export const SAMPLE_PART = 'sample';

/** The parts of a split with their target shares: as they are given, or folds of equal share; none when it names neither. */
export function configuredParts({ kind, parts, folds }: Pick<SplitConfig, 'kind' | 'parts' | 'folds'>): Record<string, number> {
  if (kind === 'sample') return { [SAMPLE_PART]: 1 };
  if (parts !== undefined || folds === undefined) return parts ?? {};
  return Object.fromEntries(Array.from({ length: folds }, (_, fold) => [`fold-${fold + 1}`, 1 / folds]));
}
