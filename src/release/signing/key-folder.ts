import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { CurationError } from '../../errors.js';
import { createFile, makeParentFolder, writeFileAtomic } from '../../fixity/atomic-file.js';
import { readRegularFile, UnreadableFileError } from '../../fixity/file.js';
import { MAX_KEY_LOG_BYTES, parseKeyLog } from '../../fixity/key-log.js';
import type { SignedStatement } from '../../fixity/key-statement.js';
import { RELEASE_FILES } from '../../model/release.js';
import type { ReleasePaths } from '../release-log.js';

/** Where a statement of the key log is kept, below releases/; its signatures are beside it with `.sig`. */
export function statementName(number: number): string {
  return join('keys', `${number}.json`);
}

/**
 * The statements about the signing keys of a dataset, oldest first.
 * @throws {CurationError} RELEASE_INVALID when one does not hold or does not follow; IO_FAILED
 */
export function readKeyFolder({ releases }: Pick<ReleasePaths, 'releases'>, dataset: string): SignedStatement[] {
  const parts: string[] = [];
  for (let number = 1; existsSync(join(releases, statementName(number))); number++) {
    const path = join(releases, statementName(number));
    parts.push(readText(path), existsSync(`${path}.sig`) ? readText(`${path}.sig`) : '');
  }
  const { statements, fault } = parseKeyLog(parts.join(''), dataset);
  if (fault === null) return statements;
  throw new CurationError('RELEASE_INVALID', `The log of signing keys is broken: ${join(releases, statementName(fault.number))}`, {
    found: fault.reason,
    suggestions: ['Bring the file back from a copy or from version control; readers refuse what follows it.'],
  });
}

function readText(path: string): string {
  try {
    return readRegularFile(path, MAX_KEY_LOG_BYTES).toString('utf8');
  } catch (error) {
    if (error instanceof UnreadableFileError) throw new CurationError('IO_FAILED', error.message, { cause: error });
    throw error;
  }
}

/**
 * Adds a statement to the log: its signatures first, since the statement is what makes it count.
 * @returns its path
 * @throws {CurationError} USAGE when there is one of that number; DISK_FULL, IO_FAILED
 */
export function addStatement({ releases }: Pick<ReleasePaths, 'releases'>, number: number, line: string, signatures: readonly string[]): string {
  const path = join(releases, statementName(number));
  makeParentFolder(path);
  replaceSignatures(path, signatures);
  createFile(path, line);
  return path;
}

/** Writes the signatures of a statement that is there already, with those that were added. */
export function replaceSignatures(path: string, signatures: readonly string[]): void {
  writeFileAtomic(`${path}.sig`, signatures.map((block) => `${block.trim()}\n`).join(''));
}

/** Puts the log into the folder of a release, so that whoever has a copy can follow from an old key to the new one. */
export function copyKeyLog(statements: readonly SignedStatement[], folder: string): void {
  if (statements.length === 0) return;
  writeFileAtomic(join(folder, RELEASE_FILES.keys), statements.map(({ text }) => text).join(''));
}
