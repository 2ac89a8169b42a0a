import { CurationError } from '../errors.js';
import { FileDigester } from '../fixity/digest.js';
import { readRegularFile, UnreadableFileError } from '../fixity/file.js';
import { HashingCopier } from '../fixity/hashing-copier.js';
import { compareBytewise } from '../fixity/order.js';
import { ListWriter } from '../release/list-writer.js';

export type OcflDigest = 'sha512' | 'sha256';

/** What a version of an object says of itself; `state` maps digests to logical paths. */
export interface OcflVersion {
  /** RFC 3339. */
  created: string;
  /** Null where nothing was said. */
  message: string | null;
  user: { name: string; address?: string } | null;
  state: Map<string, string[]>;
}

/** inventory.json of an OCFL 1.1 object (ocfl.io/1.1/spec, 3.5). About 600 bytes of memory a file and version. */
export interface OcflInventory {
  id: string;
  digestAlgorithm: OcflDigest;
  versions: OcflVersion[];
  /** Digest to content paths. */
  manifest: Map<string, string[]>;
  /** sha256 to content paths, as the manifest of a release gives it; empty when that is the digest anyway. */
  sha256: Map<string, string[]>;
}

/** Strings of Node.js end at 536,870,888 characters. */
const MAX_INVENTORY_BYTES = 500_000_000;

const CREATED = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)$/;

/**
 * Writes an inventory line by line: no string ever holds the whole of it. Returns its digest.
 * @throws {CurationError} DISK_FULL, IO_FAILED
 */
export function writeInventory(path: string, inventory: OcflInventory): string {
  const writer = new ListWriter(path);
  const text = (value: string): string => JSON.stringify(value);
  const block = (map: ReadonlyMap<string, readonly string[]>, indent: string): void => {
    const keys = [...map.keys()].sort(compareBytewise);
    for (const [index, key] of keys.entries()) {
      const paths = [...(map.get(key) ?? [])].sort(compareBytewise);
      writer.add(`${indent}${text(key)}: [${paths.map(text).join(', ')}]${index === keys.length - 1 ? '' : ','}\n`);
    }
  };
  try {
    writer.add(`{\n  "id": ${text(inventory.id)},\n  "type": "https://ocfl.io/1.1/spec/#inventory",\n`);
    writer.add(`  "digestAlgorithm": ${text(inventory.digestAlgorithm)},\n  "head": "v${inventory.versions.length}",\n`);
    if (inventory.sha256.size > 0) {
      writer.add('  "fixity": {"sha256": {\n');
      block(inventory.sha256, '    ');
      writer.add('  }},\n');
    }
    writer.add('  "manifest": {\n');
    block(inventory.manifest, '    ');
    writer.add('  },\n  "versions": {\n');
    for (const [index, { created, message, user, state }] of inventory.versions.entries()) {
      const said = [`"created": ${text(created)}`, ...(message === null ? [] : [`"message": ${text(message)}`]), ...(user === null ? [] : [`"user": ${JSON.stringify(user)}`])];
      writer.add(`    "v${index + 1}": {\n${said.map((each) => `      ${each},\n`).join('')}      "state": {\n`);
      block(state, '        ');
      writer.add(`      }\n    }${index === inventory.versions.length - 1 ? '' : ','}\n`);
    }
    writer.add('  }\n}\n');
    writer.close();
  } finally {
    writer.abandon();
  }
  return digestInventory(path, inventory.digestAlgorithm);
}

/** Digest of an inventory, as its sidecar gives it. */
export function digestInventory(path: string, algorithm: OcflDigest): string {
  if (algorithm === 'sha256') return new FileDigester().digestFile(path).sha256;
  return new HashingCopier(true).copy(path, null).sha512 ?? '';
}

/**
 * Reads an inventory that this program, or another one, wrote.
 * @throws {CurationError} ARCHIVE_INVALID
 */
export function readInventory(path: string): OcflInventory {
  let value: unknown;
  try {
    value = JSON.parse(readRegularFile(path, MAX_INVENTORY_BYTES).toString('utf8'));
  } catch (error) {
    const large = error instanceof UnreadableFileError && error.defect === 'too-large';
    throw new CurationError('ARCHIVE_INVALID', `The inventory of the OCFL object cannot be read: ${error instanceof UnreadableFileError ? error.message : path}`, {
      cause: error,
      suggestions: [large ? 'It is too large to be extended; export all releases into a new storage root: --all' : 'Check the object with an OCFL validator.'],
    });
  }
  const inventory = parseInventory(value);
  if (inventory !== null) return inventory;
  throw new CurationError('ARCHIVE_INVALID', `The inventory of the OCFL object is not one that can be extended: ${path}`, {
    expected: 'an inventory of OCFL 1.1 with sha512 or sha256, versions v1, v2, ... and content folders of the default name',
    suggestions: ['Check the object with an OCFL validator, or name another storage root.'],
  });
}

function parseInventory(value: unknown): OcflInventory | null {
  if (!isObject(value)) return null;
  const { id, digestAlgorithm, contentDirectory = 'content', head, manifest, versions, fixity } = value;
  if (typeof id !== 'string' || (digestAlgorithm !== 'sha512' && digestAlgorithm !== 'sha256') || contentDirectory !== 'content' || !isObject(versions)) return null;
  const parsed: OcflVersion[] = [];
  for (let number = 1; number <= Object.keys(versions).length; number++) {
    const version = parseVersion(versions[`v${number}`]);
    if (version === null) return null;
    parsed.push(version);
  }
  const blocks = { manifest: parseBlock(manifest), sha256: parseBlock(isObject(fixity) ? (fixity['sha256'] ?? {}) : {}) };
  if (parsed.length === 0 || head !== `v${parsed.length}` || blocks.manifest === null || blocks.sha256 === null) return null;
  return { id, digestAlgorithm, versions: parsed, manifest: blocks.manifest, sha256: blocks.sha256 };
}

function parseVersion(value: unknown): OcflVersion | null {
  if (!isObject(value)) return null;
  const state = parseBlock(value['state']);
  const { created, message, user } = value;
  if (state === null || typeof created !== 'string' || !CREATED.test(created)) return null;
  const { name, address } = isObject(user) ? user : {};
  return {
    created,
    message: typeof message === 'string' ? message : null,
    user: typeof name === 'string' ? { name, ...(typeof address === 'string' ? { address } : {}) } : null,
    state,
  };
}

function parseBlock(value: unknown): Map<string, string[]> | null {
  if (!isObject(value)) return null;
  const map = new Map<string, string[]>();
  for (const [digest, paths] of Object.entries(value)) {
    if (!/^[0-9a-fA-F]{64}(?:[0-9a-fA-F]{64})?$/.test(digest) || !Array.isArray(paths) || !paths.every((path) => typeof path === 'string')) return null;
    map.set(digest.toLowerCase(), paths);
  }
  return map;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
