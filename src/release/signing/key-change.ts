import { CurationError } from '../../errors.js';
import { refusalOf } from '../../fixity/key-log.js';
import { formatStatement, readStatement, type SignedStatement } from '../../fixity/key-statement.js';
import { formatPublicKey, type SshPublicKey } from '../../fixity/ssh-public-key.js';
import { parseSshSignature } from '../../fixity/ssh-signature.js';
import { KEY_NAMESPACE, KEY_STATEMENT_FORMAT, type KeyStatement } from '../../model/key-statement.js';
import type { LogEntry } from '../release-log.js';
import { signWithKeygen } from './ssh-keygen.js';

/** What a statement says of a key. */
export interface KeyChange {
  dataset: string;
  date: string;
  key: SshPublicKey;
  /** Null: the key is revoked. */
  successor: SshPublicKey | null;
  /** First release for which it holds; the next one by default. */
  fromSequence?: number;
}

/** The next statement of a log, from the statements and releases that are there. */
export function draftStatement({ dataset, date, key, successor, fromSequence }: KeyChange, before: readonly SignedStatement[], last: LogEntry | undefined): KeyStatement {
  const after = last === undefined ? null : { version: last.document.version, digest: last.digest, sequence: last.sequence };
  return {
    format: KEY_STATEMENT_FORMAT,
    dataset,
    number: before.length + 1,
    previous: before.at(-1)?.digest ?? null,
    action: successor === null ? 'revoke' : 'succeed',
    date,
    key: formatPublicKey(key),
    ...(successor === null ? {} : { successor: formatPublicKey(successor) }),
    after,
    from_sequence: fromSequence ?? (after?.sequence ?? 0) + 1,
  };
}

/**
 * Refuses a statement that readers would refuse, before anybody is asked to sign it.
 * @throws {CurationError} USAGE
 */
export function assertFollows(statement: KeyStatement, { key, successor }: KeyChange, before: readonly SignedStatement[]): void {
  assertAccepted({ statement, text: '', digest: '', key, successor, signers: [key] }, before);
}

/**
 * Has a statement signed by each of the keys, and checks what they made as readers will.
 * @param keys as for `ssh-keygen -f`
 * @param before the statements that it follows
 * @param known signatures that it has already
 * @throws {CurationError} SIGNING_FAILED, USAGE when another key signed than the one that has to
 */
export function signStatement(statement: KeyStatement, keys: readonly string[], before: readonly SignedStatement[], known: readonly string[] = []): { signed: SignedStatement; blocks: string[] } {
  const line = formatStatement(statement);
  const made = keys.map((key) => signWithKeygen(Buffer.from(line), key, KEY_NAMESPACE, 'The statement'));
  const again = new Set(made.map(({ signature }) => signature.key.fingerprint));
  const blocks = [...known.filter((block) => !again.has(parseSshSignature(block).key.fingerprint)), ...made.map(({ armored }) => armored)];
  const signed = readStatement(line, blocks);
  assertAccepted(signed, before);
  return { signed, blocks };
}

function assertAccepted(signed: SignedStatement, before: readonly SignedStatement[]): void {
  const reason = refusalOf(signed, before, signed.statement.dataset);
  if (reason === null) return;
  throw new CurationError('USAGE', `Nobody would accept this statement: ${reason}.`, { suggestions: ['See what was said of the keys before: releases/keys/'] });
}
