import { KEY_NAMESPACE, KEY_STATEMENT_FORMAT, type KeyStatement } from '../model/key-statement.js';
import { canonicalJson } from './canonical-json.js';
import { sha256Hex } from './digest.js';
import { parseJsonStrict } from './json.js';
import { formatPublicKey, parsePublicKeyLine, type SshPublicKey } from './ssh-public-key.js';
import { parseSshSignature } from './ssh-signature.js';
import { SshFormatError } from './ssh-wire.js';

/** A statement whose form and signatures hold; whether it fits into the log and whom it binds is for others to say. */
export interface SignedStatement {
  statement: KeyStatement;
  /** Its bytes and its signatures, as they stand in a log. */
  text: string;
  /** sha256 over its bytes. */
  digest: string;
  key: SshPublicKey;
  /** Null unless it is succeeded. */
  successor: SshPublicKey | null;
  /** The keys that signed it, each once. */
  signers: SshPublicKey[];
}

/** The bytes of a statement: those that are signed, and those of its file. */
export function formatStatement(statement: KeyStatement): string {
  return `${canonicalJson(statement)}\n`;
}

/**
 * Reads a statement and checks its signatures.
 * @param line its bytes, with the line end
 * @throws {SshFormatError} with what is wrong about it
 */
export function readStatement(line: string, signatures: readonly string[]): SignedStatement {
  const statement = parseStatement(line);
  const key = readKeyOf(statement.key, 'key');
  const successor = statement.successor === undefined ? null : readKeyOf(statement.successor, 'successor');
  const signers = new Map<string, SshPublicKey>();
  for (const block of signatures) {
    const signature = parseSshSignature(block);
    if (signature.namespace !== KEY_NAMESPACE) throw new SshFormatError(`a signature was made for ${signature.namespace.slice(0, 60)}, not for ${KEY_NAMESPACE}`);
    if (!signature.covers(Buffer.from(line))) throw new SshFormatError('a signature is not over these bytes');
    signers.set(signature.key.fingerprint, signature.key);
  }
  const text = `${line}${signatures.map((block) => `${block.trim()}\n`).join('')}`;
  return { statement, text, digest: sha256Hex(line), key, successor, signers: [...signers.values()] };
}

function readKeyOf(line: string, member: string): SshPublicKey {
  try {
    const key = parsePublicKeyLine(line);
    if (formatPublicKey(key) === line) return key;
  } catch (error) {
    if (!(error instanceof SshFormatError)) throw error;
    throw new SshFormatError(`its ${member} cannot be used: ${error.message}`);
  }
  throw new SshFormatError(`its ${member} is more than a key type and a key`);
}

/** The members by hand: the rooms that read statements have no schema validator in common. */
function parseStatement(line: string): KeyStatement {
  const reading = parseJsonStrict(line, { maxBytes: 64 << 10, maxDepth: 4 });
  if (!reading.ok) throw new SshFormatError(reading.reason);
  const value = reading.value as KeyStatement;
  const defect = findDefect(value as unknown as Record<string, unknown>);
  if (defect !== null) throw new SshFormatError(defect);
  if (formatStatement(value) !== line) throw new SshFormatError('it is not in the canonical form of RFC 8785 with one line end');
  return value;
}

function findDefect(value: unknown): string | null {
  if (!isRecord(value)) return 'it is no object';
  const { format, dataset, number, previous, action, date, key, successor, after, from_sequence: from } = value;
  if (format !== KEY_STATEMENT_FORMAT) return `its format is not ${KEY_STATEMENT_FORMAT}`;
  if (typeof dataset !== 'string' || dataset === '') return 'it names no dataset';
  if (!isCount(number)) return 'its number is no whole number from 1';
  if (previous !== null && !isDigest(previous)) return 'its previous is neither null nor a sha256';
  if (action !== 'succeed' && action !== 'revoke') return 'its action is neither succeed nor revoke';
  if (typeof date !== 'string' || !isDay(date)) return 'its date is no day of the calendar';
  if (typeof key !== 'string') return 'it has no key';
  if ((action === 'succeed') !== (typeof successor === 'string')) return 'a successor stands where one key succeeds another, and only there';
  if (after !== null && !(isRecord(after) && typeof after.version === 'string' && isDigest(after.digest) && isCount(after.sequence))) return 'its after is neither null nor a release';
  return isCount(from) ? null : 'its from_sequence is no whole number from 1';
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 1;
}

function isDigest(value: unknown): boolean {
  return typeof value === 'string' && /^[0-9a-f]{64}$/.test(value);
}

function isDay(text: string): boolean {
  const time = Date.parse(`${text}T00:00:00Z`);
  return /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(time) && new Date(time).toISOString().startsWith(text);
}
