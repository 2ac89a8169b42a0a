import { readJsonFile } from '../../fixity/json.js';
import { namedAlgorithm } from '../../fixity/named-digest.js';
import { unsafePathReason } from '../../fixity/safe-path.js';

/** An inventory of an OCFL object (ocfl.io/1.1/spec, 3.5) whose form is right. */
export interface ObjectInventory {
  id: string;
  /** As it stands there, and at node:crypto. */
  digestAlgorithm: string;
  algorithm: string;
  head: string;
  contentDirectory: string;
  /** Version folders, oldest first. */
  versions: string[];
  /** Digest in lower case to content paths. */
  manifest: Map<string, string[]>;
  /** By version: digest in lower case to logical paths. */
  states: Map<string, Map<string, string[]>>;
  /** Further digests of content. */
  fixity: [algorithm: string, digest: string, path: string][];
}

/** An inventory, or why the file is none: sentences, the worst first. */
export type InventoryReading = { inventory: ObjectInventory | null; faults: string[] };

/** V8 makes no longer string. */
const LIMITS = { maxBytes: 500_000_000, maxDepth: 16 };
const CREATED = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)$/;

/**
 * Reads an inventory and checks what it says of itself (E033 to E111 of the validation codes).
 * @throws {UnreadableFileError}
 */
export function readObjectInventory(path: string): InventoryReading {
  const reading = readJsonFile(path, LIMITS);
  if (!reading.ok) return { inventory: null, faults: [`It cannot be read: ${reading.reason} (E033).`] };
  const faults: string[] = [];
  const inventory = parse(reading.value, (fault) => void faults.push(fault));
  return { inventory, faults };
}

function parse(value: unknown, fault: (message: string) => void): ObjectInventory | null {
  if (!isObject(value)) return (fault('It is no JSON object (E033).'), null);
  const { id, type, digestAlgorithm, head, contentDirectory = 'content', manifest, versions, fixity } = value;
  if (typeof id !== 'string' || id === '') fault('It has no id (E036).');
  if (typeof type !== 'string' || !/^https:\/\/ocfl\.io\/1\.[01]\/spec\/#inventory$/.test(type)) fault('Its type is not that of an inventory of OCFL 1.0 or 1.1 (E038).');
  const algorithm = typeof digestAlgorithm === 'string' ? namedAlgorithm(digestAlgorithm) : null;
  if (digestAlgorithm !== 'sha512' && digestAlgorithm !== 'sha256') fault('Its digestAlgorithm is neither sha512 nor sha256 (E025).');
  if (typeof contentDirectory !== 'string' || contentDirectory === '.' || contentDirectory === '..' || /[/\\]|^$/.test(contentDirectory)) fault('Its contentDirectory is no name of a folder (E017, E018).');
  if (!isObject(versions) || Object.keys(versions).length === 0) fault('It has no versions (E043).');
  if (algorithm === null || typeof id !== 'string' || typeof contentDirectory !== 'string' || !isObject(versions)) return null;
  const names = orderVersions(Object.keys(versions), fault);
  if (typeof head !== 'string' || head !== names.at(-1)) fault('Its head is not its last version (E040).');
  const content = parseBlock(manifest, algorithm.digits, 'manifest', fault);
  const states = new Map<string, Map<string, string[]>>();
  for (const name of names) states.set(name, parseVersion(versions[name], name, algorithm.digits, content, fault));
  checkManifest(content, states, fault);
  return { id, digestAlgorithm: String(digestAlgorithm), algorithm: algorithm.name, head: String(head), contentDirectory, versions: names, manifest: content, states, fixity: parseFixity(fixity, content, fault) };
}

/** v1, v2, ... or v001, v002, ... of one width and without a hole. */
function orderVersions(names: string[], fault: (message: string) => void): string[] {
  const good = names.filter((name) => /^v0*[1-9][0-9]*$/.test(name)).sort((a, b) => Number(a.slice(1)) - Number(b.slice(1)));
  if (good.length !== names.length) fault('The name of a version is none (E046).');
  const isPadded = good.some((name) => name.startsWith('v0'));
  if (good.some((name, at) => Number(name.slice(1)) !== at + 1)) fault('Its versions are not counted from 1 without a hole (E044).');
  if (isPadded && new Set(good.map((name) => name.length)).size > 1) fault('Its versions are padded to several widths (E012).');
  return good;
}

function parseVersion(value: unknown, name: string, digits: number, manifest: ReadonlyMap<string, string[]>, fault: (message: string) => void): Map<string, string[]> {
  if (!isObject(value)) return (fault(`The version ${name} is no object (E047).`), new Map());
  if (typeof value['created'] !== 'string' || !CREATED.test(value['created'])) fault(`The version ${name} has no time of creation (E048, E049).`);
  const state = parseBlock(value['state'], digits, `state of ${name}`, fault);
  for (const digest of state.keys()) if (!manifest.has(digest)) fault(`The version ${name} has content that the manifest does not have (E050): ${digest.slice(0, 16)}…`);
  const paths = new Set<string>();
  for (const path of [...state.values()].flat()) {
    if (paths.has(path)) fault(`The version ${name} has a logical path twice (E095).`);
    paths.add(path);
  }
  for (const path of paths) if (hasPrefix(path, paths)) fault(`The version ${name} has a logical path that is a folder of another (E095).`);
  return state;
}

function checkManifest(manifest: ReadonlyMap<string, string[]>, states: ReadonlyMap<string, Map<string, string[]>>, fault: (message: string) => void): void {
  const used = new Set([...states.values()].flatMap((state) => [...state.keys()]));
  const unused = [...manifest.keys()].filter((digest) => !used.has(digest));
  if (unused.length > 0) fault(`Its manifest has ${unused.length} contents that no version uses (E107).`);
  const paths = [...manifest.values()].flat();
  if (new Set(paths).size !== paths.length) fault('Its manifest has a content path twice (E101).');
}

function parseBlock(value: unknown, digits: number, what: string, fault: (message: string) => void): Map<string, string[]> {
  const block = new Map<string, string[]>();
  if (!isObject(value)) return (fault(`Its ${what} is no object (E041, E050).`), block);
  for (const [digest, paths] of Object.entries(value)) {
    if (digest.length !== digits || !/^[0-9a-fA-F]+$/.test(digest)) fault(`Its ${what} has a digest that is none (E025).`);
    else if (!Array.isArray(paths) || !paths.every((path): path is string => typeof path === 'string') || paths.length === 0) fault(`Its ${what} has no list of paths for a digest (E051, E092).`);
    else if (block.has(digest.toLowerCase())) fault(`Its ${what} has a digest in two spellings (E096).`);
    else {
      const bad = paths.find((path) => unsafePathReason(path) !== null);
      if (bad !== undefined) fault(`Its ${what} has a path that ${unsafePathReason(bad) ?? ''} (E053, E099): ${bad.slice(0, 200)}`);
      block.set(digest.toLowerCase(), paths.filter((path) => unsafePathReason(path) === null));
    }
  }
  return block;
}

function parseFixity(value: unknown, manifest: ReadonlyMap<string, string[]>, fault: (message: string) => void): [string, string, string][] {
  if (value === undefined) return [];
  if (!isObject(value)) return (fault('Its fixity is no object (E057, E111).'), []);
  const known = new Set([...manifest.values()].flat());
  const entries: [string, string, string][] = [];
  for (const [name, block] of Object.entries(value)) {
    const algorithm = namedAlgorithm(name);
    if (!isObject(block)) fault(`Its fixity by ${name.slice(0, 40)} is no object (E057).`);
    else if (algorithm !== null)
      for (const [digest, paths] of parseBlock(block, algorithm.digits, `fixity by ${name.slice(0, 40)}`, fault))
        for (const path of paths) {
          if (!known.has(path)) fault(`Its fixity has a path that the manifest does not have (E057): ${path.slice(0, 200)}`);
          else entries.push([algorithm.name, digest, path]);
        }
  }
  return entries;
}

function hasPrefix(path: string, paths: ReadonlySet<string>): boolean {
  for (let at = path.lastIndexOf('/'); at > 0; at = path.lastIndexOf('/', at - 1)) if (paths.has(path.slice(0, at))) return true;
  return false;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
