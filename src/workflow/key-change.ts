import { join, relative } from 'node:path';
import { defaultEffects, type Effects } from '../effects.js';
import { CurationError } from '../errors.js';
import { sha256Hex } from '../fixity/digest.js';
import { formatStatement, type SignedStatement } from '../fixity/key-statement.js';
import type { SshPublicKey } from '../fixity/ssh-public-key.js';
import { splitSshSignatures } from '../fixity/ssh-signature.js';
import type { KeyStatement, KeyStatementReport } from '../model/key-statement.js';
import { addStatement, readKeyFolder, replaceSignatures, statementName } from '../release/signing/key-folder.js';
import { assertFollows, draftStatement, signStatement, type KeyChange } from '../release/signing/key-change.js';
import { readLog, type LogEntry } from '../release/release-log.js';
import { readPublicKey } from '../release/signing/ssh-keygen.js';
import { withLock } from '../workspace/lock.js';
import type { Workspace } from '../workspace/workspace.js';

/** How long a statement waits for another command in the same workspace, in ms. */
const LOCK_WAIT_MS = 60_000;

export interface RotateKeyOptions {
  /** The key that signs now: private, or public with an agent or token behind it. */
  from: string;
  /** The public file of the key that takes its place. */
  to: string;
  /** Day of the statement, YYYY-MM-DD; today by default. */
  date?: string;
  /** Tell what would be signed, sign and write nothing. */
  dryRun?: boolean;
}

export interface RevokeKeyOptions {
  /** The key that must not be trusted any more. */
  key: string;
  /** Keys that sign the revocation; the key itself by default. */
  by?: readonly string[];
  /** Version of the first published release that it must not have signed; from the next release on by default. */
  since?: string;
  date?: string;
  dryRun?: boolean;
}

/**
 * Adds the statement that another key signs the releases from the next one on, signed by the key that did so far.
 * @throws {CurationError} USAGE when readers would refuse it, SIGNING_FAILED, RELEASE_INVALID when a log is broken, LOCKED
 */
export async function rotateKey(workspace: Workspace, options: RotateKeyOptions, effects: Effects = defaultEffects): Promise<KeyStatementReport> {
  const [key, successor] = [readPublicKey(options.from), readPublicKey(options.to)];
  return withLog(workspace, effects, ({ before, releases }) => {
    const change: KeyChange = { dataset: workspace.config.dataset.id, date: options.date ?? today(effects), key, successor };
    const statement = draftStatement(change, before, releases.at(-1));
    assertFollows(statement, change, before);
    if (options.dryRun === true) return report(workspace, statement, change, null);
    return report(workspace, statement, change, publish(workspace, statement, [options.from], before));
  });
}

/**
 * Adds the statement that a key must not be trusted for the releases from one on, signed by the key itself or by others. Said
 * once more of the same key, it gathers more signatures.
 * @throws {CurationError} USAGE, RELEASE_NOT_FOUND, SIGNING_FAILED, RELEASE_INVALID, LOCKED
 */
export async function revokeKey(workspace: Workspace, options: RevokeKeyOptions, effects: Effects = defaultEffects): Promise<KeyStatementReport> {
  const key = readPublicKey(options.key);
  const signers = options.by ?? [options.key];
  return withLog(workspace, effects, ({ before, releases }) => {
    const last = before.at(-1);
    if (last?.statement.action === 'revoke' && last.key.fingerprint === key.fingerprint) return addSignatures(workspace, before, signers, options.dryRun === true);
    const fromSequence = options.since === undefined ? undefined : sequenceOf(releases, options.since);
    const change: KeyChange = { dataset: workspace.config.dataset.id, date: options.date ?? today(effects), key, successor: null, ...(fromSequence === undefined ? {} : { fromSequence }) };
    const statement = draftStatement(change, before, releases.at(-1));
    assertFollows(statement, change, before);
    return report(workspace, statement, change, options.dryRun === true ? null : publish(workspace, statement, signers, before));
  });
}

function withLog<T>({ paths, config }: Workspace, effects: Effects, work: (log: { before: SignedStatement[]; releases: LogEntry[] }) => T): Promise<T> {
  const options = { doing: 'changing a signing key', waitMs: LOCK_WAIT_MS, onWait: (message: string) => effects.warn(message) };
  return withLock(paths.lock, options, async () => work({ before: readKeyFolder(paths, config.dataset.id), releases: await readLog(paths) }));
}

function publish({ paths }: Workspace, statement: KeyStatement, keys: readonly string[], before: readonly SignedStatement[]): SignedStatement {
  const { signed, blocks } = signStatement(statement, keys, before);
  addStatement(paths, statement.number, formatStatement(statement), blocks);
  return signed;
}

function addSignatures(workspace: Workspace, statements: readonly SignedStatement[], keys: readonly string[], dryRun: boolean): KeyStatementReport {
  const { statement, key, text } = statements.at(-1)!;
  const change: KeyChange = { dataset: statement.dataset, date: statement.date, key, successor: null };
  if (dryRun) return report(workspace, statement, change, null);
  const known = splitSshSignatures(text.slice(text.indexOf('\n') + 1));
  const { signed, blocks } = signStatement(statement, keys, statements.slice(0, -1), known);
  replaceSignatures(join(workspace.paths.releases, statementName(statement.number)), blocks);
  return report(workspace, statement, change, signed);
}

function sequenceOf(releases: readonly LogEntry[], version: string): number {
  const entry = releases.find(({ document }) => document.version === version);
  if (entry !== undefined) return entry.sequence;
  throw new CurationError('RELEASE_NOT_FOUND', `There is no release ${JSON.stringify(version)}.`, { suggestions: ['See: colophon release list'] });
}

function today(effects: Effects): string {
  return effects.now().toISOString().slice(0, 10);
}

function report({ paths, root }: Workspace, statement: KeyStatement, { key, successor }: KeyChange, signed: SignedStatement | null): KeyStatementReport {
  const fingerprint = (each: SshPublicKey) => each.fingerprint;
  return {
    dry_run: signed === null,
    statement,
    digest: `sha256:${sha256Hex(formatStatement(statement))}`,
    path: relative(root, join(paths.releases, statementName(statement.number))),
    key: fingerprint(key),
    successor: successor === null ? null : fingerprint(successor),
    signed_by: signed === null ? [] : signed.signers.map(fingerprint),
  };
}
