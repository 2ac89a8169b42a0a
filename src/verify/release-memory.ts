import { readdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { systemErrorCode } from '../errors.js';
import { createFile, makeParentFolder, writeFileAtomic } from '../fixity/atomic-file.js';
import { canonicalJson } from '../fixity/canonical-json.js';
import { sha256Hex } from '../fixity/digest.js';
import { readRegularFile, UnreadableFileError } from '../fixity/file.js';
import { parseJsonStrict } from '../fixity/json.js';
import { MAX_KEY_LOG_BYTES } from '../fixity/key-log.js';
import type { SeenRelease } from '../model/verification.js';

/** What identifies a dataset to its readers: its id, and the fingerprint of a key that signs it; '' when nobody named keys. */
export interface DatasetIdentity {
  dataset: string;
  key: string;
}

/** What a machine has seen of datasets. All methods may throw `CurationError` IO_FAILED or `UnreadableFileError`. */
export interface ReleaseMemory {
  /** The release of the highest sequence; null when none was seen. */
  highest(identity: DatasetIdentity): SeenRelease | null;
  /** What was seen under a sequence. */
  at(identity: DatasetIdentity, sequence: number): SeenRelease | null;
  /** Remembers a release under its sequence, unless one is remembered there. */
  remember(identity: DatasetIdentity, release: SeenRelease): void;
  /** The statements about signing keys that were seen; null when none were. */
  keyLog(identity: DatasetIdentity): string | null;
  rememberKeyLog(identity: DatasetIdentity, text: string): void;
}

/** The folder of a user's state (XDG Base Directory Specification 0.8: a relative path in the variable is invalid). */
export function stateFolder(environment: NodeJS.ProcessEnv = process.env): string {
  const named = environment.XDG_STATE_HOME;
  return join(named !== undefined && isAbsolute(named) ? named : join(homedir(), '.local', 'state'), 'colophon');
}

const MAX_RECORD_BYTES = 4096;

/**
 * Remembers in files: a folder an identity, in it a file a sequence. A file is made once and never changed, so that programs
 * that verify at the same time lose nothing, and an older release is compared as well as the newest.
 */
export class FileMemory implements ReleaseMemory {
  constructor(readonly folder: string) {}

  highest(identity: DatasetIdentity): SeenRelease | null {
    const sequences = this.#list(identity).flatMap((name) => /^([1-9][0-9]{0,14})\.json$/.exec(name)?.[1] ?? []).map(Number);
    return sequences.length === 0 ? null : this.at(identity, sequences.reduce((a, b) => Math.max(a, b)));
  }

  at(identity: DatasetIdentity, sequence: number): SeenRelease | null {
    const path = join(this.#place(identity), `${sequence}.json`);
    const bytes = read(path, MAX_RECORD_BYTES);
    if (bytes === null) return null;
    const reading = parseJsonStrict(bytes);
    const value = reading.ok ? (reading.value as (SeenRelease & DatasetIdentity) | null) : null;
    if (value?.dataset !== identity.dataset || value.key !== identity.key || value.sequence !== sequence || !/^sha256:[0-9a-f]{64}$/.test(value.digest))
      throw new UnreadableFileError('unreadable', null, path);
    return { version: value.version, sequence, digest: value.digest };
  }

  remember(identity: DatasetIdentity, { version, sequence, digest }: SeenRelease): void {
    if (this.at(identity, sequence) !== null) return;
    const path = join(this.#place(identity), `${sequence}.json`);
    makeParentFolder(path);
    try {
      createFile(path, canonicalJson({ ...identity, version, sequence, digest }), { mode: 0o600 });
    } catch (error) {
      // another run was quicker
      if (this.at(identity, sequence) === null) throw error;
    }
  }

  keyLog(identity: DatasetIdentity): string | null {
    return read(join(this.#place(identity), 'keys'), MAX_KEY_LOG_BYTES)?.toString('utf8') ?? null;
  }

  rememberKeyLog(identity: DatasetIdentity, text: string): void {
    if ((this.keyLog(identity)?.length ?? 0) >= text.length) return;
    const path = join(this.#place(identity), 'keys');
    makeParentFolder(path);
    writeFileAtomic(path, text, { mode: 0o600 });
  }

  #place({ dataset, key }: DatasetIdentity): string {
    return join(this.folder, 'seen', sha256Hex(canonicalJson([dataset, key])).slice(0, 32));
  }

  #list(identity: DatasetIdentity): string[] {
    try {
      return readdirSync(this.#place(identity));
    } catch (error) {
      if (systemErrorCode(error) === 'ENOENT') return [];
      throw new UnreadableFileError('unreadable', systemErrorCode(error) ?? null, this.#place(identity));
    }
  }
}

/** Null when there is no such file. */
function read(path: string, maxBytes: number): Buffer | null {
  try {
    return readRegularFile(path, maxBytes);
  } catch (error) {
    if (error instanceof UnreadableFileError && error.defect === 'missing') return null;
    throw error;
  }
}
