import { join } from 'node:path';
import { CurationError } from '../errors.js';
import { iterateLines, type Line, type TextDigest } from '../fixity/lines.js';
import { parseFetchLine, parseManifestLine, parseSizeLine } from '../fixity/manifest.js';
import { UnreadableFileError } from '../fixity/file.js';
import { compareBytewise } from '../fixity/order.js';
import { unpublishablePathReason } from '../fixity/safe-path.js';
import { listTree, type ListedEntry } from '../fixity/walk.js';
import { RELEASE_FILES, type ReleaseDocument } from '../model/release.js';

/** A file of a release as its lists describe it. */
export interface ReleaseFile {
  /** From the root of the release. */
  path: string;
  size_bytes: number;
  sha256: string;
}

/** A payload file; one that is not carried is described by fetch.txt and is not here. */
export interface PayloadEntry extends ReleaseFile {
  carried: boolean;
}

/** A payload file as the lists alone describe it. */
export interface ListedFile extends ReleaseFile {
  /** Where fetch.txt says that it is; null when a copy has to carry it. */
  url: string | null;
}

/** Makes the failure of a list or a file that is not what it should be. */
type DamageReport = (path: string, expected: string, found: string) => CurationError;

/**
 * The payload of a release in the bytewise order of the paths: manifest, size list, fetch list and tree are read side by
 * side and must agree, so that nothing is held in memory however many files there are. The lists must be those that
 * release.json vouches for, which is known at the end only: use nothing for good before the generator is done.
 * @throws {CurationError} RELEASE_INVALID naming the path, what was expected and what was found
 */
export function* payloadEntries(folder: string, document: ReleaseDocument): Generator<PayloadEntry> {
  const tree = new TreeReader(folder);
  for (const { url, ...file } of listedPayload(folder, document)) {
    const carried = tree.has(file.path);
    if (!carried && url === null) throw damaged(file.path, `a file of ${file.size_bytes} bytes`, 'no such file');
    yield { ...file, carried };
  }
  tree.end();
}

/**
 * The same by the lists alone, whatever is there of it.
 * @param fault what to throw
 * @throws {CurationError} as `fault` makes it
 */
export function* listedPayload(folder: string, { digests }: ReleaseDocument, fault: DamageReport = damaged): Generator<ListedFile> {
  const manifest = new ListReader(folder, RELEASE_FILES.manifest, parseManifestLine, fault);
  const sizes = new ListReader(folder, RELEASE_FILES.sizes, parseSizeLine, fault);
  const fetch = digests.fetch === undefined ? null : new ListReader(folder, RELEASE_FILES.fetch, parseFetchLine, fault);
  try {
    let last = '';
    for (let entry = manifest.next(); entry !== null; entry = manifest.next()) {
      const { path, digest } = entry;
      const reason = path.startsWith('data/') ? unpublishablePathReason(path) : 'is not below data/';
      if (reason !== null) throw fault(RELEASE_FILES.manifest, 'paths that may be published', `${path}, which ${reason}`);
      if (last !== '' && compareBytewise(last, path) >= 0) throw fault(RELEASE_FILES.manifest, 'sorted lines, each path once', `${path} behind ${last}`);
      last = path;
      const size = sizes.next();
      if (size?.path !== path) throw fault(RELEASE_FILES.sizes, path, size?.path ?? 'the end of the list');
      const elsewhere = fetch?.peek()?.path === path ? fetch.next() : null;
      yield { path, size_bytes: size.size_bytes, sha256: digest, url: elsewhere?.url ?? null };
    }
    manifest.end(digests.manifest);
    sizes.end(digests.sizes);
    fetch?.end(digests.fetch ?? '');
  } finally {
    for (const reader of [manifest, sizes, fetch]) reader?.close();
  }
}

/** What is wrong with a release that was to be sent on. */
export function damaged(path: string, expected: string, found: string): CurationError {
  return new CurationError('RELEASE_INVALID', `The release is damaged, and nothing of it is passed on: ${path}`, {
    expected,
    found,
    suggestions: ['See all that is wrong with it: colophon verify', 'Bring it back from a copy.'],
  });
}

/** Reads a list of a bag entry by entry; a line of another form ends it all. */
class ListReader<Entry extends { path: string }> {
  readonly #lines: Generator<Line, TextDigest>;
  #ahead: Entry | null | undefined;
  #digest: string | null = null;

  constructor(
    folder: string,
    readonly name: string,
    readonly parse: (line: string) => Entry | null,
    readonly fault: DamageReport,
  ) {
    this.#lines = iterateLines(join(folder, name));
  }

  /** Null at the end. */
  next(): Entry | null {
    const entry = this.peek();
    this.#ahead = undefined;
    return entry;
  }

  peek(): Entry | null {
    this.#ahead ??= this.#digest === null ? this.#read() : null;
    return this.#ahead;
  }

  #read(): Entry | null {
    try {
      const { done, value } = this.#lines.next();
      if (done === true) {
        this.#digest = value.sha256;
        return null;
      }
      const entry = value.defect === null ? this.parse(value.text) : null;
      if (entry === null) throw this.fault(this.name, 'lines of its form', `line ${value.number} has another`);
      return entry;
    } catch (error) {
      if (error instanceof UnreadableFileError) throw this.fault(this.name, 'a list', error.message);
      throw error;
    }
  }

  /** Asserts that the list is read to its end and is the one that release.json vouches for. */
  end(expected: string): void {
    const more = this.peek();
    if (more !== null) throw this.fault(this.name, 'the paths of the manifest', more.path);
    if (this.#digest !== expected) throw this.fault(this.name, `sha256:${expected}`, `sha256:${this.#digest}`);
  }

  close(): void {
    this.#lines.return({ size_bytes: 0, sha256: '', lines: 0 });
  }
}

/** Compares the files below data/ with a sorted list. */
class TreeReader {
  readonly #tree: Generator<ListedEntry>;
  #next: ListedEntry | undefined;

  constructor(folder: string) {
    this.#tree = listTree(folder, 'data/');
    this.#advance();
  }

  #advance(): void {
    const { done, value } = this.#tree.next();
    this.#next = done === true ? undefined : value;
  }

  /** Whether a listed path is there as a plain file; asserts that nothing unlisted sorts before it. */
  has(path: string): boolean {
    const here = this.#next;
    if (here === undefined) return false;
    const order = compareBytewise(here.path, path);
    if (order > 0) return false;
    if (order < 0) throw damaged(here.path, 'a path of the manifest', here.kind === 'file' ? 'a file that is in no list' : describe(here.kind));
    if (here.kind !== 'file') throw damaged(path, 'a plain file', describe(here.kind));
    this.#advance();
    return true;
  }

  end(): void {
    if (this.#next !== undefined) throw damaged(this.#next.path, 'a path of the manifest', this.#next.kind === 'file' ? 'a file that is in no list' : describe(this.#next.kind));
  }
}

function describe(kind: ListedEntry['kind']): string {
  return kind === 'link' ? 'a link' : kind === 'special' ? 'a fifo, socket or device' : 'something that cannot be read';
}
