import { closeSync, fsync, lstatSync, mkdirSync, openSync, readdirSync, renameSync, rmSync, unlinkSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { CurationError, systemErrorCode, wrapSystemError } from '../errors.js';
import { createFile, fsyncFolder, makeParentFolder, writeFileAtomic } from '../fixity/atomic-file.js';
import { FileDigester, sha256Hex, SizeError } from '../fixity/digest.js';
import { readRegularFile, UnreadableFileError } from '../fixity/file.js';
import { listTree } from '../fixity/walk.js';
import type { LogEntry } from '../release/release-log.js';
import { MAX_DOCUMENT_BYTES } from '../release/release-document.js';
import { readPieces } from './checked-file.js';
import { conflict, type Destination, type PlacedDocument, type PlacedFile } from './destination.js';
import type { ReleaseFile } from './release-tree.js';
import { IMAGE_FOLDER } from './shard-plan.js';

const flush = promisify(fsync);

/**
 * A folder that has the shape of `releases/`, on whatever file system. A release is put aside in it and renamed when it is
 * whole; what an interrupted push put aside is used again, file by file, if its bytes are right. Files are compared by
 * their digest. Links in it are never followed. The caller keeps other pushes away meanwhile.
 */
export class FolderDestination implements Destination {
  readonly staged: boolean;
  /** Folder of the release, or the one in which it is put aside. */
  readonly #release: string;
  readonly #target: string;
  readonly #digester = new FileDigester();

  /** @throws {CurationError} PUSH_CONFLICT when there is a link or a file in place of a folder; IO_FAILED */
  constructor(
    readonly name: string,
    { document, digest }: LogEntry,
  ) {
    this.#target = join(name, document.version);
    this.staged = !this.#isFolder(this.#target);
    this.#release = this.staged ? join(name, `.push-${document.version}-${digest.slice(0, 16)}`) : this.#target;
    if (this.staged && this.#isFolder(this.#release)) this.#refuseLinks();
  }

  /** Somebody who can write here could have put links into what an interrupted push left: nothing is written through one. */
  #refuseLinks(): void {
    for (const { path, kind } of listTree(this.#release)) if (kind !== 'file') throw conflict(this, `${this.#release}/${path}`, 'plain files', `a ${kind} entry`);
  }

  #isFolder(path: string): boolean {
    try {
      const stat = lstatSync(path, { throwIfNoEntry: false });
      if (stat === undefined) return false;
      if (stat.isDirectory()) return true;
    } catch (error) {
      if (systemErrorCode(error) === 'ENOTDIR') return false;
      throw wrapSystemError(error, 'looking at the destination', path);
    }
    throw conflict(this, path.slice(this.name.length + 1), 'a folder, or nothing', 'something else');
  }

  async *images(): AsyncGenerator<PlacedFile> {
    if (!this.#isFolder(join(this.#release, IMAGE_FOLDER))) return;
    for (const { path, kind } of listTree(this.#release, IMAGE_FOLDER)) {
      if (kind !== 'file') throw conflict(this, path, 'plain files', `a ${kind} entry`);
      yield { path, size_bytes: lstatSync(join(this.#release, path)).size };
    }
  }

  async compare({ path, size_bytes, sha256 }: ReleaseFile): Promise<'same' | 'different' | 'absent'> {
    try {
      return this.#digester.hashFile(join(this.#release, path), size_bytes).sha256 === sha256 ? 'same' : 'different';
    } catch (error) {
      if (error instanceof SizeError) return 'different';
      if (error instanceof UnreadableFileError) return error.defect === 'missing' ? 'absent' : 'different';
      throw error;
    }
  }

  async put(folder: string, file: ReleaseFile): Promise<void> {
    const target = join(this.#release, file.path);
    try {
      mkdirSync(dirname(target), { recursive: true });
      await this.#write(folder, file, target);
    } catch (error) {
      if (systemErrorCode(error) === 'EEXIST') throw conflict(this, file.path, `sha256:${file.sha256}`, 'another file');
      throw wrapSystemError(error, 'writing', target);
    }
  }

  async #write(folder: string, file: ReleaseFile, target: string): Promise<void> {
    // What is aside is ours: a push that was killed may have written half of it.
    if (this.staged) rmSync(target, { force: true });
    const descriptor = openSync(target, 'wx', 0o644);
    try {
      for (const piece of readPieces(folder, file)) for (let at = 0; at < piece.length; ) at += writeSync(descriptor, piece, at);
      await flush(descriptor);
    } catch (error) {
      unlinkSync(target);
      throw error;
    } finally {
      closeSync(descriptor);
    }
  }

  async read(path: string): Promise<PlacedDocument | null> {
    try {
      const bytes = readRegularFile(this.#document(path), MAX_DOCUMENT_BYTES);
      return { bytes, tag: sha256Hex(bytes) };
    } catch (error) {
      if (!(error instanceof UnreadableFileError)) throw error;
      if (error.defect === 'missing') return null;
      throw conflict(this, path, 'a plain file', error.message);
    }
  }

  async create(path: string, bytes: Buffer): Promise<boolean> {
    const target = this.#document(path);
    makeParentFolder(target);
    try {
      createFile(target, bytes, { mode: 0o644 });
      return true;
    } catch (error) {
      if (error instanceof CurationError && error.code === 'USAGE') return false;
      throw error;
    }
  }

  async replace(path: string, bytes: Buffer, tag: string): Promise<boolean> {
    if ((await this.read(path))?.tag !== tag) return false;
    writeFileAtomic(this.#document(path), bytes, { mode: 0o644 });
    return true;
  }

  /** Place of a document, in a folder that is none by a link; the destination itself may be one. */
  #document(path: string): string {
    for (let folder = dirname(path); folder !== '.'; folder = dirname(folder)) this.#isFolder(join(this.name, folder));
    return join(this.name, path);
  }

  async publish(): Promise<void> {
    try {
      for (const folder of foldersOf(this.#release)) fsyncFolder(folder);
      if (this.staged) renameSync(this.#release, this.#target);
      fsyncFolder(this.name);
    } catch (error) {
      throw wrapSystemError(error, 'moving the release into place', this.#target);
    }
  }
}

/** A folder and all below it; links are no folders. */
function foldersOf(root: string): string[] {
  const found = [root];
  for (let at = 0; at < found.length; at++) {
    const folder = found[at] as string;
    for (const entry of readdirSync(folder, { withFileTypes: true })) if (entry.isDirectory()) found.push(join(folder, entry.name));
  }
  return found;
}
