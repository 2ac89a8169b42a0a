import type { AuditProblem, CommitmentIdentity, CommittedRow, OpenedRow, ProofDocument } from '../model/commitment.js';
import { rootOfPath } from './merkle-tree.js';
import type { Published } from './published.js';
import { commitRow } from './row-commitment.js';

/** A hash as it is written; Buffer.from would pass over what follows it. */
const HASH = /^[0-9a-f]{64}$/;

/** Holds one opened row against what was published; empty when it is what was committed. */
export function auditProof(proof: ProofDocument, published: Published): AuditProblem[] {
  const { row, index, size, path } = proof;
  const problems = [...findOtherIdentity(proof, published), ...findOtherTree(proof, published), ...findOtherForm(row, published)];
  const entry = commitRow(proof, bare(row), Buffer.from(row.nonce, 'hex'));
  const isListed = published.entries?.has(entry.toString('hex')) ?? null;
  const reached = path.every((hash) => HASH.test(hash)) ? rootOfPath(entry, index, published.reference.size ?? size, path.map((hash) => Buffer.from(hash, 'hex'))) : null;
  const isProven = reached?.toString('hex') === published.reference.root;
  if (isListed === false || (isListed === null && !isProven)) problems.push(wrongRow(row.case_id));
  else if (!isProven)
    problems.push({ kind: 'wrong-path', case_id: row.case_id, message: 'The row is among those committed, but its inclusion proof does not lead to the root.' });
  return problems;
}

/** What names another dataset, split or commitment than the published one. */
export function findOtherIdentity(opened: CommitmentIdentity, { dataset, reference }: Published): AuditProblem[] {
  const compared = [
    { kind: 'other-dataset' as const, what: 'dataset', expected: dataset, found: opened.dataset },
    { kind: 'other-split' as const, what: 'split', expected: reference.split, found: opened.split },
    { kind: 'other-commitment' as const, what: 'commitment', expected: reference.commitment, found: opened.commitment },
  ];
  return compared.flatMap(({ kind, what, expected, found }) =>
    expected === undefined || expected === null || expected === found ? [] : [{ kind, case_id: null, message: `It opens a commitment of another ${what}.`, expected, found }],
  );
}

/** What names another root or size than the published one. */
export function findOtherTree(opened: { root: string; size: number }, { reference }: Published): AuditProblem[] {
  const problems: AuditProblem[] = [];
  if (opened.root !== reference.root)
    problems.push({ kind: 'wrong-root', case_id: null, message: 'It names another root than was published.', expected: reference.root, found: opened.root });
  if (reference.size !== undefined && opened.size !== reference.size)
    problems.push({ kind: 'wrong-size', case_id: null, message: 'It names another number of row commitments than was published.', expected: String(reference.size), found: String(opened.size) });
  return problems;
}

/** A row of another part or with other columns than were committed. */
export function findOtherForm(row: CommittedRow, { reference }: Published): AuditProblem[] {
  const problems: AuditProblem[] = [];
  const { case_id } = row;
  if (reference.part !== undefined && row.part !== reference.part)
    problems.push({ kind: 'wrong-part', case_id, message: 'The case is said to be in another part than the one committed to.', expected: reference.part, found: row.part });
  const columns = Object.keys(row.columns).sort();
  if (reference.columns !== undefined && columns.join('\n') !== reference.columns.join('\n'))
    problems.push({ kind: 'wrong-row', case_id, message: 'The row has other columns than were committed.', expected: reference.columns.join(', '), found: columns.join(', ') });
  return problems;
}

/** The problem of a row that is not as it was committed. */
export function wrongRow(caseId: string): AuditProblem {
  return { kind: 'wrong-row', case_id: caseId, message: 'This is not what was committed of any case: its id, a value, its part or its nonce was changed.' };
}

/** A row without its nonce. */
export function bare({ case_id, part, columns }: OpenedRow): CommittedRow {
  return { case_id, part, columns };
}
