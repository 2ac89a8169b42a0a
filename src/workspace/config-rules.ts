import { CurationError } from '../errors.js';
import type { Config, SplitConfig } from '../model/config.js';
import { configuredParts } from '../model/split-parts.js';
import { nearMiss } from '../model/near-miss.js';
import { hiddenRules } from './hidden-rules.js';
import { modelRules } from './model-rules.js';

/** Shares may miss 1 by this much: what decimals such as 0.333 lose. */
const SHARE_TOLERANCE = 1e-6;

/**
 * The rules of colophon.yaml that its JSON Schema cannot say: names that must be unique or known, shares that sum to 1.
 * @throws {CurationError} CONFIG_INVALID with every broken rule
 */
export function checkConfig(config: Config, path: string): void {
  const broken = [
    ...sourceRules(config),
    ...Object.entries(config.splits ?? {}).flatMap(([name, split]) => [...splitRules(config, name, split)]),
    ...withinRules(config, 'release', config.release?.within),
    ...hiddenRules(config),
    ...modelRules(config),
  ];
  if (broken.length === 0) return;
  throw new CurationError('CONFIG_INVALID', [`${path} is not valid:`, ...broken.map((rule) => `  ${rule}`)].join('\n'));
}

function* sourceRules(config: Config): Generator<string> {
  const seen = new Set<string>();
  for (const { name } of config.sources) {
    if (seen.has(name)) yield `sources: the name \`${name}\` is used twice`;
    seen.add(name);
  }
}

function* splitRules(config: Config, name: string, split: SplitConfig): Generator<string> {
  const shares = configuredParts(split);
  const parts = Object.keys(shares);
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/.test(name)) yield `splits: the name \`${name}\` may hold letters, digits, \`.\`, \`_\` and \`-\` only`;
  if (parts.length < 2 && split.kind !== 'sample') yield `splits.${name}.parts: expected at least two parts, or folds, found ${parts.length}`;
  for (const [part, share] of Object.entries(shares))
    if (split.kind !== 'sample' && !(share > 0 && share < 1)) yield `splits.${name}.parts.${part}: expected a share between 0 and 1, found ${share}`;
  const sum = Object.values(shares).reduce((total, share) => total + share, 0);
  if (Math.abs(sum - 1) > SHARE_TOLERANCE) yield `splits.${name}.parts: expected shares that sum to 1, found ${Number(sum.toFixed(6))}`;
  for (const part of Object.keys(split.hold_out ?? {}))
    if (!parts.includes(part)) yield `splits.${name}.hold_out: ${unknown('part', part, parts)}`;
  yield* withinRules(config, `splits.${name}`, split.within, name);
}

/** `within` names one part of another split. */
function* withinRules(config: Config, where: string, within: Record<string, string> = {}, self?: string): Generator<string> {
  const entries = Object.entries(within);
  if (entries.length > 1) yield `${where}.within: expected one split, found ${entries.length}`;
  for (const [outer, part] of entries) {
    const split = config.splits?.[outer];
    if (outer === self || split === undefined) yield `${where}.within: ${unknown('split', outer, Object.keys(config.splits ?? {}))}`;
    else if (!Object.hasOwn(configuredParts(split), part)) yield `${where}.within.${outer}: ${unknown('part', part, Object.keys(configuredParts(split)))}`;
  }
}

function unknown(what: string, name: string, known: string[]): string {
  const guess = nearMiss(name, known);
  return `no ${what} \`${name}\`; ${guess ? `did you mean \`${guess}\`?` : `known: ${known.join(', ')}`}`;
}
