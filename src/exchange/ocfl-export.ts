import { join, resolve } from 'node:path';
import { CurationError } from '../errors.js';
import { RELEASE_FILES } from '../model/release.js';
import type { LogEntry } from '../release/release-log.js';
import { FilePlacer } from './file-placer.js';
import type { OcflDigest, OcflInventory, OcflVersion } from './ocfl-inventory.js';
import { OcflStore } from './ocfl-store.js';
import { ReleaseFiles, type ReleaseFile } from './release-files.js';

export interface OcflOptions {
  root: string;
  /** Id of the object, a URI. */
  id: string;
  /** Of a new object; one that is there keeps its own. */
  algorithm: OcflDigest;
  hardlink: boolean;
  dryRun: boolean;
  tool: { name: string; version: string };
  signal?: AbortSignal | undefined;
  onProgress?: ((files: number, bytes: number) => void) | undefined;
}

/** What became of a storage root. */
export interface OcflOutcome {
  /** Absolute folder of the object. */
  object: string;
  added: { head: string; entry: LogEntry; files: number; new_files: number; bytes: number }[];
  /** Releases that the object has already. */
  present: LogEntry[];
}

/**
 * Adds releases to an OCFL 1.1 object, oldest first, one version each. Content that the object has is not written again. The versions
 * are staged beside the root and then renamed into place; after a kill the same call goes on.
 * @throws {CurationError} ARCHIVE_INVALID, RELEASE_INVALID, USAGE (a release older than what is there), DISK_FULL, IO_FAILED, INTERRUPTED
 */
export async function exportOcfl(entries: readonly LogEntry[], options: OcflOptions): Promise<OcflOutcome> {
  const store = new OcflStore(resolve(options.root), options.id);
  if (!options.dryRun) store.prepare();
  const inventory = store.open({ repair: !options.dryRun }) ?? emptyInventory(options);
  const published = releaseDigests(inventory);
  const present = entries.filter(({ digest }) => published.has(digest));
  const wanted = entries.filter(({ digest }) => !published.has(digest));
  refuseOlder(wanted, present);
  const placer = new FilePlacer({ ...options, sha512: inventory.digestAlgorithm === 'sha512' });
  const added: OcflOutcome['added'] = [];
  for (const entry of wanted) {
    const before = { files: placer.files, bytes: placer.bytes };
    const head = `v${inventory.versions.length + 1}`;
    const files = await addVersion(store, inventory, head, new ReleaseFiles(entry), placer, options);
    if (!options.dryRun) {
      placer.makeFolder(join(store.staging, head));
      store.writeInventories(head, inventory);
    }
    added.push({ head, entry, files, new_files: placer.files - before.files, bytes: placer.bytes - before.bytes });
  }
  if (added.length > 0 && !options.dryRun) {
    await placer.flush();
    store.sweep(added, inventory);
    store.install(added, inventory);
  }
  return { object: store.objectFolder, added, present };
}

function emptyInventory({ id, algorithm }: OcflOptions): OcflInventory {
  return { id, digestAlgorithm: algorithm, versions: [], manifest: new Map(), sha256: new Map() };
}

/** Adds a version to the inventory, and what it brings to the staging folder. Returns the number of its files. */
async function addVersion(store: OcflStore, inventory: OcflInventory, head: string, release: ReleaseFiles, placer: FilePlacer, options: OcflOptions): Promise<number> {
  const known = knownContent(inventory);
  const version = describeVersion(release.entry, options.tool);
  let files = 0;
  for (const file of allFiles(release)) {
    const digest = known.get(file.sha256) ?? bring(store, inventory, head, release, file, placer, options.dryRun);
    known.set(file.sha256, digest);
    append(version.state, digest, file.path);
    files += 1;
    await placer.pause();
  }
  inventory.versions.push(version);
  return files;
}

function* allFiles(release: ReleaseFiles): Generator<ReleaseFile, void, undefined> {
  yield* release.tagFiles();
  yield* release.payload();
}

/** Brings new content into the staged version; content that the object has under a digest it does not know by sha256 is dropped again. */
function bring(store: OcflStore, inventory: OcflInventory, head: string, release: ReleaseFiles, file: ReleaseFile, placer: FilePlacer, dryRun: boolean): string {
  const path = `${head}/content/${file.path}`;
  const target = join(store.staging, path);
  const placed = dryRun ? placer.digest(release, file) : placer.place(release, file, target);
  const digest = placed.sha512 ?? placed.sha256;
  if (inventory.manifest.has(digest)) {
    if (!dryRun) placer.drop(target);
    return digest;
  }
  append(inventory.manifest, digest, path);
  if (placed.sha512 !== null) append(inventory.sha256, placed.sha256, path);
  return digest;
}

/** Digest of the object's content by its sha256, which is what releases know it by. */
function knownContent({ digestAlgorithm, manifest, sha256 }: OcflInventory): Map<string, string> {
  if (digestAlgorithm === 'sha256') return new Map([...manifest.keys()].map((digest) => [digest, digest]));
  const byPath = new Map<string, string>();
  for (const [digest, paths] of manifest) for (const path of paths) byPath.set(path, digest);
  const known = new Map<string, string>();
  for (const [digest, paths] of sha256) for (const path of paths) if (byPath.has(path)) known.set(digest, byPath.get(path) as string);
  return known;
}

/** Release digests of the releases that the versions of an object hold. */
function releaseDigests(inventory: OcflInventory): Set<string> {
  const bySha256 = new Map([...knownContent(inventory)].map(([sha256, digest]) => [digest, sha256]));
  const digests = new Set<string>();
  for (const { state } of inventory.versions)
    for (const [digest, paths] of state) if (paths.includes(RELEASE_FILES.release)) digests.add(bySha256.get(digest) ?? '');
  return digests;
}

/** The date of a release is a day; an object wants a time, and no clock is asked. */
function describeVersion({ document, digest }: LogEntry, { name, version }: OcflOptions['tool']): OcflVersion {
  return {
    created: `${document.date}T00:00:00Z`,
    message: `Release ${document.version} of ${document.dataset.id}, release digest sha256:${digest}`,
    user: { name: `${name} ${version}`, address: `urn:${name}:${version}` },
    state: new Map(),
  };
}

function refuseOlder(wanted: readonly LogEntry[], present: readonly LogEntry[]): void {
  const newest = present.at(-1);
  const older = newest === undefined ? undefined : wanted.find(({ sequence }) => sequence < newest.sequence);
  if (older === undefined || newest === undefined) return;
  throw new CurationError('USAGE', `The object holds the release ${newest.document.version} already: ${older.document.version} is older and cannot come after it.`, {
    suggestions: ['Versions of an OCFL object only grow. Export all into a new storage root: --all'],
  });
}

function append(map: Map<string, string[]>, key: string, value: string): void {
  const values = map.get(key);
  if (values === undefined) map.set(key, [value]);
  else values.push(value);
}
