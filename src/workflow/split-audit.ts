import { auditProof } from '../commitment/audit-proof.js';
import { auditReveal } from '../commitment/audit-reveal.js';
import { auditSeed } from '../commitment/audit-seed.js';
import { MOST_ROWS } from '../commitment/commitment.js';
import type { Published } from '../commitment/published.js';
import { CurationError } from '../errors.js';
import type { AuditProblem, AuditReport, ProofDocument, RevealDocument } from '../model/commitment.js';
import { findDefect, invalidDocument, readJson } from './json-document.js';
import { readReleaseClaim, type ReleaseClaim } from './published-commitment.js';

/** What an opening is held against: the folder of a release, or a root that was published elsewhere. */
export interface AuditOptions {
  release?: string;
  /** 64 hex digits. */
  root?: string;
  /** Release digest that the release must have, `sha256:` and 64 hex digits. */
  expect?: string;
}

/** Problems that a report lists. */
const MAX_LISTED = 1000;

/**
 * Holds a proof or a reveal against what was published, without any workspace.
 * @throws {CurationError} COMMITMENT_INVALID for a file that is no opening; NOT_A_RELEASE, RELEASE_INVALID, RELEASE_TOO_NEW, USAGE
 */
export async function auditOpening(path: string, options: AuditOptions): Promise<AuditReport> {
  const opened = readOpening(path);
  const against = await openClaim(opened.document.split, options);
  return opened.kind === 'proof' ? reportProof(opened.document, against) : reportReveal(opened.document, against);
}

type Opening = { kind: 'proof'; document: ProofDocument } | { kind: 'reveal'; document: RevealDocument };

function readOpening(path: string): Opening {
  const value = readJson(path, 'proof or reveal');
  if (value === null) throw new CurationError('USAGE', `There is no such file: ${path}`, { suggestions: ['Name a file that `colophon split prove` or `colophon split reveal` wrote.'] });
  const format: unknown = typeof value === 'object' && 'format' in value ? value.format : undefined;
  const kind = format === 'colophon-proof/1' ? 'proof' : format === 'colophon-reveal/1' ? 'reveal' : null;
  if (kind === null) throw invalidDocument(path, 'proof or reveal', 'its format is neither colophon-proof/1 nor colophon-reveal/1');
  const defect = findDefect(value, `${kind}.v1`);
  if (defect !== null) throw invalidDocument(path, kind, defect);
  const opened = { kind, document: value } as Opening;
  const size = opened.kind === 'proof' ? opened.document.size : (opened.document.opening?.size ?? 1);
  if (size > MOST_ROWS) throw invalidDocument(path, kind, `it claims ${size} row commitments, and ${MOST_ROWS} are the most that there can be`);
  return opened;
}

/** What was published, in one form; `claim` is null when only a root was given. */
interface Against {
  claim: ReleaseClaim | null;
  published: Published | null;
  problems: AuditProblem[];
  about: AuditReport['against'];
}

async function openClaim(split: string, { release, root, expect }: AuditOptions): Promise<Against> {
  if ((release === undefined) === (root === undefined)) throw new CurationError('USAGE', 'An opening is held against a release or against a root.', { suggestions: ['Give one of --release DIR and --root HEX.'] });
  if (root !== undefined) {
    if (!/^[0-9a-f]{64}$/.test(root)) throw new CurationError('USAGE', 'The root is not a digest.', { expected: '64 hex digits, lower case', found: root.slice(0, 80) });
    if (expect !== undefined) throw new CurationError('USAGE', '--expect is about a release; a root is compared as it is.');
    return { claim: null, published: { dataset: null, reference: { root }, entries: null }, problems: [], about: { root } };
  }
  const claim = await readReleaseClaim(release ?? '', split);
  if (expect !== undefined && expect !== claim.digest)
    throw new CurationError('RELEASE_INVALID', 'This is another release than the one that was asked for.', { expected: expect, found: claim.digest });
  const { dataset, reference, entries, problems } = claim;
  return { claim, published: reference === null ? null : { dataset, reference, entries }, problems, about: { release: claim.release, digest: claim.digest } };
}

function reportProof(proof: ProofDocument, against: Against): AuditReport {
  const { dataset, split, row } = proof;
  const problems = against.published === null ? [noCommitment(split, against)] : [...against.problems, ...auditProof(proof, against.published)];
  return finish({ kind: 'proof', dataset, split, rows: 1, confirmed: problems.length === 0 ? 1 : 0 }, against, problems, {
    checked: [`What the file says of the case ${row.case_id} (part, values, nonce) leads to the published root.`],
    not_checked: [
      'That the case was committed to once only: a reveal of all rows shows that.',
      'All other rows: a proof tells nothing of them.',
      ...(against.claim === null ? ['How many row commitments there are: a root and the way of one row do not bind that.'] : []),
    ],
  });
}

function reportReveal(document: RevealDocument, against: Against): AuditReport {
  const { dataset, split, opening, seed } = document;
  const problems = [...against.problems];
  let confirmed = 0;
  if (opening !== null && against.published === null) problems.push(noCommitment(split, against));
  if (opening !== null && against.published !== null) {
    const audit = auditReveal({ dataset, split, commitment: opening.commitment }, opening, against.published);
    problems.push(...audit.problems);
    confirmed = audit.confirmed;
  }
  if (seed !== null) {
    problems.push(...auditSeed({ dataset, split }, seed, against.claim?.seed ?? null));
    if (against.claim !== null && against.claim.dataset !== dataset && opening === null)
      problems.push({ kind: 'other-dataset', case_id: null, message: 'It opens the seed of another dataset.', expected: against.claim.dataset, found: dataset });
  }
  if (opening === null && seed === null) problems.push({ kind: 'missing-row', case_id: null, message: 'The file opens nothing.' });
  const rows = opening?.rows.length ?? 0;
  return finish({ kind: 'reveal', dataset, split, rows, confirmed }, against, problems, describeReveal(document, against));
}

function describeReveal({ opening, seed }: RevealDocument, { claim }: Against): Pick<AuditReport, 'checked' | 'not_checked'> {
  return {
    checked: [
      ...(opening === null ? [] : ['Every published row commitment is opened by a row or by padding, no case twice, and none was added.']),
      ...(seed === null ? [] : ['The secret seed is the one of its commitments, and with the public randomness gives the seed of the draw.']),
      ...(seed === null || claim === null ? [] : ['The commitments to the seed are those of the release.']),
    ],
    not_checked: [
      ...(seed === null ? ['How the split was drawn: the seed is not opened.'] : ['That this seed gives this split: that takes the data (colophon split assign --replay).', 'That the public randomness is what its source published, and came after the commitment.']),
      ...(seed !== null && claim === null ? ['That the commitments to the seed were published beforehand: a root says nothing of them.'] : []),
    ],
  };
}

function noCommitment(split: string, { claim }: Against): AuditProblem {
  return { kind: 'other-split', case_id: null, message: 'The release has no commitment to this split.', expected: `a commitment to ${split}`, found: claim === null ? 'none' : `none in ${claim.release}` };
}

function finish(
  opened: Pick<AuditReport, 'kind' | 'dataset' | 'split' | 'rows' | 'confirmed'>,
  { about, published, claim }: Against,
  problems: readonly AuditProblem[],
  said: Pick<AuditReport, 'checked' | 'not_checked'>,
): AuditReport {
  const vouched =
    claim === null ? 'Where the root comes from: compare it with the published one.' : `That ${claim.digest} is the digest that was published: compare it, or give --expect. All else in the release: colophon verify does that.`;
  return {
    ok: problems.length === 0,
    ...opened,
    against: about,
    root: published?.reference.root ?? null,
    size: published?.reference.size ?? null,
    problems: problems.slice(0, MAX_LISTED),
    found: problems.length,
    checked: problems.length === 0 ? said.checked : [],
    not_checked: [...said.not_checked, vouched],
  };
}
