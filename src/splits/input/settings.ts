import { CurationError } from '../../errors.js';
import { canonicalJson } from '../../fixity/canonical-json.js';
import { sha256Hex } from '../../fixity/digest.js';
import type { BalanceVariable, HiddenConfig, LimitConfig, SampleConfig, SplitConfig } from '../../model/config.js';
import { configuredParts } from '../../model/split-parts.js';
import { splitRules } from '../../model/split-rules.js';
import { byCodeUnit, type PartTarget } from './problem.js';

/** A split's configuration, checked and in one canonical form. */
export interface SplitSettings {
  name: string;
  kind: 'parts' | 'sample';
  /** Decimal text of a whole number, or what a secret seed was read as. */
  seed: string;
  /** By name; targets sum to 1. */
  parts: PartTarget[];
  /** What the targets are shares of. */
  unit: 'cases' | 'studies' | 'images';
  /** By column. */
  balance: BalanceVariable[];
  /** Weights of pairs, the columns of each by code unit; `none` for no pairs at all. */
  pairs: 'none' | { a: string; b: string; weight: number }[];
  /** By code unit, each once. */
  groupBy: string[];
  within: { split: string; part: string } | null;
  holdOuts: { part: string; condition: string }[];
  /** As they are configured, in their order. */
  limits: LimitConfig[];
  /** Path of the file with forced assignments as it is configured; null when there is none. */
  assign: string | null;
  /** As it is configured; null for `kind: parts`. */
  sample: SampleConfig | null;
  /** As it is configured; it has no say in the draw. */
  hidden: HiddenConfig | null;
  /** sha256 over all of the above that decides a draw, but name, seed and the file of `assign`, whose rows are input. */
  digest: string;
}

/**
 * Checks what the schema of colophon.yaml cannot say about a split, and orders what has no order.
 * @throws {CurationError} CONFIG_INVALID naming the first broken rule
 */
export function readSettings(name: string, config: SplitConfig): SplitSettings {
  for (const { key, expected, found, advice } of splitRules(name, config))
    throw new CurationError('CONFIG_INVALID', `${key}: expected ${expected}, found ${found}.`, { expected, found, suggestions: [`Correct ${key} in colophon.yaml${advice === undefined ? '' : `: ${advice}`}.`] });
  const settings = {
    name,
    kind: config.kind ?? ('parts' as const),
    seed: readSeed(name, config.seed),
    parts: readParts(configuredParts(config)),
    unit: config.unit ?? ('cases' as const),
    balance: readBalance(config.balance ?? []),
    pairs: readPairs(config.pairs ?? []),
    groupBy: [...new Set(config.group_by ?? [])].sort(byCodeUnit),
    within: readWithin(name, config.within),
    holdOuts: readHoldOuts(config),
    limits: config.limits ?? [],
    assign: config.assign ?? null,
    sample: config.kind === 'sample' ? (config.sample ?? {}) : null,
    hidden: config.hidden ?? null,
  };
  return { ...settings, digest: digestSettings(settings) };
}

/** What stands at its default is left out, so that a digest stays when a version of Colophon brings a new key. */
function digestSettings({ kind, parts, unit, balance, pairs, groupBy, within, holdOuts, limits, sample }: Omit<SplitSettings, 'digest'>): string {
  return sha256Hex(
    canonicalJson({
      parts,
      balance,
      group_by: groupBy,
      within,
      hold_out: holdOuts,
      ...(kind === 'parts' ? {} : { kind, sample }),
      ...(unit === 'cases' ? {} : { unit }),
      ...(pairs !== 'none' && pairs.length === 0 ? {} : { pairs }),
      ...(limits.length === 0 ? {} : { limits }),
    }),
  );
}

/** A secret seed comes as the text that its file was read as. */
function readSeed(name: string, seed: SplitConfig['seed']): string {
  if (typeof seed !== 'object') return String(seed);
  throw new CurationError('CONFIG_INVALID', `splits.${name}.seed: the secret seed in ${seed.file} was not read.`, {
    suggestions: ['Draw it with `colophon split seed`, or write a whole number.'],
  });
}

/** Shares that miss 1 by a rounding are stretched to it. */
function readParts(parts: Record<string, number>): PartTarget[] {
  const sum = Object.values(parts).reduce((total, share) => total + share, 0);
  return Object.entries(parts)
    .map(([name, target]) => ({ name, target: target / sum }))
    .sort((a, b) => byCodeUnit(a.name, b.name));
}

function readBalance(balance: readonly (string | BalanceVariable)[]): BalanceVariable[] {
  return balance.map((entry) => ({ weight: 1, ...(typeof entry === 'string' ? { column: entry } : entry) })).sort((a, b) => byCodeUnit(a.column, b.column));
}

function readPairs(pairs: NonNullable<SplitConfig['pairs']>): SplitSettings['pairs'] {
  if (pairs === 'none') return pairs;
  const ordered = pairs.map(({ columns, weight }) => {
    const [a = '', b = ''] = columns.toSorted(byCodeUnit);
    return { a, b, weight };
  });
  return ordered.sort((one, other) => byCodeUnit(one.a, other.a) || byCodeUnit(one.b, other.b));
}

function readWithin(name: string, within: Record<string, string> | undefined): SplitSettings['within'] {
  const [entry, second] = Object.entries(within ?? {});
  const wrong = second !== undefined || entry?.[0] === name;
  if (wrong)
    throw new CurationError('CONFIG_INVALID', `splits.${name}.within: expected one part of one other split.`, {
      expected: 'one other split and one of its parts',
      found: Object.keys(within ?? {}).join(', '),
      suggestions: [`Correct splits.${name}.within in colophon.yaml.`],
    });
  return entry === undefined ? null : { split: entry[0], part: entry[1] };
}

function readHoldOuts(config: SplitConfig): SplitSettings['holdOuts'] {
  return Object.entries(config.hold_out ?? {})
    .flatMap(([part, conditions]) => [...new Set([conditions].flat())].map((condition) => ({ part, condition })))
    .sort((a, b) => byCodeUnit(a.part, b.part) || byCodeUnit(a.condition, b.condition));
}
