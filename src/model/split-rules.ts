/** The rules about one split of colophon.yaml that its JSON Schema cannot say. */
import { showValue, type BrokenRule } from './broken-rule.js';
import { limitRules } from './split-limit-rules.js';
import { namePartDefect } from './split-part-name.js';
import { balanceRules } from './split-balance-rules.js';
import { configuredParts } from './split-parts.js';
import type { SplitConfig } from './config.js';
import { nearMiss } from './near-miss.js';

/** How far shares may be from summing to 1: enough for thirds written as 0.33333. */
const SHARE_TOLERANCE = 2e-5;

/** A whole number as text, or 32 bytes in hex, which a secret seed comes to; a repeat has its number behind it. */
const SEED_TEXT = /^(?:-?\d{1,100}|[0-9a-f]{64})(?:\/repeat-\d{1,3})?$/;

/** Every rule that a split breaks by itself, whatever other splits there are. */
export function* splitRules(name: string, split: SplitConfig): Generator<BrokenRule> {
  const where = `splits.${name}`;
  yield* seedRules(where, split.seed);
  yield* countRules(where, split);
  if (split.kind !== 'sample') yield* partRules(where, split);
  const parts = Object.keys(configuredParts(split));
  yield* holdOutRules(where, split, parts);
  if (split.assign?.trim() === '') yield { key: `${where}.assign`, expected: 'the path of a CSV file with the columns case_id and part', found: showValue(split.assign) };
  yield* balanceRules(where, split);
  yield* limitRules(where, split, parts);
}

/**
 * A part without a share that nothing would ever fill. No rule of a draw: what was published of one leaves the file of
 * `assign` out.
 */
export function* emptyPartRules(name: string, split: SplitConfig): Generator<BrokenRule> {
  for (const [part, share] of Object.entries(configuredParts(split)))
    if (share === 0 && !Object.hasOwn(split.hold_out ?? {}, part) && split.assign === undefined)
      yield {
        key: `splits.${name}.parts.${part}`,
        expected: 'a share above 0',
        found: '0',
        advice: "nothing would ever fill this part: give it a share, take it out, or write a rule for it in hold_out ('false' when it is to keep what is frozen and get no more)",
      };
}

/** A name that is none, with the one that was probably meant. */
export function unknownName(key: string, what: string, name: string, known: readonly string[]): BrokenRule {
  const near = nearMiss(name, known);
  return {
    key,
    expected: known.length === 0 ? `a ${what}, and there is none` : `a ${what}: ${known.slice(0, 20).join(', ')}${known.length > 20 ? ', …' : ''}`,
    found: showValue(name),
    ...(near === undefined ? {} : { advice: `did you mean \`${near}\`?` }),
  };
}

function* seedRules(where: string, seed: SplitConfig['seed']): Generator<BrokenRule> {
  if (typeof seed === 'object') return;
  if (typeof seed === 'string' ? SEED_TEXT.test(seed) : Number.isSafeInteger(seed)) return;
  const inexact = typeof seed === 'number' && Number.isInteger(seed);
  yield {
    key: `${where}.seed`,
    expected: 'a whole number',
    found: showValue(seed),
    advice: inexact ? 'write it in quotes: a number above 9007199254740991 loses digits' : 'write e.g. `seed: 2026`; any whole number will do, but keep it once a draw is frozen',
  };
}

function* countRules(where: string, { folds, repeats }: SplitConfig): Generator<BrokenRule> {
  if (folds !== undefined && !(Number.isInteger(folds) && folds >= 2 && folds <= 100)) yield { key: `${where}.folds`, expected: 'a whole number from 2 to 100', found: showValue(folds) };
  if (repeats !== undefined && !(Number.isInteger(repeats) && repeats >= 1 && repeats <= 100))
    yield { key: `${where}.repeats`, expected: 'a whole number from 1 to 100', found: showValue(repeats) };
}

function* partRules(where: string, split: SplitConfig): Generator<BrokenRule> {
  if (split.parts !== undefined && split.folds !== undefined) {
    yield { key: where, expected: 'parts or folds', found: 'both', advice: 'take one of them out' };
    return;
  }
  const key = `${where}.parts`;
  const shares = Object.entries(configuredParts(split));
  if (shares.length < 2) yield { key, expected: 'at least two parts, or folds', found: String(shares.length), advice: 'write e.g. `parts: {train: 0.8, test: 0.2}`' };
  yield* shareRules(key, shares);
  const seen = new Map<string, string>();
  for (const [part] of shares) {
    const defect = namePartDefect(part);
    if (defect !== null) yield { key, expected: 'part names that can be the name of a file and the cell of a table', found: showValue(part), advice: defect };
    const folded = part.toLowerCase();
    const twin = seen.get(folded);
    if (twin !== undefined) yield { key, expected: 'part names that differ by more than case', found: `${twin} and ${part}` };
    seen.set(folded, part);
  }
}

function* shareRules(key: string, shares: readonly [string, number][]): Generator<BrokenRule> {
  if (shares.length === 0) return;
  const sum = shares.reduce((total, [, share]) => total + share, 0);
  const bad = shares.filter(([, share]) => !(share >= 0 && share <= 1));
  const percent = Math.abs(sum - 100) < 1;
  for (const [part, share] of bad)
    yield {
      key: `${key}.${part}`,
      expected: 'a share between 0 and 1',
      found: showValue(share),
      ...(percent ? { advice: `write ${Number((share / 100).toFixed(6))} for ${share} %` } : {}),
    };
  if (bad.length === 0 && !(Math.abs(sum - 1) <= SHARE_TOLERANCE))
    yield { key, expected: 'shares that sum to 1', found: String(Number(sum.toFixed(6))), advice: `${shares.map(([part, share]) => `${part} ${share}`).join(', ')}: ${sum < 1 ? 'raise' : 'lower'} one of them by ${Number(Math.abs(1 - sum).toFixed(6))}` };
}

function* holdOutRules(where: string, split: SplitConfig, parts: readonly string[]): Generator<BrokenRule> {
  const partOf = new Map<string, string>();
  for (const [part, given] of Object.entries(split.hold_out ?? {})) {
    const key = `${where}.hold_out.${part}`;
    if (!parts.includes(part)) yield unknownName(`${where}.hold_out`, 'part', part, parts);
    const conditions = [given].flat();
    if (conditions.length === 0) yield { key, expected: 'an SQL condition', found: 'none', advice: `write e.g. "site_id = 'S7'"` };
    for (const condition of conditions) {
      if (condition.trim() === '') yield { key, expected: 'an SQL condition', found: showValue(condition), advice: `write e.g. "site_id = 'S7'"` };
      const other = partOf.get(condition);
      if (other !== undefined && other !== part) yield { key, expected: 'a condition that no other part has', found: `${showValue(condition)}, which ${other} has too`, advice: 'a case can be held out for one part only' };
      partOf.set(condition, part);
    }
  }
}
