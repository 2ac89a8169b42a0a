import type { Config, SplitConfig } from './config.js';
import { expandSplits, type ExpandedSplit } from './split-repeats.js';

/** A part of a split that is hidden until it is revealed. */
export interface HiddenPart {
  split: string;
  part: string;
  /**
   * Columns whose values of the hidden cases no release shows; the cases themselves are released. Null: no release holds
   * anything of the hidden cases.
   */
  columns: readonly string[] | null;
  /** Whether cases that are in no part yet may be drawn into the hidden one later; not those left out of a sample. */
  mayGrow: boolean;
}

/** The hidden parts of a workspace, in the order of the configuration. */
export function hiddenParts({ splits }: Pick<Config, 'splits'>): HiddenPart[] {
  return Object.entries(splits ?? {}).flatMap(([split, { hidden, kind }]) =>
    hidden === undefined ? [] : [{ split, part: hidden.part, columns: hidden.columns ?? null, mayGrow: kind !== 'sample' }],
  );
}

/** The splits that one lies within, with the part of each, from the next one outwards. */
export function splitsAround({ splits }: Pick<Config, 'splits'>, name: string): { split: string; part: string }[] {
  const around: { split: string; part: string }[] = [];
  for (let inner = name; ; ) {
    const entry = Object.entries(configOf(splits, inner)?.within ?? {})[0];
    if (entry === undefined || around.some(({ split }) => split === entry[0])) return around;
    around.push({ split: entry[0], part: entry[1] });
    inner = entry[0];
  }
}

/** The configuration of a split, or of the split that a name is a repeat of. */
function configOf(splits: Config['splits'] = {}, name: string): SplitConfig | undefined {
  return Object.hasOwn(splits, name) ? splits[name] : expandSplits(splits).find((split) => split.name === name)?.config;
}

/**
 * Whether the rows of a split would tell who is hidden: those of one whose hidden cases are released with the others, and those
 * of one within a hidden part. The rows of all other parts of a split whose hidden cases stay out tell nothing.
 */
export function tellsHidden(config: Pick<Config, 'splits'>, name: string): boolean {
  const hidden = hiddenParts(config);
  if (hidden.some(({ split, columns }) => split === name && columns !== null)) return true;
  return splitsAround(config, name).some((around) => hidden.some(({ split, part }) => split === around.split && part === around.part));
}

/** The splits whose rows a release publishes: all but the one that decides what is in it, and those that would tell who is hidden. */
export function publishedSplits({ splits, release }: Pick<Config, 'splits' | 'release'>): ExpandedSplit[] {
  return expandSplits(splits).filter(({ name, base }) => !Object.hasOwn(release?.within ?? {}, name) && !tellsHidden({ splits: splits ?? {} }, base));
}

/** The splits, repeats by themselves, whose frozen records tell who is hidden: those with a hidden part, and those within one. */
export function tellingSplits(config: Pick<Config, 'splits'>): string[] {
  const hidden = hiddenParts(config);
  const tells = (name: string) => {
    const around = splitsAround(config, name);
    return hidden.some(({ split, part }) => split === name || around.some((outer) => outer.split === split && outer.part === part));
  };
  return expandSplits(config.splits).flatMap(({ name, base }) => (tells(base) ? [name] : []));
}
