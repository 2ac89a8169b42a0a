import { existsSync, lstatSync, mkdirSync, readdirSync, readFileSync, renameSync, rmdirSync, rmSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { CurationError, systemErrorCode, wrapSystemError } from '../errors.js';
import { fsyncFolder, writeFileAtomic } from '../fixity/atomic-file.js';
import { sha256Hex } from '../fixity/digest.js';
import { readRegularFile } from '../fixity/file.js';
import { OCFL_LAYOUT, OCFL_LAYOUT_CONFIG, objectPath } from './ocfl-layout.js';
import { digestInventory, readInventory, writeInventory, type OcflInventory } from './ocfl-inventory.js';

const ROOT_DECLARATION = '0=ocfl_1.1';
const OBJECT_DECLARATION = '0=ocfl_object_1.1';
const INVENTORY = 'inventory.json';
const MAX_SMALL_FILE_BYTES = 1 << 20;

/** An OCFL 1.1 storage root with one object of interest in it. */
export class OcflStore {
  /** Absolute folder of the object, whether it is there or not. */
  readonly objectFolder: string;
  /** Where new versions are prepared: on the same file system, and the same for the same object, so that a killed run is gone on with. */
  readonly staging: string;

  constructor(
    readonly root: string,
    readonly id: string,
  ) {
    this.objectFolder = join(root, objectPath(id));
    this.staging = join(stagingParent(root), `.${basename(root)}-${sha256Hex(id).slice(0, 16)}.staging`);
  }

  /**
   * Makes the storage root where there is none, or checks that this program can add to the one that is there.
   * @throws {CurationError} ARCHIVE_INVALID when the folder is something else, or of another layout
   */
  prepare(): void {
    if (!existsSync(this.root) || readdirSync(this.root).length === 0) return this.#makeRoot();
    if (!existsSync(join(this.root, ROOT_DECLARATION)))
      throw new CurationError('ARCHIVE_INVALID', `The folder is not empty, and no storage root of OCFL 1.1: ${this.root}`, { suggestions: ['Name an empty folder, or a storage root.'] });
    const layout = this.#layout();
    if (layout !== OCFL_LAYOUT)
      throw new CurationError('ARCHIVE_INVALID', 'The storage root has another layout than this program writes.', { expected: OCFL_LAYOUT, found: layout ?? 'no layout', suggestions: ['Name another storage root.'] });
  }

  /**
   * The inventory of the object; null when there is none yet. With `repair` it finishes what a killed run began: a version whose folder
   * is in place and whose inventory is not.
   * @throws {CurationError} ARCHIVE_INVALID
   */
  open({ repair }: { repair: boolean }): OcflInventory | null {
    if (!existsSync(this.objectFolder)) return null;
    const root = readInventory(join(this.objectFolder, INVENTORY));
    const next = join(this.objectFolder, `v${root.versions.length + 1}`);
    const inventory = existsSync(join(next, INVENTORY)) ? readInventory(join(next, INVENTORY)) : root;
    if (inventory.id !== this.id) throw new CurationError('ARCHIVE_INVALID', `The OCFL object has another id than its place says: ${this.objectFolder}`, { expected: this.id, found: inventory.id.slice(0, 200) });
    if (repair && (inventory !== root || !this.#sidecarHolds(inventory))) this.#installInventory(`v${inventory.versions.length}`, inventory);
    return inventory;
  }

  /** Removes from the staging folder what a run before this one left there and no inventory lists (E023). */
  sweep(versions: readonly { head: string }[], inventory: OcflInventory): void {
    const listed = new Set<string>();
    for (const paths of inventory.manifest.values()) for (const path of paths) listed.add(path);
    const heads = new Set(versions.map(({ head }) => head));
    try {
      for (const name of readdirSync(this.staging)) if (/^v\d/.test(name) && !heads.has(name)) rmSync(join(this.staging, name), { recursive: true });
      for (const head of heads) {
        const content = join(this.staging, head, 'content');
        if (existsSync(content)) removeUnlisted(content, `${head}/content`, listed);
      }
    } catch (error) {
      throw wrapSystemError(error, 'clearing the staging folder', this.staging);
    }
  }

  /**
   * Puts staged versions in place: a whole new object by one rename, or version by version behind those that are there, the
   * inventory after each (E062: no version beyond the head).
   */
  install(versions: readonly { head: string }[], inventory: OcflInventory): void {
    try {
      if (!existsSync(this.objectFolder)) {
        mkdirSync(dirname(this.objectFolder), { recursive: true });
        renameSync(this.staging, this.objectFolder);
        for (let folder = dirname(this.objectFolder); folder.length >= this.root.length; folder = dirname(folder)) fsyncFolder(folder);
        return;
      }
      for (const { head } of versions) {
        renameSync(join(this.staging, head), join(this.objectFolder, head));
        fsyncFolder(this.objectFolder);
        this.#installInventory(head, inventory);
      }
      rmSync(this.staging, { recursive: true, force: true });
    } catch (error) {
      const code = systemErrorCode(error);
      if (code === 'ENOTEMPTY' || code === 'EEXIST') throw new CurationError('LOCKED', `Another export has just added a version: ${this.objectFolder}`, { cause: error, suggestions: ['Run the same command again.'] });
      throw wrapSystemError(error, 'putting a version in place', this.objectFolder);
    }
  }

  /** Writes the inventory of a staged version, with its sidecar; the newest one goes to the root of a new object too. */
  writeInventories(head: string, inventory: OcflInventory): void {
    const folder = join(this.staging, head);
    rmSync(join(folder, INVENTORY), { force: true });
    const digest = writeInventory(join(folder, INVENTORY), inventory);
    writeFileAtomic(join(folder, sidecarName(inventory)), sidecar(digest));
    if (existsSync(this.objectFolder)) return;
    writeFileAtomic(join(this.staging, OBJECT_DECLARATION), 'ocfl_object_1.1\n');
    copyInventory(folder, this.staging, sidecarName(inventory));
  }

  #makeRoot(): void {
    const extension = join(this.root, 'extensions', OCFL_LAYOUT);
    try {
      mkdirSync(extension, { recursive: true });
    } catch (error) {
      throw wrapSystemError(error, 'making the storage root', this.root);
    }
    writeFileAtomic(join(extension, 'config.json'), `${JSON.stringify(OCFL_LAYOUT_CONFIG, null, 2)}\n`);
    const description = 'Hashed n-tuples, the encoded object id as the last folder: one object a dataset, one version a release.';
    writeFileAtomic(join(this.root, 'ocfl_layout.json'), `${JSON.stringify({ extension: OCFL_LAYOUT, description }, null, 2)}\n`);
    writeFileAtomic(join(this.root, ROOT_DECLARATION), 'ocfl_1.1\n');
  }

  #layout(): string | null {
    try {
      const value = JSON.parse(readRegularFile(join(this.root, 'ocfl_layout.json'), MAX_SMALL_FILE_BYTES).toString('utf8')) as { extension?: unknown } | null;
      return typeof value?.extension === 'string' ? value.extension.slice(0, 200) : null;
    } catch {
      return null;
    }
  }

  #sidecarHolds(inventory: OcflInventory): boolean {
    try {
      const text = readFileSync(join(this.objectFolder, sidecarName(inventory)), 'utf8');
      return text.split(/[ \t]/)[0] === digestInventory(join(this.objectFolder, INVENTORY), inventory.digestAlgorithm);
    } catch {
      return false;
    }
  }

  #installInventory(head: string, inventory: OcflInventory): void {
    copyInventory(join(this.objectFolder, head), this.objectFolder, sidecarName(inventory));
  }
}

/** Removes files that are not listed, and folders that are empty then; true when nothing is left. Paths of a release are a few levels deep. */
function removeUnlisted(folder: string, prefix: string, listed: ReadonlySet<string>): boolean {
  let left = 0;
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const [path, name] = [join(folder, entry.name), `${prefix}/${entry.name}`];
    const gone = entry.isDirectory() ? removeUnlisted(path, name, listed) : !listed.has(name);
    if (!gone) left += 1;
    else if (!entry.isDirectory()) rmSync(path);
  }
  if (left === 0) rmdirSync(folder);
  return left === 0;
}

function sidecarName({ digestAlgorithm }: OcflInventory): string {
  return `${INVENTORY}.${digestAlgorithm}`;
}

function sidecar(digest: string): string {
  return `${digest} ${INVENTORY}\n`;
}

/** The inventory first, its sidecar last: a reader that comes between sees that the two do not match, and waits. */
function copyInventory(from: string, to: string, sidecarFile: string): void {
  for (const name of [INVENTORY, sidecarFile]) writeFileAtomic(join(to, name), readFileSync(join(from, name)));
}

/** Beside the root, unless the root is a file system of its own: a rename must not copy. */
function stagingParent(root: string): string {
  const parent = dirname(root);
  if (lstatSync(root, { throwIfNoEntry: false }) === undefined) return parent;
  return statSync(root).dev === statSync(parent).dev ? parent : root;
}
