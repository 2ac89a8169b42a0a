import { showValue, type BrokenRule } from './broken-rule.js';
import type { LimitConfig, SplitConfig } from './config.js';
import { nearMiss } from './near-miss.js';

/** The rules about `limits` of a split. */
export function* limitRules(where: string, { limits = [] }: SplitConfig, parts: readonly string[]): Generator<BrokenRule> {
  for (const [index, limit] of limits.entries()) yield* oneLimit(`${where}.limits.${index}`, limit, parts);
}

function* oneLimit(key: string, { part, where, each, min, max }: LimitConfig, parts: readonly string[]): Generator<BrokenRule> {
  if (!parts.includes(part)) {
    const near = nearMiss(part, parts);
    yield { key: `${key}.part`, expected: `a part: ${parts.slice(0, 20).join(', ')}`, found: showValue(part), ...(near === undefined ? {} : { advice: `did you mean \`${near}\`?` }) };
  }
  if (where?.trim() === '') yield { key: `${key}.where`, expected: 'an SQL condition', found: showValue(where), advice: 'without one the limit counts all cases: take the key out when you mean that' };
  if (each?.trim() === '') yield { key: `${key}.each`, expected: 'the name of a column', found: showValue(each) };
  if (min === undefined && max === undefined) yield { key, expected: 'min, max or both', found: 'neither', advice: 'write e.g. `min: 30`' };
  for (const [name, bound] of Object.entries({ min, max }))
    if (bound !== undefined && !(Number.isSafeInteger(bound) && bound >= 0)) yield { key: `${key}.${name}`, expected: 'a whole number of cases from 0', found: showValue(bound) };
  if (min !== undefined && max !== undefined && min > max) yield { key, expected: 'a min that is not above max', found: `min ${min}, max ${max}` };
}
