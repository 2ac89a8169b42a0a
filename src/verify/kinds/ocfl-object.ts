import { readRegularFile, UnreadableFileError } from '../../fixity/file.js';
import { digestFileBy } from '../../fixity/named-digest.js';
import type { ClaimList } from './claims.js';
import type { Examination } from './examination.js';
import { readObjectInventory, type ObjectInventory } from './ocfl-inventory.js';

const INVENTORY = 'inventory.json';
const NAMASTE = /^0=ocfl_object_(1\.[01])$/;
const MAX_SIDECAR_BYTES = 4096;

/** An object that was read: its id, and its version of OCFL. */
export interface OcflObject {
  id: string | null;
  version: string | null;
  /** The paths of the object that are no content, with its folder before them. */
  own: Set<string>;
}

/**
 * Checks one OCFL object by what its inventories say of each other, and adds the content that they list to a list of claims.
 * @param folder of the object in the tree, with a slash; empty when it is the tree
 * @param names of the object in the tree, without its folder
 */
export function checkObject(examination: Examination, folder: string, names: readonly string[], list: ClaimList): OcflObject {
  const reader = new ObjectReader(examination, folder, new Set(names));
  return reader.read(list);
}

class ObjectReader {
  readonly own = new Set<string>();

  constructor(
    readonly examination: Examination,
    readonly folder: string,
    readonly names: ReadonlySet<string>,
  ) {}

  read(list: ClaimList): OcflObject {
    const version = this.#readNamaste();
    const root = this.#readInventory('');
    if (root === null) return { id: null, version, own: this.own };
    this.#checkFolders(root);
    for (const name of root.versions) this.#checkVersion(root, name);
    this.#addContent(root, list);
    return { id: root.id, version, own: this.own };
  }

  /** The declaration: a file whose content is its name after `0=` (E003 to E007). */
  #readNamaste(): string | null {
    const found = [...this.names].filter((name) => name.startsWith('0='));
    const [name] = found;
    const version = name === undefined ? undefined : NAMASTE.exec(name)?.[1];
    for (const each of found) this.own.add(this.folder + each);
    if (name === undefined || version === undefined || found.length > 1) {
      this.#report('manifest-malformed', name ?? '0=ocfl_object_1.1', 'The object does not declare one version of OCFL, 1.0 or 1.1 (E003).');
      return version ?? null;
    }
    const text = this.#text(name, 100);
    if (text !== null && text !== `${name.slice(2)}\n`) this.#report('manifest-malformed', name, 'Its content is not its name (E007).', { expected: name.slice(2), found: text });
    return version;
  }

  /** Reads an inventory with its sidecar; null when there is none that can be used. */
  #readInventory(folder: string): ObjectInventory | null {
    const name = folder + INVENTORY;
    this.own.add(this.folder + name);
    const place = this.examination.tree.locate(this.folder + name);
    if (place === null) {
      this.#report('missing', name, 'The object has no inventory (E063).');
      return null;
    }
    try {
      const { inventory, faults } = readObjectInventory(place);
      for (const message of faults) this.#report('manifest-malformed', name, message);
      if (inventory !== null) this.#checkSidecar(name, place, inventory);
      return inventory;
    } catch (error) {
      if (!(error instanceof UnreadableFileError)) throw error;
      this.#report('unreadable', name, `${error.message}.`);
      return null;
    }
  }

  #checkSidecar(name: string, place: string, { digestAlgorithm, algorithm }: ObjectInventory): void {
    const sidecar = `${name}.${digestAlgorithm}`;
    this.own.add(this.folder + sidecar);
    const text = this.#text(sidecar, MAX_SIDECAR_BYTES);
    if (text === null) return this.#report('missing', sidecar, 'Nothing vouches for the inventory: its sidecar is not there (E058).');
    const match = /^([0-9a-fA-F]+)[ \t]+inventory\.json\n?$/.exec(text);
    if (match === null) return this.#report('manifest-malformed', sidecar, 'It is no sidecar: digest, blanks, inventory.json (E061).', { found: text.slice(0, 200) });
    const { digests, size_bytes } = digestFileBy(place, [algorithm], null);
    this.examination.files += 1;
    this.examination.bytes += size_bytes;
    const expected = match[1]?.toLowerCase() ?? '';
    if (digests[0] !== expected) this.#report('manifest-tampered', name, 'It is not the inventory that its sidecar vouches for (E060).', { expected, ...(digests[0] === undefined ? {} : { found: digests[0] }) });
  }

  /** What may lie at the top of an object: declaration, inventory, versions, logs, extensions (E001). */
  #checkFolders({ versions, contentDirectory }: ObjectInventory): void {
    for (const name of this.names) {
      if (this.own.has(this.folder + name)) continue;
      const top = name.split('/')[0] ?? '';
      if (top === 'logs' || top === 'extensions') {
        this.own.add(this.folder + name);
        this.examination.note('Files in logs/ and extensions/ of OCFL objects are not vouched for by their inventories.');
      } else if (name === top || !versions.includes(top)) this.#report('extra', name, 'It does not belong at the top of an object, or to a version that the inventory has (E001, E046).');
      else if (!name.startsWith(`${top}/${contentDirectory}/`) && !/^[^/]+\/inventory\.json(?:\.[a-z0-9-]+)?$/.test(name)) this.#report('extra', name, 'It lies in the folder of a version, outside of its content (E015).');
      else continue;
      this.own.add(this.folder + name);
    }
  }

  /** Inventories of versions: the last is the one of the object (E064); earlier ones agree with it (E066). */
  #checkVersion(root: ObjectInventory, name: string): void {
    const path = `${name}/${INVENTORY}`;
    if (!this.names.has(path)) return name === root.head ? this.#report('missing', path, 'The last version has no inventory of its own.') : this.examination.note('An earlier version of an object has no inventory of its own (W010).');
    const inventory = this.#readInventory(`${name}/`);
    if (inventory === null) return;
    if (inventory.head !== name) this.#report('manifest-malformed', path, 'Its head is another version than that of its folder (E040).', { expected: name, found: inventory.head });
    if (inventory.id !== root.id) this.#report('manifest-malformed', path, 'It is of another object (E037).', { expected: root.id.slice(0, 200), found: inventory.id.slice(0, 200) });
    for (const version of inventory.versions) {
      const mine = stateKey(inventory, version);
      if (mine === stateKey(root, version)) continue;
      this.#report('manifest-tampered', path, `It and the inventory of the object say different things about the version ${version} (E066).`);
      break;
    }
    if (name === root.head && inventory.algorithm === root.algorithm && !this.#isSame(path)) this.#report('manifest-tampered', path, 'It is not the inventory of the object, as that of the last version has to be (E064).');
  }

  #isSame(path: string): boolean {
    const [mine, root] = [path, INVENTORY].map((name) => this.examination.tree.locate(this.folder + name));
    if (mine === null || mine === undefined || root === null || root === undefined) return true;
    return digestFileBy(mine, ['sha512'], null).digests[0] === digestFileBy(root, ['sha512'], null).digests[0];
  }

  #addContent({ manifest, algorithm, versions, contentDirectory, fixity }: ObjectInventory, list: ClaimList): void {
    for (const [digest, paths] of manifest)
      for (const path of paths) {
        const [version = '', directory] = path.split('/');
        if (!versions.includes(version) || directory !== contentDirectory) this.#report('manifest-malformed', INVENTORY, 'It has a content path outside of the content of its versions (E042).', { found: path.slice(0, 200) });
        list.add({ path: this.folder + path, algorithm, digest }, this.folder + INVENTORY, 1);
      }
    for (const [name, digest, path] of fixity) list.add({ path: this.folder + path, algorithm: name, digest }, this.folder + INVENTORY, 1);
  }

  #text(name: string, maxBytes: number): string | null {
    const place = this.examination.tree.locate(this.folder + name);
    if (place === null) return null;
    try {
      return readRegularFile(place, maxBytes).toString('utf8');
    } catch (error) {
      if (!(error instanceof UnreadableFileError)) throw error;
      this.#report('unreadable', name, `${error.message}.`);
      return null;
    }
  }

  #report(kind: Parameters<Examination['report']>[0], name: string, message: string, comparison?: { expected?: string; found?: string }): void {
    this.examination.report(kind, this.folder + name, message, comparison);
  }
}

/** A state as text that does not depend on the digest algorithm: which logical paths there are, and which content each has. */
function stateKey({ states, manifest, versions }: ObjectInventory, version: string): string {
  const state = states.get(version) ?? new Map<string, string[]>();
  // content of later versions is not known to earlier inventories
  const upTo = new Set(versions.slice(0, versions.indexOf(version) + 1));
  const lines = [...state].flatMap(([digest, paths]) => {
    const content = (manifest.get(digest) ?? []).filter((path) => upTo.has(path.split('/')[0] ?? '')).sort().join('|');
    return paths.map((path) => `${path}\0${content}`);
  });
  return lines.sort().join('\n');
}
