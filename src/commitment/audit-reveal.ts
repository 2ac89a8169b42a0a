import type { AuditProblem, CommitmentIdentity, CommitmentOpening, OpenedRow } from '../model/commitment.js';
import { bare, findOtherForm, findOtherIdentity, findOtherTree, wrongRow } from './audit-proof.js';
import { MerkleTree } from './merkle-tree.js';
import type { Published } from './published.js';
import { commitPadding, commitRow, paddingNonce } from './row-commitment.js';

/** What holding a reveal against a commitment found. */
export interface RevealAudit {
  problems: AuditProblem[];
  /** Rows that are as they were committed; all or none when only the root is known. */
  confirmed: number;
}

/**
 * Holds a whole opening against what was published: every row commitment is opened, none twice, nothing was added. The caller
 * has bounded the size.
 */
export function auditReveal(identity: CommitmentIdentity, opening: CommitmentOpening, published: Published): RevealAudit {
  const problems = [
    ...findOtherIdentity(identity, published),
    ...findOtherTree(opening, published),
    ...opening.rows.flatMap((row) => findOtherForm(row, published)),
    ...findDuplicates(opening.rows),
  ];
  const { entries } = published;
  if (entries === null) return auditRoot(identity, opening, published, problems);
  const rows = opening.rows.map((row) => ({ row, listed: entries.has(commitRow(identity, bare(row), Buffer.from(row.nonce, 'hex')).toString('hex')) }));
  const dummies = countDummies(opening.padding_key, entries);
  const strange = rows.filter(({ listed }) => !listed).map(({ row }) => row);
  const confirmed = rows.length - strange.length;
  // distinct, so that a row given twice hides no other one
  const opened = new Set(rows.filter(({ listed }) => listed).map(({ row }) => row.case_id)).size;
  problems.push(...judgeStrange(strange, entries.size - dummies - opened, dummies));
  return { problems, confirmed };
}

/** Without the list of row commitments all that can be said is whether the root is met. */
function auditRoot(identity: CommitmentIdentity, { rows, size, padding_key }: CommitmentOpening, { reference }: Published, problems: AuditProblem[]): RevealAudit {
  const entries = rows.map((row) => commitRow(identity, bare(row), Buffer.from(row.nonce, 'hex')));
  const key = Buffer.from(padding_key, 'hex');
  for (let index = 0; entries.length < size; index++) entries.push(commitPadding(paddingNonce(key, index)));
  const root = new MerkleTree(entries.sort(Buffer.compare)).root.toString('hex');
  const isMet = root === reference.root && entries.length === size;
  if (!isMet)
    problems.push({ kind: 'wrong-root', case_id: null, message: 'The rows do not lead to the root: a row was changed, added or left out.', expected: reference.root, found: root });
  return { problems, confirmed: isMet ? rows.length : 0 };
}

function findDuplicates(rows: readonly OpenedRow[]): AuditProblem[] {
  const seen = new Set<string>();
  return rows.flatMap(({ case_id }): AuditProblem[] => {
    if (!seen.has(case_id)) {
      seen.add(case_id);
      return [];
    }
    return [{ kind: 'duplicate-case', case_id, message: 'The case is opened twice.' }];
  });
}

/** Dummy rows follow one after another from their key: counts those that were published. */
function countDummies(paddingKeyHex: string, entries: ReadonlySet<string>): number {
  const key = Buffer.from(paddingKeyHex, 'hex');
  let count = 0;
  while (count < entries.size && entries.has(commitPadding(paddingNonce(key, count)).toString('hex'))) count++;
  return count;
}

/**
 * Names what does not fit.
 * @param strange rows that were never committed as they stand
 * @param unopened published row commitments that nothing opened
 */
function judgeStrange(strange: readonly OpenedRow[], unopened: number, dummies: number): AuditProblem[] {
  const problems: AuditProblem[] = strange.map(({ case_id }) =>
    unopened >= strange.length ? wrongRow(case_id) : { kind: 'extra-row', case_id, message: 'Fewer rows were committed than are opened: this one was added, or changed.' },
  );
  const missing = unopened - strange.length;
  if (missing > 0) problems.push({ kind: 'missing-row', case_id: null, message: describeMissing(missing, dummies) });
  return problems;
}

function describeMissing(missing: number, dummies: number): string {
  const rows = missing === 1 ? 'One published row commitment is not opened' : `${missing} published row commitments are not opened`;
  return dummies === 0 ? `${rows}: rows were left out, or the padding key was changed.` : `${rows}: rows were left out.`;
}
