import { basename } from 'node:path';
import type { SplitConfig } from '../../model/config.js';
import type { DrawDescription } from '../../model/split-draw.js';
import { ALGORITHM } from '../search/algorithm.js';
import type { Effort } from '../search/effort.js';
import { linkGroups, type Tie } from '../input/groups.js';
import { digestInput, digestParts } from '../input/input-digest.js';
import { byCodeUnit, type FrozenCase, type SplitInput } from '../input/problem.js';
import type { NewDraw } from './history.js';

/**
 * The input as a release can show it: accepted cases alone, each with the least of those that it is linked to. What
 * withdrawn cases had a say in is lost; a draw of this input is the same unless newcomers are linked to withdrawn ones alone.
 */
export function publishedInput(input: SplitInput): { input: SplitInput; linkedTo: string[] } {
  const accepted = new Set(input.cases);
  const linkedTo = linkCases(input);
  const frozen = input.frozen.filter(({ case_id }) => accepted.has(case_id));
  return { input: { ...input, ...shownLinks(input.cases, linkedTo, frozen) }, linkedTo };
}

/** Ties and frozen rows as they follow from who is linked to whom. */
export function shownLinks(cases: readonly string[], linkedTo: readonly string[], frozen: readonly Omit<FrozenCase, 'group_id'>[]): Pick<SplitInput, 'ties' | 'frozen'> {
  const ties: Tie[] = [];
  const least = new Map<string, string>();
  for (const [index, case_id] of cases.entries()) {
    least.set(case_id, linkedTo[index]!);
    if (linkedTo[index] !== case_id) ties.push({ kind: 'group', key: linkedTo[index]!, case_id }, { kind: 'group', key: linkedTo[index]!, case_id: linkedTo[index]! });
  }
  return { ties, frozen: frozen.map(({ case_id, part }) => ({ case_id, part, group_id: least.get(case_id) ?? case_id })) };
}

/** The least accepted case that each is linked to, aligned with the cases. */
function linkCases({ cases, ties, frozen }: SplitInput): string[] {
  const ids = frozen.length === 0 ? cases : [...new Set([...cases, ...frozen.map(({ case_id }) => case_id)])].sort(byCodeUnit);
  const { count, groupOf } = linkGroups(ids, ties);
  const groupOfCase = new Map(ids.map((id, index) => [id, groupOf[index]!]));
  const least: (string | undefined)[] = Array.from({ length: count });
  return cases.map((id) => (least[groupOfCase.get(id)!] ??= id));
}

/** What a draw was made from, to be kept beside what it came to. */
export function describeDraw(input: SplitInput, { config, caseTable, effort = 'normal' }: { config: SplitConfig; caseTable: string | null; effort?: Effort }): Pick<NewDraw, 'description' | 'members'> {
  const shown = publishedInput(input);
  const forced = new Set(input.forced.map(({ case_id }) => case_id));
  const description: DrawDescription = {
    algorithm: ALGORITHM,
    effort,
    config: describeConfig(config),
    config_digest: input.config_digest,
    case_table: caseTable ?? '',
    input_digest: digestInput(shown.input),
    inputs: digestParts(shown.input),
    cases: input.cases.length,
    frozen: shown.input.frozen.length,
    departed: input.frozen.length > shown.input.frozen.length,
  };
  const members = input.cases.map((case_id, index) => ({ case_id, linked_to: shown.linkedTo[index]!, forced: forced.has(case_id) }));
  return { description, members };
}

/**
 * The configuration without what is secret, what lies in other files, and the split around: a release holds no trace of the
 * other parts of that. The draw knows what those came to.
 */
function describeConfig(config: SplitConfig): Record<string, unknown> {
  const left = new Set(['seed', 'hidden', 'assign', 'within']);
  const { sample } = config;
  // the name of a reference is enough: where it lies is nobody's business
  const shown = sample?.reference === undefined ? config : { ...config, sample: { ...sample, reference: basename(sample.reference) } };
  return JSON.parse(JSON.stringify(Object.fromEntries(Object.entries(shown).filter(([key]) => !left.has(key))))) as Record<string, unknown>;
}
