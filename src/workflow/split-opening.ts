import { resolve } from 'node:path';
import { buildCommitment, type BuiltCommitment } from '../commitment/commitment.js';
import { openRows, proveRow } from '../commitment/opening.js';
import { defaultEffects, type Effects } from '../effects.js';
import { CurationError } from '../errors.js';
import { createFile } from '../fixity/atomic-file.js';
import { isPathWithin } from '../fixity/secret-file.js';
import type { CommitmentOpening, CommittedRow, OpenedSeed, ProveReport, RecordedCommitment, RevealDocument, RevealReport } from '../model/commitment.js';
import type { SplitConfig } from '../model/config.js';
import { nearMiss } from '../model/near-miss.js';
import { withLock } from '../workspace/lock.js';
import type { Workspace } from '../workspace/workspace.js';
import { readCommitments, readCommittedRows } from './commitment-files.js';
import { openSeed, secretSeed, writeSeedRecord } from './seed-record.js';
import { requireHidden, requireKey } from './split-commitment.js';
import { requireSplit } from './split.js';

export interface OpeningOptions {
  /** File of the master key; not needed when only a seed is opened. */
  key?: string;
  /** File that is written; never replaced. */
  output: string;
  /** Which commitment is opened, by its number; the last by default. */
  commitment?: number;
}

export interface RevealOptions extends OpeningOptions {
  /** Open the secret seed too; releases give it from then on. */
  seed?: boolean;
}

/** How long to wait for another command in the same workspace, in ms. */
const LOCK_WAIT_MS = 60_000;

/**
 * Opens the row of one case, for an auditor: the file tells nothing of any other case.
 * @throws {CurationError} SPLIT_UNKNOWN, CONFIG_INVALID, CASE_UNKNOWN, SPLIT_NOT_ASSIGNED, COMMITMENT_INVALID, SECRET_UNSAFE, USAGE
 */
export function proveCase(workspace: Workspace, name: string, caseId: string, options: OpeningOptions, effects: Effects = defaultEffects): Promise<ProveReport> {
  requireHidden(workspace, name);
  return locked(workspace, `proving a case of ${name}`, effects, () => {
    const { key, recorded, built, rows } = openCommitment(workspace, name, options);
    const row = rows.find(({ case_id }) => case_id === caseId);
    if (row === undefined) throw unknownCase(name, caseId, rows);
    writeOpening(workspace, options.output, proveRow(key, built, row));
    const { dataset, split, commitment, sequence, root, size } = recorded;
    return { dataset, split, commitment, case_id: caseId, sequence, root, size, output: options.output };
  });
}

/**
 * Opens all rows of a commitment, the secret seed, or both, for everybody.
 * @throws {CurationError} SPLIT_UNKNOWN, CONFIG_INVALID, SPLIT_NOT_ASSIGNED, COMMITMENT_INVALID, SECRET_UNSAFE, USAGE
 */
export function revealSplit(workspace: Workspace, name: string, options: RevealOptions, effects: Effects = defaultEffects): Promise<RevealReport> {
  const config = requireSplit(workspace, name);
  if (config.hidden === undefined && options.seed !== true) requireHidden(workspace, name);
  return locked(workspace, `revealing ${name}`, effects, () => {
    const opening = config.hidden === undefined ? null : openAll(workspace, name, config.hidden.part, options);
    const seed = options.seed === true ? revealSeed(workspace, name, config) : null;
    const document: RevealDocument = { format: 'colophon-reveal/1', dataset: workspace.config.dataset.id, split: name, opening, seed };
    writeOpening(workspace, options.output, document);
    if (seed !== null) markRevealed(workspace, name, config);
    const { dataset, split } = document;
    return { dataset, split, commitment: opening?.commitment ?? null, root: opening?.root ?? null, rows: opening?.rows.length ?? 0, seed: seed !== null, output: options.output };
  });
}

function locked<T>({ paths }: Workspace, doing: string, effects: Effects, work: () => T): Promise<T> {
  return withLock(paths.lock, { doing, waitMs: LOCK_WAIT_MS, onWait: (message) => effects.warn(message) }, async () => work());
}

function openAll(workspace: Workspace, name: string, part: string, options: OpeningOptions): CommitmentOpening {
  const { key, recorded, built, rows } = openCommitment(workspace, name, options);
  if (recorded.part !== part)
    throw new CurationError('COMMITMENT_INVALID', `The commitment is to the part ${recorded.part}; colophon.yaml hides ${part}.`, { suggestions: ['Put the part back, or open another commitment: --commitment N'] });
  return openRows(key, built, rows);
}

interface Opened {
  key: Buffer;
  recorded: RecordedCommitment;
  built: BuiltCommitment;
  rows: CommittedRow[];
}

/** Makes a commitment once more from its rows and the key: it must be the one that was recorded. */
function openCommitment({ paths, ...rest }: Workspace, name: string, { key: keyFile, commitment }: OpeningOptions): Opened {
  const workspace = { paths, ...rest };
  const commitments = readCommitments(paths, name);
  const recorded = commitment === undefined ? commitments.at(-1) : commitments[commitment - 1];
  if (recorded === undefined)
    throw new CurationError('SPLIT_NOT_ASSIGNED', commitments.length === 0 ? `Nothing was committed of ${name} yet.` : `${name} has no commitment ${commitment}.`, {
      ...(commitments.length === 0 ? {} : { expected: `1 to ${commitments.length}` }),
      suggestions: commitments.length === 0 ? [`Run: colophon split commit ${name} --key FILE`] : ['Leave --commitment out to open the last one.'],
    });
  if (keyFile === undefined) throw new CurationError('USAGE', 'The rows of a hidden part are opened with the key that they were committed with: --key FILE');
  const key = requireKey(workspace, recorded, keyFile);
  const committed = readCommittedRows(paths, recorded);
  if (committed === null)
    throw new CurationError('COMMITMENT_INVALID', `The rows that were committed are not in private/: ${name}.commitment-${recorded.sequence}.json`, { suggestions: ['Bring the file back from a copy.'] });
  const built = buildCommitment(key, { dataset: recorded.dataset, split: recorded.split, commitment: recorded.commitment }, committed.rows, recorded.size);
  if (built.root === recorded.root) return { key, recorded, built, rows: committed.rows };
  throw new CurationError('COMMITMENT_INVALID', `The rows in private/${name}.commitment-${recorded.sequence}.json are not those that were committed.`, {
    expected: `root ${recorded.root}`,
    found: `root ${built.root}`,
    suggestions: ['Bring the file back from a copy: a row was changed, added or taken out.'],
  });
}

function unknownCase(name: string, caseId: string, rows: readonly CommittedRow[]): CurationError {
  const guess = nearMiss(caseId, rows.map(({ case_id }) => case_id));
  return new CurationError('CASE_UNKNOWN', `The case ${JSON.stringify(caseId)} is not among those committed to as the hidden part of ${name}.`, {
    suggestions: guess === undefined ? [`See who is: colophon query "SELECT case_id, part FROM assignments WHERE split = '${name.replaceAll("'", "''")}'"`] : [`Did you mean ${guess}?`],
  });
}

function revealSeed(workspace: Workspace, name: string, config: SplitConfig): OpenedSeed {
  const seed = secretSeed(config);
  if (seed === null)
    throw new CurationError('USAGE', `The seed of ${name} stands in colophon.yaml: there is nothing to open.`, { suggestions: ['Leave --seed out.'] });
  const { secret, record, publicValue, effective } = openSeed(workspace, name, seed);
  const commitments = record.commitments.map(({ commitment, config_digest, tool, beacon }) => ({ commitment, config_digest, tool, beacon }));
  return { secret: secret.toString('hex'), public: publicValue, commitments, effective };
}

function markRevealed(workspace: Workspace, name: string, config: SplitConfig): void {
  const seed = secretSeed(config);
  if (seed !== null) writeSeedRecord(workspace.paths, { ...openSeed(workspace, name, seed).record, revealed: true });
}

/** Readable by its owner alone, never over another file, never where a release would have it. */
function writeOpening({ paths }: Workspace, output: string, document: object): void {
  const path = resolve(output);
  if ([paths.releases, paths.splits, paths.schemas].some((folder) => isPathWithin(path, folder)))
    throw new CurationError('USAGE', `What is opened must not lie with what is published: ${output}`, { suggestions: ['Name a file outside releases/, splits/ and schemas/.'] });
  createFile(path, `${JSON.stringify(document)}\n`, { mode: 0o600 });
}
