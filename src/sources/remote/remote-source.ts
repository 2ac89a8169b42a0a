import type { HeaderReading } from '../../model/header.js';
import type { OpenedFile, RangeRequest } from '../../network/source.js';

/** Digests that a store or a manifest says a file has, in lower-case hex: held against what was computed, never taken in its place. */
export interface ClaimedDigests {
  md5?: string;
  sha256?: string;
}

/** A file of a source that is elsewhere, as its listing names it. */
export interface RemoteFile {
  /** `/`-separated, unique in the source: `path` in `instance`. Must be one that a file here can have (localNameReason), else `unusable` says why it is not. */
  path: string;
  /** Null when only reading it tells. */
  size_bytes: number | null;
  /** What tells this version of it from another (an ETag, a version id); null when nothing does, and every pull reads it again. */
  revision: string | null;
  /** Last modification, ms since the epoch; null when nothing tells. */
  modified_ms: number | null;
  claimed: ClaimedDigests;
  /** Why it cannot be read at all, as a sentence; absent when it can. It becomes a row nevertheless: nothing is skipped in silence. */
  unusable?: string;
  /**
   * What kind of reason `unusable` is; default `unusable-name`. `folder-marker`: an empty object, as consoles of stores make them.
   * `not-given`: the source names it and does not have it. `checksum-mismatch`: what is said of it cannot all be so.
   */
  unusable_code?: 'unusable-name' | 'folder-marker' | 'not-given' | 'checksum-mismatch';
}

/** A file that is being read, and what the answer itself claims of it. */
export interface OpenedRemoteFile extends OpenedFile {
  claimed?: ClaimedDigests;
}

/** Images that are elsewhere: listed, then read one by one. */
export interface RemoteSource {
  /** How messages name it: no user, password, token or query. */
  readonly name: string;
  /** Requests sent so far, those of the listing too. */
  readonly requests: number;
  /**
   * True when sizes and revisions are what a manifest says, not what the store says of its files: a file of another size is not the one
   * that was promised, one that is not there never need have been, and no revision is a validator of the store.
   */
  readonly claims?: true;
  /** Files that the listing left out because the configuration does not want them. */
  readonly left_out: number;
  /**
   * Every file once, in any order; never all of them in memory.
   * @throws {SourceFailure} INTERRUPTED
   */
  list(): AsyncIterable<RemoteFile>;
  /**
   * Opens a file or a part of it, in the version that `file.revision` names where the server can tell. Only `path`, `size_bytes`,
   * `revision` and `modified_ms` of `file` are known when it is read again by a later command.
   * @returns null when there is none
   * @throws {SourceFailure} INTERRUPTED
   */
  open(file: RemoteFile, range?: RangeRequest): Promise<OpenedRemoteFile | null>;
  /**
   * The attributes of a file without its bytes, for a server that gives them (DICOMweb metadata).
   * @throws {SourceFailure} INTERRUPTED
   */
  headerOf?(file: RemoteFile): Promise<HeaderReading>;
  /** How many headers may be asked for at once, where one answer holds those of several files; else as many as there are connections. */
  readonly headersAtOnce?: number;
  /** Gives up the connections. */
  close(): void;
}
