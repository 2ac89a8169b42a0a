/** What the gate said, bound to exactly what it judged. */
import type { CheckSummary } from './check.js';
import type { Waiver } from './finding.js';
import type { GatePolicy, SECRET_POLICY_KEYS } from './policy.js';

/** A policy without its secret lists; of those only says whether there are any. */
export type PublishedPolicy = Omit<GatePolicy, (typeof SECRET_POLICY_KEYS)[number]> & { secret_lists: string[] };

/** data/gate.json of a release: what judged it. Names no subject, counts nothing that is not released, and knows no clock. */
export interface GateDocument {
  format: 'colophon-gate/1';
  policy: PublishedPolicy;
  /** sha256 over what judged: programme, policy, schema pack and waivers in force; as in release.json. */
  policy_digest: string;
  /** Rules that ran, in the order of the catalogue. */
  rules: string[];
  /** Rules that had nothing of their kind to judge, with the reason. */
  not_applicable: { code: string; reason: string }[];
  /**
   * Waivers that accept findings of this release, each once a reason, with the number of findings. Their fingerprints are
   * not published: from the fingerprint of a name the name can be guessed.
   */
  waivers: PublishedWaiver[];
}

export interface PublishedWaiver extends Pick<Waiver, 'code' | 'reason' | 'approver' | 'expiry'> {
  /**
   * @asType integer
   * @minimum 1
   */
  findings: number;
}

/** .colophon/verdict.json: the last verdict of the whole gate in a workspace. The same input gives the same bytes. */
export interface Verdict {
  format: 'colophon-verdict/1';
  verdict: 'pass' | 'fail';
  /** Day by which waivers were judged, YYYY-MM-DD. */
  date: string;
  /** sha256 over everything that was judged: released cases, images, tables, assignments, identity of the dataset. */
  root: string;
  /** sha256 over everything that judged: rules, policy, schema pack, all waivers, the program. */
  judged_by: string;
  summary: Pick<CheckSummary, 'errors' | 'warnings' | 'infos' | 'waived'>;
  gate: GateDocument;
}
