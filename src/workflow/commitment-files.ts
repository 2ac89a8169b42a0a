import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { findListDefect, formatEntries } from '../commitment/published.js';
import { CurationError, wrapSystemError } from '../errors.js';
import { writeFileAtomic } from '../fixity/atomic-file.js';
import { UnreadableFileError } from '../fixity/file.js';
import { readLines } from '../fixity/lines.js';
import type { CommitmentRecord, CommittedRows, RecordedCommitment } from '../model/commitment.js';
import type { WorkspacePaths } from '../workspace/workspace.js';
import { readDocument } from './json-document.js';

/** Where the commitments of a split lie; all but the rows may be published. */
function filesOf(paths: WorkspacePaths, split: string) {
  return {
    record: join(paths.splits, `${split}.commitment.json`),
    entries: (sequence: number) => join(paths.splits, `${split}.commitment-${sequence}.txt`),
    rows: (sequence: number) => join(paths.private, `${split}.commitment-${sequence}.json`),
  };
}

/**
 * The commitments of a split, oldest first; none when there is no record.
 * @throws {CurationError} COMMITMENT_INVALID when the record is damaged or its numbers do not count up
 */
export function readCommitments(paths: WorkspacePaths, split: string): RecordedCommitment[] {
  const { record } = filesOf(paths, split);
  const document = readDocument<CommitmentRecord>(record, { schema: 'commitment-record.v1', what: 'record of commitments' });
  const commitments = document?.commitments ?? [];
  const odd = commitments.findIndex((each, at) => each.sequence !== at + 1 || each.split !== split);
  if (odd >= 0)
    throw new CurationError('COMMITMENT_INVALID', `${record} is not as it was written: its entry ${odd + 1} is not commitment ${odd + 1} of ${split}.`, {
      suggestions: ['Bring the file back from a copy or from version control; entries are only ever added.'],
    });
  return commitments;
}

/** The text of the file with the row commitments, after it was found to lead to the root. @throws {CurationError} COMMITMENT_INVALID */
export function readEntries(paths: WorkspacePaths, commitment: RecordedCommitment): string {
  const path = filesOf(paths, commitment.split).entries(commitment.sequence);
  const lines: string[] = [];
  try {
    readLines(path, ({ text, defect }) => lines.push(defect === null ? text : ''));
  } catch (error) {
    if (!(error instanceof UnreadableFileError)) throw error;
    throw damaged(path, error.message);
  }
  const defect = findListDefect(lines, commitment);
  if (defect !== null) throw damaged(path, defect);
  return lines.map((line) => `${line}\n`).join('');
}

function damaged(path: string, reason: string): CurationError {
  return new CurationError('COMMITMENT_INVALID', `The row commitments are not those that were made: ${path}. ${reason}`, {
    suggestions: ['Bring the file back from a copy or from version control.', 'Or commit anew: colophon split commit NAME --key FILE --reason TEXT'],
  });
}

/** The rows of a commitment as they were committed; null when their file is not there. @throws {CurationError} COMMITMENT_INVALID */
export function readCommittedRows(paths: WorkspacePaths, { split, sequence }: RecordedCommitment): CommittedRows | null {
  return readDocument<CommittedRows>(filesOf(paths, split).rows(sequence), { schema: 'committed-rows.v1', what: 'list of committed rows' });
}

/**
 * Writes a commitment: its rows where nothing is published from, its row commitments, and last the record with one entry
 * more. The caller holds the lock; `before` is what the record holds.
 * @throws {CurationError} DISK_FULL, IO_FAILED
 */
export function appendCommitment(paths: WorkspacePaths, before: readonly RecordedCommitment[], commitment: RecordedCommitment, rows: CommittedRows, entries: readonly Uint8Array[]): void {
  const files = filesOf(paths, commitment.split);
  try {
    for (const [folder, mode] of [[paths.private, 0o700], [paths.splits, 0o777]] as const) mkdirSync(folder, { recursive: true, mode });
  } catch (error) {
    throw wrapSystemError(error, 'making a folder of', paths.private);
  }
  writeFileAtomic(files.rows(commitment.sequence), `${JSON.stringify(rows)}\n`, { mode: 0o600 });
  writeFileAtomic(files.entries(commitment.sequence), formatEntries(entries));
  const record: CommitmentRecord = { format: 'colophon-commitment-record/1', commitments: [...before, commitment] };
  writeFileAtomic(files.record, `${JSON.stringify(record, null, 2)}\n`);
}
