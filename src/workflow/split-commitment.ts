import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { quoteLiteral } from '../catalog/catalog.js';
import { buildCommitment, keyCheck, MOST_ROWS, nameCommitment, paddedSize } from '../commitment/commitment.js';
import { defaultEffects, type Effects } from '../effects.js';
import { CurationError } from '../errors.js';
import { canonicalJson } from '../fixity/canonical-json.js';
import { createSecretFile, readSecretFile } from '../fixity/secret-file.js';
import { COMMITMENT_ALGORITHM, COMMITMENT_FOLDER, type CommitmentIdentity, type CommitReport, type CommittedRow, type RecordedCommitment } from '../model/commitment.js';
import { hiddenParts, type HiddenPart } from '../model/hidden-parts.js';
import { loadRecord } from '../splits/run.js';
import type { Workspace } from '../workspace/workspace.js';
import type { CaseContext } from './case-rules.js';
import { appendCommitment, readCommitments, readCommittedRows } from './commitment-files.js';
import { hiddenColumns, readHiddenRows } from './hidden-rows.js';
import { keyRules } from './secret-places.js';
import { secretSeed } from './seed-record.js';
import { refreshCaseTables, requirePull, withSession, type Session } from './session.js';
import { requireSplit, splitOptions } from './split.js';

export interface CommitOptions {
  /** File of the master key; made when it is not there and nothing was committed yet. */
  key: string;
  /** Make a new key although there are commitments, which it cannot prove. */
  newKey?: boolean;
  /** Why there is another commitment. */
  reason?: string;
  /** Row commitments, dummy rows included; see `paddedSize` for the default. */
  size?: number;
  /** Day of the commitment, YYYY-MM-DD; today by default. */
  date?: string;
}

/**
 * Commits to the hidden part of a split as it is now, and records what may be published of it.
 * @throws {CurationError} SPLIT_UNKNOWN, CONFIG_INVALID, SPLIT_STALE, SPLIT_NOT_ASSIGNED, USAGE, SECRET_UNSAFE, COMMITMENT_INVALID, LOCKED
 */
export function commitHiddenPart(workspace: Workspace, name: string, options: CommitOptions, effects: Effects = defaultEffects): Promise<CommitReport> {
  const hidden = requireHidden(workspace, name);
  return withSession(workspace, `committing to the hidden part of ${name}`, effects, async (session) => {
    await requirePull(session);
    const context = await refreshCaseTables(session);
    await loadRecord(session.catalog, splitOptions(workspace, context, name));
    await assertFrozen(session, name);
    const before = readCommitments(workspace.paths, name);
    const { rows, columns } = await gatherRows(session, context, hidden);
    if (rows.length === 0) throw new CurationError('SPLIT_NOT_ASSIGNED', `The hidden part ${hidden.part} of ${name} has no case.`, { suggestions: [`Run: colophon split report ${name}`] });
    assertReason(workspace, before, rows, columns, options);
    const size = await chooseSize(session, hidden, rows.length, options);
    const { key, created } = openKey(workspace, before, options);
    const report = writeCommitment(workspace, hidden, { key, before, rows, columns, size, options, effects });
    warnOfCommitment(workspace, hidden, report, created, effects);
    return { ...report, key_file: options.key, key_created: created };
  });
}

/** The hidden part of a split. @throws {CurationError} SPLIT_UNKNOWN, CONFIG_INVALID when it hides none */
export function requireHidden(workspace: Workspace, name: string): HiddenPart {
  requireSplit(workspace, name);
  const hidden = hiddenParts(workspace.config).find(({ split }) => split === name);
  if (hidden !== undefined) return hidden;
  throw new CurationError('CONFIG_INVALID', `The split ${name} has no hidden part.`, {
    expected: `splits.${name}.hidden: {part: PART}`,
    suggestions: ['Say in colophon.yaml which part is hidden. A release then leaves its cases out, or with `columns` the values of these.'],
  });
}

/** What could still move cannot be committed to. */
async function assertFrozen({ catalog }: Session, name: string): Promise<void> {
  const [row] = await catalog.all<{ frozen: number; open: number }>(
    `SELECT count(*) FILTER (a.frozen) AS frozen, count(*) FILTER (NOT a.frozen) AS open FROM assignments AS a
     JOIN case_ AS c ON c.case_id = a.case_id AND c.status = 'accepted' WHERE a.split = ${quoteLiteral(name)}`,
  );
  if (row === undefined || row.frozen + row.open === 0) throw new CurationError('SPLIT_NOT_ASSIGNED', `The split ${name} has not been drawn yet.`, { suggestions: [`Run: colophon split assign ${name}`] });
  if (row.open > 0)
    throw new CurationError('SPLIT_STALE', `Assignments of ${name} are not frozen, so they can still move.`, {
      expected: 'a frozen split',
      found: `${row.open} of ${row.frozen + row.open} assignments not frozen`,
      suggestions: [`Run: colophon split freeze ${name}`],
    });
}

async function gatherRows({ catalog }: Session, context: CaseContext, hidden: HiddenPart): Promise<{ rows: CommittedRow[]; columns: string[] }> {
  const named = await hiddenColumns(catalog, hidden, context);
  return { rows: await readHiddenRows(catalog, hidden, named, context), columns: named.map(({ name }) => name) };
}

/** One commitment a state; another one only with a reason, which stays with it. */
function assertReason(workspace: Workspace, before: readonly RecordedCommitment[], rows: readonly CommittedRow[], columns: readonly string[], { reason }: CommitOptions): void {
  const last = before.at(-1);
  if (last === undefined || (reason !== undefined && reason.trim() !== '')) return;
  const committed = readCommittedRows(workspace.paths, last);
  const isSame = committed !== null && last.columns.join('\n') === columns.join('\n') && canonicalJson(committed.rows) === canonicalJson(rows);
  throw new CurationError('USAGE', isSame ? `The hidden part of ${last.split} is committed to already, as it is now.` : `There is a commitment to the hidden part of ${last.split} already.`, {
    suggestions: [isSame ? 'There is nothing to do. To commit to the same all the same: --reason TEXT' : 'A further commitment needs a reason, which stays with it: --reason TEXT'],
  });
}

async function chooseSize({ catalog }: Session, { split, part }: HiddenPart, hidden: number, { size }: CommitOptions): Promise<number> {
  const [row] = await catalog.all<{ n: number }>(
    `SELECT count(*) AS n FROM assignments AS a JOIN case_ AS c ON c.case_id = a.case_id AND c.status = 'accepted' WHERE a.split = ${quoteLiteral(split)} AND a.part <> ${quoteLiteral(part)}`,
  );
  const chosen = size ?? paddedSize(row?.n ?? 0, hidden);
  if (chosen >= hidden && chosen <= MOST_ROWS) return chosen;
  throw new CurationError('USAGE', chosen < hidden ? '--size is below the number of hidden cases.' : 'That is more row commitments than are ever made.', {
    expected: `at least one for every hidden case, at most ${MOST_ROWS}`,
    suggestions: ['Leave --size out: the default follows from the number of visible cases.'],
  });
}

/** Opens the master key. A key that is not there is made, unless earlier commitments need the one that is missing. */
function openKey(workspace: Workspace, before: readonly RecordedCommitment[], { key: path, newKey }: CommitOptions): { key: Buffer; created: boolean } {
  const rules = keyRules(workspace);
  const key = newKey === true ? null : readSecretFile(resolve(path), rules);
  const last = before.at(-1);
  if (key === null && last !== undefined && newKey !== true)
    throw new CurationError('SECRET_UNSAFE', `The key is not there, and ${last.split} has commitments that only the old one can prove: ${path}`, {
      suggestions: ['Name the file of the old key.', 'If it is lost: --new-key, with another file. What was committed before can then never be proven.'],
    });
  if (key === null) return { key: createSecretFile(resolve(path), rules), created: true };
  if (last !== undefined && last.key_check !== keyCheck(key, last)) throw otherKey(path, last);
  return { key, created: false };
}

/** Opens the key that a commitment was made with. @throws {CurationError} SECRET_UNSAFE */
export function requireKey(workspace: Workspace, commitment: RecordedCommitment, path: string): Buffer {
  const key = readSecretFile(resolve(path), keyRules(workspace));
  if (key === null) throw new CurationError('SECRET_UNSAFE', `The key is not there: ${path}`, { suggestions: ['Name the file that `colophon split commit` was given.', 'Nothing can be proven without it.'] });
  if (commitment.key_check !== keyCheck(key, commitment)) throw otherKey(path, commitment);
  return key;
}

function otherKey(path: string, { split, sequence }: RecordedCommitment): CurationError {
  return new CurationError('SECRET_UNSAFE', `This is not the key that commitment ${sequence} of ${split} was made with: ${path}`, {
    suggestions: ['Name the file of the key that it was made with.'],
  });
}

interface Commission {
  key: Buffer;
  before: readonly RecordedCommitment[];
  rows: readonly CommittedRow[];
  columns: readonly string[];
  size: number;
  options: CommitOptions;
  effects: Effects;
}

type Written = Omit<CommitReport, 'key_file' | 'key_created'>;

function writeCommitment(workspace: Workspace, { split, part }: HiddenPart, { key, before, rows, columns, size, options, effects }: Commission): Written {
  const names = { dataset: workspace.config.dataset.id, split };
  const sequence = before.length + 1;
  const identity: CommitmentIdentity = { ...names, commitment: nameCommitment(key, names, sequence, rows) };
  const { root, entries } = buildCommitment(key, identity, rows, size);
  const report: Written = {
    ...identity,
    part,
    columns: [...columns],
    algorithm: COMMITMENT_ALGORITHM,
    root,
    size,
    sequence,
    date: options.date ?? effects.now().toISOString().slice(0, 10),
    reason: options.reason ?? null,
  };
  const commitment: RecordedCommitment = { ...report, path: `${COMMITMENT_FOLDER}/${split}.txt`, key_check: keyCheck(key, names) };
  appendCommitment(workspace.paths, before, commitment, { format: 'colophon-committed-rows/1', ...identity, rows: [...rows] }, entries);
  return report;
}

function warnOfCommitment(workspace: Workspace, { split }: HiddenPart, { size }: Written, created: boolean, effects: Effects): void {
  const config = requireSplit(workspace, split);
  if (created) effects.warn('A new key was made. Keep it safe and secret: whoever loses it can prove nothing, whoever has it can open everything.');
  if (secretSeed(config) === null)
    effects.warn(`The seed of ${split} stands in colophon.yaml, and whoever has the data and the seed can draw the split again. Give a hidden split a secret one: seed: {file: private/${split}.seed}`);
  if (existsSync(resolve(workspace.root, '.git'))) effects.warn(`Do not publish splits/${split}.csv: it says who is hidden. A release's commit leaves it out.`);
  if (size > MOST_ROWS / 2) effects.warn(`The commitment has ${size} row commitments: release and audit will take minutes.`);
}
