import { isSafePath, parseListLine, type ListForm } from './lists.js';

/** What is wrong with a copy of a release, by the kinds of `verify`. */
export interface CopyProblem {
  kind: 'corrupt' | 'truncated' | 'missing' | 'extra' | 'renamed' | 'unsafe-path' | 'duplicate' | 'manifest-malformed' | 'manifest-tampered' | 'unreadable';
  path: string;
  message: string;
  expected?: string;
  found?: string;
}

/** A file of the copy; the path is relative to the folder of the release. */
export interface CopyFile {
  path: string;
  size: number;
}

/** What the lists say of a payload file. */
interface Listed {
  digest: string;
  /** -1 where no list that can be trusted tells it. */
  size: number;
  /** fetch.txt says where it is: this copy need not carry it. */
  fetchable: boolean;
}

/** Files beside data/ that no manifest lists. */
const UNLISTED = new Set(['tagmanifest-sha256.txt', 'release.json.sig', 'release.json.minisig', 'release.json.keys', 'NOTICE']);
/** Files that every release has; a change in them is tampering with the lists. */
const LISTS = new Set(['bagit.txt', 'bag-info.txt', 'manifest-sha256.txt', 'payload-sizes.txt', 'release.json', 'fetch.txt']);
const REQUIRED = ['bagit.txt', 'bag-info.txt', 'manifest-sha256.txt', 'payload-sizes.txt', 'release.json', 'tagmanifest-sha256.txt'];
/** Where release.json gives the digest of a file beside data/. */
const PINS: [name: string, member: string][] = [
  ['manifest-sha256.txt', 'manifest'],
  ['bagit.txt', 'bagit'],
  ['bag-info.txt', 'bag_info'],
  ['fetch.txt', 'fetch'],
  ['payload-sizes.txt', 'sizes'],
  ['CHANGES.md', 'changes'],
  ['index.html', 'page'],
];
/** Malformed lines that are told one by one. */
const MAX_MALFORMED = 20;

/**
 * Compares a copy with the lists of its release, both ways; reads no byte itself. First `takeLine` gets every line of the
 * lists, then `judgeTagFile` the digest of every file beside data/, then `compare` tells what to hash, `judgePayload` takes
 * the digests, and `reportMoved` closes.
 */
export class CopyCheck {
  readonly problems: CopyProblem[] = [];
  readonly #files: Map<string, CopyFile>;
  readonly #listed = new Map<string, Listed>();
  readonly #tagLines = new Map<string, string>();
  readonly #pins = new Map<string, string>();
  #malformed = 0;
  #sizesTrusted = true;
  #missing: string[] = [];
  #extras: string[] = [];
  /** Files that fetch.txt excuses. */
  notCarried = 0;

  constructor(files: readonly CopyFile[]) {
    this.#files = new Map(files.map((file) => [file.path, file]));
  }

  report(kind: CopyProblem['kind'], path: string, message: string, comparison: { expected?: string; found?: string } = {}): void {
    this.problems.push({ kind, path, message, ...comparison });
  }

  /** The digests that release.json gives; nothing of it is trusted but texts of 64 hex digits. */
  takePins(digests: unknown): void {
    if (typeof digests !== 'object' || digests === null) return;
    const members = new Map<string, unknown>(Object.entries(digests));
    for (const [name, member] of PINS) {
      const digest = members.get(member);
      if (typeof digest === 'string' && /^[0-9a-f]{64}$/.test(digest)) this.#pins.set(name, digest);
    }
  }

  pinOf(name: string): string | undefined {
    return this.#pins.get(name);
  }

  /** A line of a list; null when it is none. The payload manifest comes before the lists of sizes and URLs. */
  takeLine(list: string, line: string | null, number: number): void {
    const form: ListForm = list === 'payload-sizes.txt' ? 'sizes' : list === 'fetch.txt' ? 'fetch' : 'digests';
    const entry = line === null ? null : parseListLine(form, line);
    if (entry === null) return this.#noteMalformed(list, `Line ${number} does not have the form of this list.`);
    const { value, path } = entry;
    if (!isSafePath(path)) return this.report('unsafe-path', path, `Line ${number} of ${list} leads out of the folder. It was not looked at.`);
    if (list === 'tagmanifest-sha256.txt') return this.#addOnce(list, this.#tagLines, path, value, value);
    if (list === 'manifest-sha256.txt') {
      if (!path.startsWith('data/')) return this.report('unsafe-path', path, `Line ${number} of ${list} is not about a file below data/. It was not looked at.`);
      return this.#addOnce(list, this.#listed, path, { digest: value, size: -1, fetchable: false }, value);
    }
    const listed = this.#listed.get(path);
    if (listed === undefined) return this.#noteMalformed(list, `Line ${number} is about a file that the manifest does not list.`);
    if (form === 'fetch') listed.fetchable = true;
    else if (listed.size >= 0) this.report('duplicate', path, `${list} lists it again in line ${number}.`);
    else listed.size = Number(value);
  }

  #addOnce<Value>(list: string, entries: Map<string, Value>, path: string, value: Value, digest: string): void {
    const known = entries.get(path);
    if (known === undefined) entries.set(path, value);
    else this.report('duplicate', path, `${list} lists it twice.`, { found: digest });
  }

  #noteMalformed(list: string, message: string): void {
    this.#malformed += 1;
    if (this.#malformed <= MAX_MALFORMED) this.report('manifest-malformed', list, message);
    else if (this.#malformed === MAX_MALFORMED + 1) this.report('manifest-malformed', list, 'More lines are malformed.');
  }

  /** Files beside data/ whose digests are wanted. */
  tagFiles(): string[] {
    const names = new Set([...REQUIRED, ...this.#tagLines.keys(), ...this.#pins.keys()]);
    for (const name of names) if (!this.#files.has(name)) this.report('missing', name, this.#tagLines.has(name) ? 'The tag manifest lists it and it is not there.' : 'It is not there, and no release is without it.');
    return [...names].filter((name) => this.#files.has(name) && !UNLISTED.has(name));
  }

  /**
   * Compares a file beside data/ with the two that vouch for it.
   * @param pinned what release.json has the digest of: for the page, the page without the release digest in it, null when that is not in its place
   */
  judgeTagFile(name: string, found: string, pinned: string | null = found): void {
    const pin = this.#pins.get(name);
    const line = this.#tagLines.get(name);
    const kind = LISTS.has(name) ? 'manifest-tampered' : 'corrupt';
    const before = this.problems.length;
    if (pin !== undefined && pin !== pinned) this.report(kind, name, 'It is not the file that release.json describes.', { expected: pin, found: pinned ?? found });
    else if (line === undefined && this.#tagLines.size > 0) this.report('manifest-tampered', 'tagmanifest-sha256.txt', `Its line for ${name} is gone.`);
    else if (line !== undefined && line !== found) this.report(kind, name, 'It is not the file that the tag manifest lists.', { expected: line, found });
    if (name === 'payload-sizes.txt' && this.problems.length > before) this.#sizesTrusted = false;
  }

  /** Names what is missing, extra, or of another size, and returns the files whose bytes have to be hashed. */
  compare(): CopyFile[] {
    const same: CopyFile[] = [];
    if (this.#listed.size === 0) this.report('manifest-malformed', 'manifest-sha256.txt', 'It lists nothing.');
    for (const [path, { size, fetchable }] of this.#listed) {
      const file = this.#files.get(path);
      if (file === undefined && fetchable) this.notCarried += 1;
      else if (file === undefined) this.#missing.push(path);
      else if (this.#sizesTrusted && size >= 0 && file.size !== size) this.#reportSize(path, size, file.size);
      else same.push(file);
    }
    for (const path of this.#files.keys()) if (!this.#listed.has(path) && !this.#isTagFile(path)) this.#extras.push(path);
    return same;
  }

  #isTagFile(path: string): boolean {
    return UNLISTED.has(path) || this.#tagLines.has(path) || this.#pins.has(path) || REQUIRED.includes(path);
  }

  #reportSize(path: string, expected: number, found: number): void {
    const comparison = { expected: `${expected} bytes`, found: `${found} bytes` };
    if (found < expected) this.report('truncated', path, `It was cut short: ${expected - found} of ${expected} bytes are gone.`, comparison);
    else this.report('corrupt', path, `It is longer than the ${expected} bytes that were released.`, comparison);
  }

  judgePayload(path: string, found: string): void {
    const expected = this.#listed.get(path)?.digest;
    if (expected !== undefined && expected !== found) this.report('corrupt', path, 'Its bytes are not those that were released.', { expected, found });
  }

  /** Extra files that may be missing ones under another name: when nothing is missing, or the sizes are others, none. */
  possiblyMoved(): CopyFile[] {
    const sizes = new Set(this.#missing.map((path) => this.#listed.get(path)?.size ?? -1));
    const unknown = !this.#sizesTrusted || sizes.has(-1);
    return this.#extras.flatMap((path) => {
      const file = this.#files.get(path);
      return file !== undefined && this.#missing.length > 0 && (unknown || sizes.has(file.size)) ? [file] : [];
    });
  }

  /** Names what is missing, extra or renamed, given the digests of the extra files that were hashed. */
  reportMoved(digests: ReadonlyMap<string, string>): void {
    const places = new Map<string, string[]>();
    for (const path of this.#extras) {
      const digest = digests.get(path);
      if (digest !== undefined) places.set(digest, [...(places.get(digest) ?? []), path]);
    }
    const moved = new Set<string>();
    for (const path of this.#missing) {
      const target = places.get(this.#listed.get(path)?.digest ?? '')?.shift();
      if (target === undefined) this.report('missing', path, 'The manifest lists it and it is not there.');
      else {
        moved.add(target);
        this.report('renamed', path, `It is there as ${target}.`, { expected: path, found: target });
      }
    }
    for (const path of this.#extras) if (!moved.has(path)) this.report('extra', path, 'No manifest lists it: nothing vouches for its bytes.');
  }
}
