import { sha256Hex } from '../../fixity/digest.js';
import type { InputDigests } from '../../model/split-draw.js';
import { linkGroups } from './groups.js';
import { byCodeUnit, type BoundCase, type SplitInput } from './problem.js';
import type { Variable } from './variable.js';

/** Cases that are hashed at once. */
const CHUNK = 4096;

/** sha256 over all that a draw depends on. Equal digests mean equal draws; unequal ones that a draw is out of date. */
export function digestInput(input: SplitInput): string {
  const { values, ...others } = digestParts(input);
  return sha256Hex(JSON.stringify([others.settings, others.cases, others.links, others.frozen, others.rules, Object.entries(values)]));
}

/** The digests that `digestInput` is made of. */
export function digestParts(input: SplitInput): InputDigests {
  const { split, seed, config_digest, parts, unit, variables, pairs } = input;
  const sorted = [...variables].sort((a, b) => byCodeUnit(a.name, b.name));
  return {
    settings: sha256Hex(JSON.stringify([split, seed, config_digest, parts.map(({ name, target }) => [name, target]).sort(byText), unit, pairs])),
    cases: digestLines([...digestTexts(input.cases), digestArray(input.studyStart), digestArray(input.images)]),
    links: digestArray(linksOf(input)),
    frozen: digestLines(input.frozen.map(({ case_id, group_id, part }) => JSON.stringify([case_id, group_id, part])).sort(byCodeUnit)),
    rules: digestLines([...boundLines('hold-out', input.holdOuts), ...boundLines('forced', input.forced), ...limitLines(input)]),
    values: Object.fromEntries(sorted.map((variable) => [variable.name, digestVariable(variable)])),
  };
}

/** Group of every case and of the frozen ones that are accepted no more. */
function linksOf({ cases, frozen, ties }: SplitInput): Uint32Array {
  const ids = frozen.length === 0 ? cases : [...new Set([...cases, ...frozen.map(({ case_id }) => case_id)])].sort(byCodeUnit);
  return linkGroups(ids, ties).groupOf;
}

function boundLines(rule: string, bound: readonly BoundCase[]): string[] {
  return bound.map(({ case_id, part }) => JSON.stringify([rule, case_id, part])).sort(byCodeUnit);
}

function limitLines({ limits }: SplitInput): string[] {
  return limits.map(({ rule, part, cases, min, max }) => JSON.stringify([rule, part, min, String(max), digestArray(cases)])).sort(byCodeUnit);
}

function digestVariable({ name, weight, level, categories, sets, setOf }: Variable): string {
  return digestLines([JSON.stringify([name, weight, level, categories]), digestLines(sets.map((set) => set.join())), digestArray(setOf)]);
}

/** Digest of the numbers as little-endian words. */
function digestArray(values: Uint32Array): string {
  return sha256Hex(Buffer.from(values.buffer, values.byteOffset, values.byteLength));
}

function* digestTexts(texts: readonly string[]): Generator<string> {
  for (let from = 0; from < texts.length; from += CHUNK) yield sha256Hex(JSON.stringify(texts.slice(from, from + CHUNK)));
}

function digestLines(lines: readonly string[]): string {
  return sha256Hex([...digestTexts(lines)].join('\n'));
}

function byText(a: readonly (string | number)[], b: readonly (string | number)[]): number {
  return byCodeUnit(JSON.stringify(a), JSON.stringify(b));
}
