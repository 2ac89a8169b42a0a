import { showValue, type BrokenRule } from './broken-rule.js';
import type { BalanceVariable, PairWeight, SplitConfig } from './config.js';
import { nearMiss } from './near-miss.js';

/** The rules about `balance` and `pairs` of a split. */
export function* balanceRules(where: string, { balance = [], pairs }: SplitConfig): Generator<BrokenRule> {
  const seen = new Set<string>();
  for (const [index, entry] of balance.entries()) {
    const variable = typeof entry === 'string' ? { column: entry } : entry;
    const key = `${where}.balance.${index}`;
    if (variable.column.trim() === '') yield { key, expected: 'the name of a column', found: showValue(variable.column) };
    if (seen.has(variable.column)) yield { key, expected: 'each column once', found: `${showValue(variable.column)} a second time` };
    seen.add(variable.column);
    yield* variableRules(key, variable);
  }
  if (Array.isArray(pairs)) yield* pairRules(`${where}.pairs`, pairs, [...seen]);
}

function* variableRules(key: string, { bins, quantiles, separator, weight }: BalanceVariable): Generator<BrokenRule> {
  if (weight !== undefined && !(weight > 0 && weight < Infinity)) yield { key: `${key}.weight`, expected: 'a number above 0', found: showValue(weight), advice: 'to leave the variable out, take its line away' };
  if (bins !== undefined && quantiles !== undefined) yield { key, expected: 'bins or quantiles', found: 'both', advice: 'keep bins to choose the edges yourself, quantiles to have them at equal counts' };
  if (quantiles !== undefined && !(Number.isInteger(quantiles) && quantiles >= 2 && quantiles <= 100))
    yield { key: `${key}.quantiles`, expected: 'a whole number from 2 to 100', found: showValue(quantiles) };
  if (separator === '') yield { key: `${key}.separator`, expected: 'at least one character', found: "''", advice: 'an empty one would cut every value into letters' };
  if (bins === undefined) return;
  const ascending = bins.every((edge, at) => Number.isFinite(edge) && (at === 0 || edge > bins[at - 1]!));
  if (bins.length === 0 || !ascending) yield { key: `${key}.bins`, expected: 'inner edges from low to high, e.g. [18, 50, 65]', found: showBins(bins) };
}

/** JSON would print what is no finite number as null. */
function showBins(bins: readonly number[]): string {
  return `[${bins.slice(0, 12).map(String).join(', ')}${bins.length > 12 ? ', …' : ''}]`;
}

function* pairRules(where: string, pairs: readonly PairWeight[], columns: readonly string[]): Generator<BrokenRule> {
  const seen = new Set<string>();
  for (const [index, { columns: pair, weight }] of pairs.entries()) {
    const key = `${where}.${index}`;
    if (!(weight >= 0 && weight < Infinity)) yield { key: `${key}.weight`, expected: 'a number from 0', found: showValue(weight), advice: 'write 0 to leave the pair out' };
    if (pair.length !== 2 || pair[0] === pair[1]) yield { key: `${key}.columns`, expected: 'two columns of balance', found: showValue(pair) };
    for (const column of pair) if (!columns.includes(column)) yield strayColumn(`${key}.columns`, column, columns);
    const text = JSON.stringify(pair.toSorted());
    if (seen.has(text)) yield { key: `${key}.columns`, expected: 'each pair once', found: `${showValue(pair)} a second time` };
    seen.add(text);
  }
}

function strayColumn(key: string, column: string, columns: readonly string[]): BrokenRule {
  const near = nearMiss(column, columns);
  return {
    key,
    expected: 'two columns of balance',
    found: showValue(column),
    advice: near === undefined ? 'only what is balanced can be balanced in pairs: add the column to balance first' : `did you mean \`${near}\`?`,
  };
}
