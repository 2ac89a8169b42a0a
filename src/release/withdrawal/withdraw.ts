import { existsSync, readFileSync } from 'node:fs';
import { isSeq, parseDocument, type Document } from 'yaml';
import { CurationError, wrapSystemError } from '../../errors.js';
import { writeFileAtomic } from '../../fixity/atomic-file.js';
import type { Withdrawal } from '../../model/workspace-files.js';

const HEAD = `# Withdrawn cases. The next release leaves them out, everywhere, and publishes a tombstone: case, class of the reason, date
# and replacement. Notes stay here. Take no entry back: what was withdrawn once has left somebody's hands.
`;

/**
 * Appends withdrawals to a withdrawals.yaml, keeping its comments and order; makes the file when there is none. The
 * caller has checked that the file is valid and that no case is in it yet.
 * @throws {CurationError} CONFIG_INVALID, DISK_FULL, IO_FAILED; the file is then as it was
 */
export function appendWithdrawals(path: string, withdrawals: readonly Withdrawal[]): void {
  const document = readDocument(path);
  const list = document.get('withdrawals');
  if (!isSeq(list)) document.set('withdrawals', document.createNode(withdrawals));
  else for (const withdrawal of withdrawals) list.add(document.createNode(withdrawal));
  writeFileAtomic(path, document.toString({ lineWidth: 0 }));
}

function readDocument(path: string): Document {
  try {
    const text = existsSync(path) ? readFileSync(path, 'utf8') : HEAD;
    const document = parseDocument(text);
    if (document.errors.length > 0) throw new CurationError('CONFIG_INVALID', `${path} is not valid: ${document.errors[0]?.message ?? ''}`);
    return document;
  } catch (error) {
    throw wrapSystemError(error, 'reading', path);
  }
}
