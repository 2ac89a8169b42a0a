import { CurationError } from '../errors.js';
import { canonicalJson } from '../fixity/canonical-json.js';
import { sha256Hex } from '../fixity/digest.js';
import type { GatePolicy } from '../model/policy.js';
import type { PublishedPolicy } from '../model/verdict.js';
import { CODES, codeEntry, isCode, type Code } from './codes.js';

/** Groups whose errors no tolerance softens (gate.md 0: DID, GOV and SEC take none). */
const STRICT_GROUPS = new Set(['DID', 'GOV', 'SEC', 'GATE']);

/**
 * The rules that a policy turns off, of those that run.
 * @throws {CurationError} CONFIG_INVALID for a name that is no rule, or a rule that may not be turned off
 */
export function rulesTurnedOff(policy: GatePolicy): Map<Code, string> {
  const off = new Map<Code, string>();
  for (const [name, reason] of Object.entries(policy.off)) {
    const codes = [...CODES.keys()].filter((code) => code === name || code.startsWith(`${name}-`));
    if (codes.length === 0) throw refused(`off: there is no rule or group \`${name.slice(0, 40)}\``);
    if (reason.trim() === '') throw refused(`off.${name}: expected the reason`);
    for (const code of codes) {
      if (code.startsWith('GATE-') || (policy.profile !== 'internal' && code === name && !codeEntry(code).waivable))
        throw refused(`off.${name}: this rule may be neither waived nor turned off`);
      if (policy.profile === 'internal' || codeEntry(code).waivable) off.set(code, reason);
    }
  }
  return off;
}

/**
 * The rules whose warnings a policy tolerates.
 * @throws {CurationError} CONFIG_INVALID for a name that is no rule, and for rules that take no tolerance
 */
export function tolerancesOf(policy: GatePolicy): Map<Code, GatePolicy['tolerances'][string]> {
  const tolerances = new Map<Code, GatePolicy['tolerances'][string]>();
  for (const [name, tolerance] of Object.entries(policy.tolerances)) {
    if (!isCode(name)) throw refused(`tolerances: there is no rule \`${name.slice(0, 40)}\``);
    if (STRICT_GROUPS.has(codeEntry(name).group)) throw refused(`tolerances.${name}: rules of ${codeEntry(name).group} take no tolerance`);
    tolerances.set(name, tolerance);
  }
  return tolerances;
}

/** A policy as a release publishes it: without its secret lists. */
export function publishPolicy({ institutions, known_identifiers, ...policy }: GatePolicy): PublishedPolicy {
  return { ...policy, secret_lists: [...(institutions.length > 0 ? ['institutions'] : []), ...(known_identifiers === null ? [] : ['known_identifiers'])] };
}

/** sha256 over a whole policy; its secret lists cannot be read from it, but a change of them changes it. */
export function digestPolicy(policy: GatePolicy): string {
  return sha256Hex(canonicalJson(JSON.parse(JSON.stringify(policy)) as Parameters<typeof canonicalJson>[0]));
}

function refused(message: string): CurationError {
  return new CurationError('CONFIG_INVALID', `The policy of the gate is not valid: ${message}`, { suggestions: ['See the rules: colophon checks list', 'The whole policy as it is in force: colophon checks policy'] });
}
