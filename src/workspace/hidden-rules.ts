import type { Config, SplitConfig } from '../model/config.js';
import { nearMiss } from '../model/near-miss.js';
import { configuredParts } from '../model/split-parts.js';

/** What colophon.yaml says of hidden parts and secret seeds, as far as its JSON Schema cannot judge it. */
export function* hiddenRules(config: Config): Generator<string> {
  for (const [name, split] of Object.entries(config.splits ?? {})) {
    if (split.hidden !== undefined) yield* partRules(config, name, split, split.hidden);
    if (typeof split.seed === 'object') yield* seedRules(config, name, split.seed);
  }
}

function* partRules(config: Config, name: string, split: SplitConfig, { part, columns }: NonNullable<SplitConfig['hidden']>): Generator<string> {
  const where = `splits.${name}.hidden`;
  const parts = Object.keys(configuredParts(split));
  const guess = nearMiss(part, parts);
  if (!parts.includes(part)) yield `${where}.part: no part \`${part}\`; ${guess === undefined ? `known: ${parts.join(', ')}` : `did you mean \`${guess}\`?`}`;
  if (split.repeats !== undefined) yield `${where}: a split with repeats hides nothing: a case is hidden in one of them and in the open in another`;
  if (config.release?.within?.[name] === part) yield `release.within.${name}: \`${part}\` is the hidden part of ${name}; a release of nothing else would publish it`;
  const seen = new Set<string>();
  for (const column of columns ?? []) {
    if (column.trim() === '') yield `${where}.columns: a name is empty`;
    if (seen.has(column)) yield `${where}.columns: ${column} is named twice`;
    seen.add(column);
  }
}

function* seedRules(config: Config, name: string, { file, public: publicValue }: { file: string; public?: string }): Generator<string> {
  const where = `splits.${name}.seed`;
  if (file.trim() === '' || file.includes('\0')) yield `${where}.file: expected the name of a file, e.g. private/${name}.seed`;
  if (publicValue !== undefined && publicValue.trim() === '') yield `${where}.public: expected what was published, found an empty text; leave it out until it is known`;
  const twin = Object.entries(config.splits ?? {}).find(([other, { seed }]) => other < name && typeof seed === 'object' && seed.file === file)?.[0];
  if (twin !== undefined) yield `${where}.file: \`${file}\` is the seed of ${twin} already; whoever opens one must not open the other`;
}
