import { CurationError } from '../errors.js';
import { canonicalJson } from '../fixity/canonical-json.js';
import { sha256Hex } from '../fixity/digest.js';
import type { BalanceVariable, SplitConfig } from '../model/config.js';
import { configuredParts } from '../model/split-parts.js';
import { byCodeUnit, type PartTarget } from './problem.js';

/** A split's configuration, checked and in one canonical form. */
export interface SplitSettings {
  name: string;
  seed: string;
  /** By name; targets sum to 1. */
  parts: PartTarget[];
  /** By column. */
  balance: BalanceVariable[];
  /** By code unit, each once. */
  groupBy: string[];
  within: { split: string; part: string } | null;
  holdOuts: { part: string; condition: string }[];
  /** sha256 over all of the above but name and seed. */
  digest: string;
}

/** How far shares may be from summing to 1: enough for thirds written as 0.333333. */
const SHARE_TOLERANCE = 1e-5;

/**
 * Checks what the schema of colophon.yaml cannot say about a split, and orders what has no order.
 * @throws {CurationError} CONFIG_INVALID
 */
export function readSettings(name: string, config: SplitConfig): SplitSettings {
  const settings = {
    name,
    seed: String(config.seed),
    parts: readParts(name, partsOf(name, config)),
    balance: readBalance(name, config.balance ?? []),
    groupBy: [...new Set(config.group_by ?? [])].sort(byCodeUnit),
    within: readWithin(name, config.within),
    holdOuts: readHoldOuts(name, config),
  };
  const { parts, balance, groupBy, within, holdOuts } = settings;
  return { ...settings, digest: sha256Hex(canonicalJson({ parts, balance, group_by: groupBy, within, hold_out: holdOuts })) };
}

function partsOf(name: string, config: SplitConfig): Record<string, number> {
  if (config.parts !== undefined && config.folds !== undefined) throw invalid(name, 'it has both parts and folds', 'one of them', 'both');
  const parts = configuredParts(config);
  if (Object.keys(parts).length === 0) throw invalid(name, 'it has no parts', 'parts with their shares, or folds', 'neither');
  return parts;
}

function readParts(name: string, parts: Record<string, number>): PartTarget[] {
  const targets = Object.entries(parts).map(([part, target]) => ({ name: part, target }));
  const sum = targets.reduce((total, { target }) => total + target, 0);
  const bad = targets.find(({ target }) => !(target >= 0 && target <= 1));
  if (bad !== undefined) throw invalid(name, `the share of ${bad.name} is not between 0 and 1`, '0 to 1', String(bad.target));
  if (targets.some((part) => part.name === '')) throw invalid(name, 'a part has an empty name', 'a name', "''");
  if (Math.abs(sum - 1) > SHARE_TOLERANCE) throw invalid(name, 'the shares of its parts do not sum to 1', '1', String(Number(sum.toFixed(6))));
  return targets.map((part) => ({ ...part, target: part.target / sum })).sort((a, b) => byCodeUnit(a.name, b.name));
}

function readBalance(name: string, balance: (string | BalanceVariable)[]): BalanceVariable[] {
  const variables = balance.map((entry) => ({ weight: 1, ...(typeof entry === 'string' ? { column: entry } : entry) }));
  variables.sort((a, b) => byCodeUnit(a.column, b.column));
  for (const [index, { column, bins, weight }] of variables.entries()) {
    if (variables[index + 1]?.column === column) throw invalid(name, `balance names ${column} twice`, 'each column once', column);
    if (!(weight > 0 && weight < Infinity)) throw invalid(name, `the weight of ${column} is not above 0`, 'above 0', String(weight));
    const ascending = bins?.every((edge, at) => Number.isFinite(edge) && (at === 0 || edge > bins[at - 1]!));
    if (bins !== undefined && (bins.length === 0 || ascending !== true))
      throw invalid(name, `the bins of ${column} do not ascend`, 'inner edges from low to high, e.g. [18, 50, 65]', JSON.stringify(bins));
  }
  return variables;
}

function readWithin(name: string, within: Record<string, string> | undefined): SplitSettings['within'] {
  const entries = Object.entries(within ?? {});
  if (entries.length > 1) throw invalid(name, 'within names more than one split', 'one split and one of its parts', entries.map(([split]) => split).join(', '));
  const [entry] = entries;
  if (entry === undefined) return null;
  if (entry[0] === name) throw invalid(name, 'it lies within itself', 'another split', name);
  return { split: entry[0], part: entry[1] };
}

function readHoldOuts(name: string, config: SplitConfig): SplitSettings['holdOuts'] {
  const parts = Object.keys(partsOf(name, config));
  const holdOuts = Object.entries(config.hold_out ?? {}).flatMap(([part, conditions]) => [conditions].flat().map((condition) => ({ part, condition })));
  const stray = holdOuts.find(({ part }) => !parts.includes(part));
  if (stray !== undefined) throw invalid(name, `hold_out names the part ${stray.part}, which it does not have`, parts.join(', '), stray.part);
  return holdOuts.sort((a, b) => byCodeUnit(a.part, b.part) || byCodeUnit(a.condition, b.condition));
}

function invalid(name: string, what: string, expected: string, found: string): CurationError {
  return new CurationError('CONFIG_INVALID', `splits.${name}: ${what}.`, { expected, found, suggestions: [`Correct splits.${name} in colophon.yaml.`] });
}
