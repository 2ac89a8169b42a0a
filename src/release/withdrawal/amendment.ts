import { canonicalJson } from '../../fixity/canonical-json.js';
import { compareBytewise } from '../../fixity/order.js';
import { AMENDMENT_FORMAT, type AmendedCase, type AmendedRelease, type AmendmentDocument, type AmendmentReference, type CaseRelease } from '../../model/amendment.js';
import { finalReplacement } from '../../model/replacement.js';
import type { Withdrawal } from '../../model/workspace-files.js';

/** What an amendment is written from. */
export interface AmendmentFacts {
  dataset: string;
  /** Day on which it would be published, YYYY-MM-DD. */
  date: string;
  /** The log of releases, oldest first. */
  log: readonly AmendedRelease[];
  withdrawals: readonly Withdrawal[];
  /** The releases that hold each withdrawn case, oldest first, with its content digest in each; none for a case that was never released. */
  held: ReadonlyMap<string, readonly HeldCase[]>;
  /** Cases that some release holds: only these may be named as replacements. */
  published: ReadonlySet<string>;
}

export interface HeldCase {
  version: string;
  digest: string;
}

/** The newest amendment, with the digest that the next one names. */
export interface PreviousAmendment {
  document: AmendmentDocument;
  digest: string;
}

/**
 * The amendment that has to follow, or null when nothing is to be said that the one before does not say. It holds every
 * case of the one before, whatever became of withdrawals.yaml, and a case that was once told without its id stays so.
 */
export function nextAmendment(previous: PreviousAmendment | null, facts: AmendmentFacts): AmendmentDocument | null {
  const before = previous?.document ?? null;
  const withdrawn = mergeCases(before?.withdrawn ?? [], facts);
  const latest = facts.log.at(-1);
  if (withdrawn.length === 0 || latest === undefined) return null;
  const releases = concerned(withdrawn, facts.log, before?.releases ?? []);
  if (before !== null && canonicalJson([before.releases, before.withdrawn]) === canonicalJson([releases, withdrawn])) return null;
  return {
    format: AMENDMENT_FORMAT,
    dataset: facts.dataset,
    number: (before?.number ?? 0) + 1,
    date: before !== null && before.date > facts.date ? before.date : facts.date,
    previous: previous === null ? null : reference(previous),
    latest,
    releases,
    withdrawn,
  };
}

function reference({ document, digest }: PreviousAmendment): AmendmentReference {
  return { number: document.number, digest };
}

function mergeCases(before: readonly AmendedCase[], facts: AmendmentFacts): AmendedCase[] {
  const withdrawals = new Map(facts.withdrawals.map((withdrawal) => [withdrawal.case_id, withdrawal]));
  const left = new Set(before);
  const merged: AmendedCase[] = [];
  for (const withdrawal of facts.withdrawals) {
    const held = facts.held.get(withdrawal.case_id) ?? [];
    const known = before.find((each) => isSame(each, withdrawal.case_id, held));
    if (known !== undefined) left.delete(known);
    if (known === undefined && held.length === 0) continue;
    merged.push(describeCase(withdrawal, mergeReleases(known, held), known, withdrawals, facts));
  }
  for (const known of left) merged.push({ ...known, since_version: firstWithout(known.releases, facts.log) ?? known.since_version });
  return merged.sort(compareCases);
}

function isSame(known: AmendedCase, case_id: string, held: readonly HeldCase[]): boolean {
  if (known.case_id !== null) return known.case_id === case_id;
  return known.releases.some(({ version, case_digest }) => held.some((each) => each.version === version && each.digest === case_digest));
}

/** A release that is not here any more was known to hold the case. */
function mergeReleases(known: AmendedCase | undefined, held: readonly HeldCase[]): CaseRelease[] {
  const own = held.map(({ version, digest }) => ({ version, case_digest: digest }));
  return [...(known?.releases ?? []).filter(({ version }) => !held.some((each) => each.version === version)), ...own];
}

function describeCase(withdrawal: Withdrawal, held: readonly CaseRelease[], known: AmendedCase | undefined, withdrawals: ReadonlyMap<string, Withdrawal>, { log, published }: AmendmentFacts): AmendedCase {
  const { case_id, reason, date } = withdrawal;
  const hidden = reason === 'phi' || known?.case_id === null;
  const replacement = hidden ? null : finalReplacement(case_id, withdrawals);
  const releases = held
    .map(({ version, case_digest }) => ({ version, case_digest: hidden ? case_digest : null }))
    .sort((a, b) => sequenceOf(a.version, log) - sequenceOf(b.version, log));
  return {
    case_id: hidden ? null : case_id,
    reason,
    date,
    replacement: replacement !== null && published.has(replacement) ? replacement : null,
    since_version: firstWithout(releases, log),
    releases,
  };
}

function sequenceOf(version: string, log: readonly AmendedRelease[]): number {
  return log.find((each) => each.version === version)?.sequence ?? 0;
}

/** The release after the last one that holds the case; null when that is the newest. */
function firstWithout(releases: readonly CaseRelease[], log: readonly AmendedRelease[]): string | null {
  const last = Math.max(0, ...releases.map(({ version }) => sequenceOf(version, log)));
  return last === 0 ? null : (log.find(({ sequence }) => sequence === last + 1)?.version ?? null);
}

function concerned(withdrawn: readonly AmendedCase[], log: readonly AmendedRelease[], before: readonly AmendedRelease[]): AmendedRelease[] {
  const versions = new Set(withdrawn.flatMap(({ releases }) => releases.map(({ version }) => version)));
  const known = new Map([...before, ...log].map(({ version, sequence, digest }) => [version, { version, sequence, digest }]));
  return [...known.values()].filter(({ version }) => versions.has(version)).sort((a, b) => a.sequence - b.sequence);
}

/** Those without an id have a place of their own: among the others, they would tell between which names they stand. */
function compareCases(a: AmendedCase, b: AmendedCase): number {
  const [x, y] = [a, b].map(({ case_id, releases }) => (case_id === null ? `1${releases[0]?.case_digest ?? ''}` : `0${case_id}`)) as [string, string];
  return compareBytewise(x, y);
}
