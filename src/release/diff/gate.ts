import { canonicalJson } from '../../fixity/canonical-json.js';
import type { Change } from '../../model/release-diff.js';
import type { GateDocument } from '../../model/verdict.js';
import { entry } from './entry.js';

/** What judged a side: the digest over all of it, and what the release tells of it. */
export interface JudgedBy {
  policy: { profile: string; digest: string };
  /** data/gate.json; null in releases of versions that did not write it. */
  gate: GateDocument | null;
}

/**
 * Compares what judged two releases: the digest over all of it, then each entry of the policy, each rule, and the waivers of
 * each rule by their number. What a waiver says is not repeated: its reason may have been mended because it named somebody.
 */
export function diffGates(before: JudgedBy, after: JudgedBy): Change[] {
  if (before.policy.digest === after.policy.digest && before.policy.profile === after.policy.profile) return [];
  const whole = entry('policy-changed', 'policy', describePolicy(before), describePolicy(after));
  if (before.gate === null || after.gate === null) return whole;
  return [...whole, ...diffEntries(readEntries(before.gate), readEntries(after.gate))];
}

function describePolicy({ policy: { profile, digest } }: JudgedBy): string {
  return `${profile} sha256:${digest}`;
}

function diffEntries(before: ReadonlyMap<string, string>, after: ReadonlyMap<string, string>): Change[] {
  const keys = [...new Set([...before.keys(), ...after.keys()])].sort();
  return keys.flatMap((key) => entry('policy-changed', key, before.get(key) ?? null, after.get(key) ?? null));
}

/** `policy.<name>`, `rules.<code>` and `waivers.<code>` to what is said of them. */
function readEntries({ policy, rules, not_applicable, waivers }: GateDocument): Map<string, string> {
  const entries = new Map<string, string>();
  for (const [name, value] of Object.entries(policy)) entries.set(`policy.${name}`, canonicalJson(value));
  // A rule that found nothing of its kind to judge is in force all the same.
  for (const code of [...rules, ...not_applicable.map((each) => each.code)]) entries.set(`rules.${code}`, 'in force');
  const accepted = new Map<string, number>();
  for (const { code, findings } of waivers) accepted.set(code, (accepted.get(code) ?? 0) + findings);
  for (const [code, findings] of accepted) entries.set(`waivers.${code}`, `${findings} accepted`);
  return entries;
}

/** Whether a value has the shape of data/gate.json, as far as a comparison reads it. */
export function isGate(value: unknown): value is GateDocument {
  const gate = value as Partial<GateDocument> | null;
  const named = (list: unknown): boolean => Array.isArray(list) && list.every((each) => typeof (each as { code?: unknown } | null)?.code === 'string');
  return typeof gate?.policy === 'object' && gate.policy !== null && Array.isArray(gate.rules) && named(gate.not_applicable) && named(gate.waivers);
}
