import type { SplitConfig } from './config.js';

/** A split as it is drawn: one that is configured, or one of the repeats of one. */
export interface ExpandedSplit {
  /** Name of its own: NAME, or NAME.R for repeat R. */
  name: string;
  /** Key under `splits:` in colophon.yaml. */
  base: string;
  /** 1 = first repeat; null when the split is not repeated. */
  repeat: number | null;
  /** Without `repeats`, and with the seed of the repeat; a seed in a file stays as it is, see `repeatSeed`. */
  config: SplitConfig;
}

/** Every split that there is, in the order of colophon.yaml: `repeats: 3` makes NAME.1, NAME.2 and NAME.3 of NAME. */
export function expandSplits(splits: Readonly<Record<string, SplitConfig>> = {}): ExpandedSplit[] {
  return Object.entries(splits).flatMap(([base, split]) => expandSplit(base, split));
}

/** What a name given by a person stands for: a split, one repeat of one, or (the plain name) all its repeats; [] when nothing. */
export function findSplits(splits: Readonly<Record<string, SplitConfig>> | undefined, name: string): ExpandedSplit[] {
  return expandSplits(splits).filter((split) => split.name === name || split.base === name);
}

/** The seed of a repeat: its number behind the seed of the split, so that every repeat is another draw and can be drawn again by itself. */
export function repeatSeed(seed: string, repeat: number | null): string {
  return repeat === null ? seed : `${seed}/repeat-${repeat}`;
}

function expandSplit(base: string, { repeats, ...config }: SplitConfig): ExpandedSplit[] {
  if (repeats === undefined) return [{ name: base, base, repeat: null, config }];
  return Array.from({ length: repeats }, (_, at) => {
    const seed = typeof config.seed === 'object' ? config.seed : repeatSeed(String(config.seed), at + 1);
    return { name: `${base}.${at + 1}`, base, repeat: at + 1, config: { ...config, seed } };
  });
}
