import { sha256Hex } from '../fixity/digest.js';
import { linkGroups } from './groups.js';
import { byCodeUnit, type SplitInput } from './problem.js';

/** Cases that are hashed at once. */
const CHUNK = 4096;

/**
 * sha256 over all that a draw depends on, in a canonical order: settings, frozen cases, then every case with its group,
 * studies, hold-outs and values. Equal digests mean equal draws; unequal ones that a draw is out of date.
 */
export function digestInput(input: SplitInput): string {
  const { split, seed, config_digest, parts, variables } = input;
  const names = [...variables.keys()].sort((a, b) => byCodeUnit(variables[a]!.name, variables[b]!.name));
  const head = JSON.stringify([split, seed, config_digest, parts.map(({ name, target }) => [name, target]).sort(byText), names.map((at) => variables[at]!.name)]);
  const frozen = input.frozen.map(({ case_id, group_id, part }) => [case_id, group_id, part]).sort(byText);
  const caseLines = describeCases(input, names);
  return sha256Hex([head, digestLines(frozen.map((row) => JSON.stringify(row))), digestLines(caseLines)].join('\n'));
}

function* describeCases(input: SplitInput, variables: readonly number[]): Generator<string> {
  const order = [...input.cases.keys()].sort((a, b) => byCodeUnit(input.cases[a]!, input.cases[b]!));
  const frozenOnly = input.frozen.map(({ case_id }) => case_id);
  const ids = [...new Set([...input.cases, ...frozenOnly])].sort(byCodeUnit);
  const { groupOf } = linkGroups(ids, input.ties);
  const groupOfCase = new Map(ids.map((id, index) => [id, groupOf[index]!]));
  const held = new Map<string, string[]>();
  for (const { case_id, part } of input.holdOuts) held.set(case_id, [...(held.get(case_id) ?? []), part].sort(byCodeUnit));
  for (const at of order) {
    const id = input.cases[at]!;
    const values = variables.map((variable) => {
      const value = input.variables[variable]!.values[at]!;
      return typeof value === 'string' ? value : [...value].sort(byCodeUnit);
    });
    yield JSON.stringify([id, groupOfCase.get(id), input.rows[at], held.get(id) ?? [], values]);
  }
}

/** Digest of the digests of chunks of lines: no text of a million cases is ever built. */
function digestLines(lines: Iterable<string>): string {
  const digests: string[] = [];
  let chunk: string[] = [];
  for (const line of lines) {
    if (chunk.push(line) < CHUNK) continue;
    digests.push(sha256Hex(chunk.join('\n')));
    chunk = [];
  }
  return sha256Hex([...digests, sha256Hex(chunk.join('\n'))].join('\n'));
}

function byText(a: readonly (string | number)[], b: readonly (string | number)[]): number {
  return byCodeUnit(JSON.stringify(a), JSON.stringify(b));
}
