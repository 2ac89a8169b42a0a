import { readStatement, type SignedStatement } from './key-statement.js';
import { splitSshSignatures } from './ssh-signature.js';
import { SshFormatError } from './ssh-wire.js';

/** Statements that one log may hold: more than anybody changes keys, and few enough to check at once. */
export const MAX_STATEMENTS = 64;

/** Largest text of a log that is read, in bytes. */
export const MAX_KEY_LOG_BYTES = 1 << 20;

/** The statements of a log up to the first that does not follow from those before it. */
export interface KeyLog {
  statements: SignedStatement[];
  /** Which statement is refused, and why, as a clause; null when all hold. Nothing after it is read. */
  fault: { number: number; reason: string } | null;
}

/**
 * Reads a log of statements about keys: each a line of JSON with its signatures after it, oldest first. A statement counts
 * when it is chained to the one before it and those before it leave its key the right to make it.
 * @param dataset the dataset that it has to be about
 */
export function parseKeyLog(text: string, dataset: string): KeyLog {
  const statements: SignedStatement[] = [];
  for (const { line, signatures } of splitStatements(text)) {
    const number = statements.length + 1;
    try {
      if (number > MAX_STATEMENTS) throw new SshFormatError(`there are more than ${MAX_STATEMENTS}`);
      const next = readStatement(line, splitSshSignatures(signatures));
      const reason = refusalOf(next, statements, dataset);
      if (reason !== null) return { statements, fault: { number, reason } };
      statements.push(next);
    } catch (error) {
      if (!(error instanceof SshFormatError)) throw error;
      return { statements, fault: { number, reason: error.message } };
    }
  }
  return { statements, fault: null };
}

/** A line that begins with a brace begins a statement; no line of a signature does. */
function splitStatements(text: string): { line: string; signatures: string }[] {
  return text
    .split(/(?<=\n)(?=\{)/)
    .filter((part) => part !== '')
    .map((part) => {
      const end = part.indexOf('\n') + 1;
      return end === 0 ? { line: part, signatures: '' } : { line: part.slice(0, end), signatures: part.slice(end) };
    });
}

/** Why a statement does not follow from those before it, as a clause; null when it does. */
export function refusalOf(next: SignedStatement, before: readonly SignedStatement[], dataset: string): string | null {
  const { statement, key, successor, signers } = next;
  const last = before.at(-1);
  if (statement.dataset !== dataset) return `it is about the dataset ${statement.dataset.slice(0, 100)}`;
  if (statement.number !== before.length + 1) return `it has the number ${statement.number}`;
  if (statement.previous !== (last?.digest ?? null)) return 'it was not made upon the statement before it';
  if (last !== undefined && statement.date < last.statement.date) return `it is of ${statement.date}, before the statement that it follows`;
  if ((statement.after?.sequence ?? 0) < (last?.statement.after?.sequence ?? 0)) return 'it was made after an earlier release than the statement that it follows';
  if (signers.length === 0) return 'nobody signed it';
  const ended = before.filter((other) => other.key.fingerprint === key.fingerprint);
  if (statement.action === 'revoke') return refusalOfRevocation(next, ended);
  if (ended.length > 0) return `its key had ended by statement ${ended[0]!.statement.number}`;
  if (statement.from_sequence !== (statement.after?.sequence ?? 0) + 1) return 'it does not begin with the release after the newest one';
  if (!signers.some(({ fingerprint }) => fingerprint === key.fingerprint)) return 'the key that is to be succeeded did not sign it';
  const known = new Set(before.flatMap((other) => [other.key.fingerprint, other.successor?.fingerprint]));
  if (successor === null || successor.fingerprint === key.fingerprint || known.has(successor.fingerprint)) return 'its successor is a key that was used before';
  return null;
}

function refusalOfRevocation({ statement }: SignedStatement, ended: readonly SignedStatement[]): string | null {
  if (ended.some((other) => other.statement.action === 'revoke')) return 'its key was revoked before';
  return statement.from_sequence > (statement.after?.sequence ?? 0) + 1 ? 'it revokes from a later release than the next one' : null;
}
