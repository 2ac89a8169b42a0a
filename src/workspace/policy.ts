import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { readPackPolicy } from '../clinical/pack.js';
import { nonLinearReason } from '../clinical/pattern.js';
import { CurationError } from '../errors.js';
import type { GateConfig } from '../model/config.js';
import { completePolicy } from '../model/policy-profiles.js';
import type { GatePolicy } from '../model/policy.js';
import { schemaFolder, type Workspace } from './workspace.js';
import { locateInYaml, readYamlFile } from './yaml-file.js';

/**
 * The whole policy of a workspace: what colophon.yaml says in `gate`, upon the policy file that it names, upon what the
 * schema pack says of its own columns, upon the profile.
 * @throws {CurationError} CONFIG_INVALID for an unknown key, a pattern that is not linear, a file that is not there
 */
export function loadPolicy(workspace: Workspace): GatePolicy {
  const own = workspace.config.gate ?? {};
  const schemas = schemaFolder(workspace);
  const policy = completePolicy({ ...readPolicyFile(workspace, own), ...own }, schemas === null ? {} : readPackPolicy(schemas));
  const broken = [...policyRules(policy, workspace)];
  if (broken.length === 0) return policy;
  const place = locateInYaml(workspace.paths.config, ['gate']);
  throw new CurationError('CONFIG_INVALID', [`${place}: the policy of the gate is not valid:`, ...broken.map((rule) => `  ${rule}`)].join('\n'), {
    suggestions: ['The whole policy as it is in force: colophon checks policy'],
  });
}

function readPolicyFile({ root, paths }: Workspace, { policy: name }: GateConfig): GateConfig {
  if (name === undefined) return {};
  const path = resolve(root, name);
  const given = readYamlFile<GateConfig>(path, 'policy.v1');
  if (given !== null) return given;
  throw new CurationError('CONFIG_INVALID', `${locateInYaml(paths.config, ['gate', 'policy'])}: there is no policy file ${path}`, {
    suggestions: ['Write one: colophon checks policy > policy.yaml'],
  });
}

/** Least and greatest value of each number, whole numbers only where it counts something: a sign too many would turn a rule off in silence. */
const BOUNDS: readonly [name: string, of: (policy: GatePolicy) => number, least: number, most: number, whole: boolean][] = [
  ['k_anonymity', (policy) => policy.k_anonymity, 1, 1e6, true],
  ['l_diversity', (policy) => policy.l_diversity, 1, 1e6, true],
  ['small_cell', (policy) => policy.small_cell, 1, 1e6, true],
  ['t_closeness', (policy) => policy.t_closeness, 0, 1, false],
  ['unique_trajectories', (policy) => policy.unique_trajectories, 0, 1, false],
  ['near_duplicate_bits', (policy) => policy.near_duplicate_bits, 0, 32, true],
  ['verdict_days', (policy) => policy.verdict_days, 1, 366, true],
  ['limits.text_chars', (policy) => policy.limits.text_chars, 1024, 2 ** 26, true],
  ['limits.inflated_bytes', (policy) => policy.limits.inflated_bytes, 2 ** 20, 2 ** 33, true],
  ['limits.pixels', (policy) => policy.limits.pixels, 2 ** 16, 2 ** 31, true],
];

function* numberRules(policy: GatePolicy): Generator<string> {
  for (const [name, of, least, most, whole] of BOUNDS) {
    const value = of(policy);
    if (!(value >= least && value <= most) || (whole && !Number.isInteger(value))) yield `${name}: expected a ${whole ? 'whole ' : ''}number from ${least} to ${most}, found ${value}`;
  }
}

function* policyRules(policy: GatePolicy, { root }: Workspace): Generator<string> {
  yield* numberRules(policy);
  const { patient_id_pattern: pattern, known_identifiers: list, date_window: window } = policy;
  if (pattern !== null) yield* patternRules(pattern);
  if (list !== null && !existsSync(resolve(root, list))) yield `known_identifiers: there is no file ${resolve(root, list)}`;
  if (window !== null && (!/^\d{8}$/.test(window.from) || !/^\d{8}$/.test(window.to) || window.from > window.to))
    yield 'date_window: expected two days, YYYYMMDD, the first not after the last';
  for (const root of policy.uid_roots) if (!/^[0-2](\.(0|[1-9][0-9]*))+$/.test(root)) yield `uid_roots: \`${root.slice(0, 64)}\` is no root of UIDs`;
  for (const code of policy.deidentification_options) if (!/^1131(0[0-9]|1[0-2])$/.test(code)) yield `deidentification_options: \`${code.slice(0, 16)}\` is none of 113100 to 113112`;
}

function* patternRules(pattern: string): Generator<string> {
  try {
    new RegExp(pattern, 'u');
  } catch {
    yield 'patient_id_pattern: not a regular expression';
    return;
  }
  const reason = nonLinearReason(pattern);
  if (reason !== null) yield `patient_id_pattern: ${reason}, so it may take for ever on one crafted value (CWE-1333)`;
}
