import { isUtf8 } from 'node:buffer';
import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { systemErrorCode } from '../../errors.js';
import { RunningDigests } from '../../fixity/named-digest.js';
import { unsafePathReason } from '../../fixity/safe-path.js';
import type { ProblemKind } from '../../model/verification.js';
import type { ArchiveLimits } from './archive-limits.js';
import type { ArchiveEntry, ArchiveReceiver } from './tar-scanner.js';

/** A file in an archive that was read. */
export interface ArchivedFile {
  size_bytes: number;
  /** In the order of the algorithms of the intake. */
  digests: string[];
}

/** Thrown when an archive must not be read on. */
export class ArchiveStop extends Error {
  override readonly name = 'ArchiveStop';
}

/** Where an intake tells what it finds. */
export type ReportArchive = (kind: ProblemKind, path: string, message: string) => void;

/** Lists lie at the top of a release or bag, or in the only folder of an archive: no deeper than this, and not in the payload. */
const LIST_PATH = /^(?!data\/)[^/]+(?:\/[^/]+)?$/;

const NO_LIST = new Set(['EEXIST', 'ENOTDIR', 'EISDIR', 'ENAMETOOLONG', 'EILSEQ', 'EINVAL']);

/**
 * Takes in what archives hold: names, sizes and digests of the files, and the bytes of the few that may be lists, which are put into a
 * folder of our own. Nothing else is written, and no name is joined to a folder before it has passed the rules.
 */
export class ArchiveIntake implements ArchiveReceiver {
  readonly files = new Map<string, ArchivedFile>();
  readonly folders = new Set<string>();
  /** Files that were put aside. */
  readonly aside = new Set<string>();
  #archive = '';
  #archiveBytes = 0;
  #entries = 0;
  #bytes = 0;
  #listBytes = 0;
  #open: { path: string | null; size_bytes: number; running: RunningDigests; descriptor: number | null } | null = null;

  /** @param folder where lists are put aside; null when none are wanted */
  constructor(
    readonly algorithms: readonly string[],
    readonly folder: string | null,
    readonly limits: ArchiveLimits,
    readonly report: ReportArchive,
  ) {}

  /** Bytes that came out so far. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Turns to an archive, of the name and size. */
  turnTo(archive: string, size_bytes: number): void {
    this.#archive = archive;
    this.#archiveBytes += size_bytes;
  }

  begin({ name, kind }: ArchiveEntry): void {
    this.#entries += 1;
    if (this.#entries > this.limits.entries) throw new ArchiveStop(`it has more than ${this.limits.entries} entries`);
    const path = this.#judgeName(name, kind);
    if (path !== null && kind === 'folder') this.#addFolder(path);
    else if (path !== null && kind !== 'file' && kind !== 'folder') this.report(kind, path, kind === 'link' ? 'The archive holds a link there: it was not followed.' : 'The archive holds a device, a fifo, a sparse file or another thing there that is no plain file.');
    const isNew = path !== null && kind === 'file' && this.#isNew(path);
    this.#open = { path: isNew ? path : null, size_bytes: 0, running: new RunningDigests(isNew ? this.algorithms : []), descriptor: isNew ? this.#openAside(path) : null };
  }

  data(bytes: Buffer): void {
    this.#bytes += bytes.length;
    if (this.#bytes > this.limits.bytes) throw new ArchiveStop(`more than ${this.limits.bytes} bytes come out of it`);
    if (this.#bytes > this.limits.ratioFromBytes && this.#bytes > this.limits.ratio * this.#archiveBytes) throw new ArchiveStop(`more than ${this.limits.ratio} times its own size comes out of it`);
    const open = this.#open;
    if (open === null || open.path === null) return;
    open.size_bytes += bytes.length;
    open.running.update(bytes);
    if (open.descriptor !== null) this.#writeAside(open.descriptor, open.path, open.size_bytes, bytes);
  }

  end(): void {
    const open = this.#open;
    this.#open = null;
    if (open === null || open.path === null) return;
    if (open.descriptor !== null) closeSync(open.descriptor);
    this.files.set(open.path, { size_bytes: open.size_bytes, digests: open.running.hex() });
    const slash = open.path.lastIndexOf('/');
    if (slash > 0) this.#addFolder(open.path.slice(0, slash));
  }

  fault(message: string): void {
    this.report('archive-malformed', this.#archive, `The archive is not to be relied on: ${message}.`);
  }

  /** Lets go of an entry that was not finished, and finds names that cannot be unpacked side by side. */
  finish(): void {
    if (this.#open?.descriptor !== null && this.#open?.descriptor !== undefined) closeSync(this.#open.descriptor);
    this.#open = null;
    for (const path of this.files.keys()) if (this.folders.has(path)) this.report('collision', path, 'The archive holds a file and a folder of this name.');
  }

  /** The path of an entry, or null for one that must not be looked at, or that is the folder of all. */
  #judgeName(name: string, kind: ArchiveEntry['kind']): string | null {
    const bytes = Buffer.from(name, 'latin1');
    const text = isUtf8(bytes) ? bytes.toString('utf8') : name;
    const path = text.replace(/^(?:\.\/)+/, '').replace(kind === 'folder' ? /\/+$/ : /$^/, '');
    if (kind === 'folder' && (path === '' || path === '.')) return null;
    const reason = unsafePathReason(path);
    if (reason === null) return path;
    this.report('unsafe-path', text, `The archive holds a path that ${reason}; unpacked it might be written anywhere.`);
    return null;
  }

  #isNew(path: string): boolean {
    if (!this.files.has(path)) return true;
    this.report('duplicate', path, 'The archive holds it more than once: which one is unpacked depends on the program.');
    return false;
  }

  #addFolder(path: string): void {
    for (let folder = path; !this.folders.has(folder); folder = dirname(folder)) {
      if (folder === '.') return;
      this.folders.add(folder);
    }
  }

  #openAside(path: string): number | null {
    if (this.folder === null || !LIST_PATH.test(path)) return null;
    const place = join(this.folder, path);
    try {
      mkdirSync(dirname(place), { recursive: true, mode: 0o700 });
      const descriptor = openSync(place, 'wx', 0o600);
      this.aside.add(path);
      return descriptor;
    } catch (error) {
      // a file where a folder is wanted, a name that is too long: such a thing is no list
      if (!NO_LIST.has(systemErrorCode(error) ?? '')) throw error;
      return null;
    }
  }

  #writeAside(descriptor: number, path: string, size: number, bytes: Buffer): void {
    this.#listBytes += bytes.length;
    if (size > this.limits.listBytes || this.#listBytes > this.limits.allListBytes) throw new ArchiveStop(`${path} and the other files at its top are larger than lists are`);
    for (let at = 0; at < bytes.length; ) at += writeSync(descriptor, bytes, at);
  }
}
