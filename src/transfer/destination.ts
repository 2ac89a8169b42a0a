import { CurationError } from '../errors.js';
import type { ReleaseFile } from './release-tree.js';

/** A file at a destination. */
export interface PlacedFile {
  path: string;
  size_bytes: number;
}

/** A small document at a destination, and what tells whether it is still the same when it is replaced. */
export interface PlacedDocument {
  bytes: Buffer;
  tag: string;
}

/**
 * Where releases are pushed to: a folder or a bucket that has the shape of `releases/`. Paths are relative to it; those of
 * release files to the folder of the release that it was opened for.
 */
export interface Destination {
  /** How messages and reports name it. */
  readonly name: string;
  /** True when nobody sees a file of the release before `publish`: the number is claimed after the files then, and before them otherwise. */
  readonly staged: boolean;
  /** Images of the release that are there, in the bytewise order of their paths. */
  images(): AsyncIterable<PlacedFile>;
  /** Whether a file of the release is there with these bytes; by which evidence is said at each destination. */
  compare(file: ReleaseFile): Promise<'same' | 'different' | 'absent'>;
  /**
   * Brings a file of the release there, checked on its way, and never over another one.
   * @throws {CurationError} PUSH_CONFLICT, RELEASE_INVALID, DISK_FULL, IO_FAILED, TRANSFER_FAILED
   */
  put(folder: string, file: ReleaseFile): Promise<void>;
  /** A document of at most 16 MiB; null when there is none. */
  read(path: string): Promise<PlacedDocument | null>;
  /** Creates a document, whole or not at all; false when there is one already. */
  create(path: string, bytes: Buffer): Promise<boolean>;
  /** Replaces the document that was read with this tag; false when it is another one by now. */
  replace(path: string, bytes: Buffer, tag: string): Promise<boolean>;
  /** Lets everybody see the release; durable then. */
  publish(): Promise<void>;
}

/** Something else is where a file of the release belongs. */
export function conflict(destination: Destination, path: string, expected: string, found: string): CurationError {
  return new CurationError('PUSH_CONFLICT', `Something else is at the destination, and it is not replaced: ${destination.name}/${path}`, {
    expected,
    found,
    suggestions: ['Push to another folder or prefix.', 'If that is the rest of a push that nobody will finish, remove it there, its file in log/ as well.'],
  });
}
