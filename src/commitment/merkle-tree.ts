import { sha256Bytes } from '../fixity/keyed-digest.js';

/** Bytes of a digest. */
const BYTES = 32;

/** RFC 6962 2.1: the prefixes tell leaves from nodes, so that no node can be shown as a leaf. */
const [LEAF, NODE] = [Buffer.from([0]), Buffer.from([1])];

/** Hash of a leaf: SHA-256(0x00 | entry). */
export function leafHash(entry: Uint8Array): Buffer {
  return sha256Bytes(LEAF, entry);
}

function nodeHash(left: Uint8Array, right: Uint8Array): Buffer {
  return sha256Bytes(NODE, left, right);
}

/** The Merkle tree of RFC 6962 2.1 over a list of entries; of any length, so it may lean to the left. */
export class MerkleTree {
  /** Hashes of every level one after another, leaves first; a last node without a sibling goes up as it is. */
  private readonly levels: Buffer[];

  constructor(entries: readonly Uint8Array[]) {
    let level = Buffer.allocUnsafe(entries.length * BYTES);
    for (const [at, entry] of entries.entries()) leafHash(entry).copy(level, at * BYTES);
    this.levels = [level];
    while (level.length > BYTES) this.levels.push((level = levelAbove(level)));
  }

  /** Number of entries. */
  get size(): number {
    return this.levels[0]!.length / BYTES;
  }

  /** The Merkle tree hash; of no entries that of the empty string. */
  get root(): Buffer {
    return this.size === 0 ? sha256Bytes('') : hashAt(this.levels.at(-1)!, 0);
  }

  /** The inclusion proof of an entry (RFC 6962 2.1.1), from the leaf up. @param index from 0 */
  pathOf(index: number): Buffer[] {
    if (!Number.isInteger(index) || index < 0 || index >= this.size) throw new RangeError(`no entry ${index} of ${this.size}`);
    const path: Buffer[] = [];
    for (const [depth, level] of this.levels.entries()) {
      const sibling = Math.floor(index / 2 ** depth) ^ 1;
      if ((sibling + 1) * BYTES <= level.length && level.length > BYTES) path.push(hashAt(level, sibling));
    }
    return path;
  }
}

function hashAt(level: Buffer, index: number): Buffer {
  return level.subarray(index * BYTES, (index + 1) * BYTES);
}

function levelAbove(level: Buffer): Buffer<ArrayBuffer> {
  const count = level.length / BYTES;
  const above = Buffer.allocUnsafe(Math.ceil(count / 2) * BYTES);
  for (let at = 0; at < count; at += 2) (at + 1 < count ? nodeHash(hashAt(level, at), hashAt(level, at + 1)) : hashAt(level, at)).copy(above, (at / 2) * BYTES);
  return above;
}

/**
 * The root that an entry and its inclusion proof lead to (RFC 9162 2.1.3.2, which spells RFC 6962 2.1.1 out); null when the
 * proof cannot belong to that place of a tree of that size.
 */
export function rootOfPath(entry: Uint8Array, index: number, size: number, path: readonly Uint8Array[]): Buffer | null {
  if (!Number.isSafeInteger(index) || !Number.isSafeInteger(size) || index < 0 || index >= size) return null;
  let [at, last] = [index, size - 1];
  let hash = leafHash(entry);
  for (const sibling of path) {
    if (last === 0 || sibling.length !== BYTES) return null;
    if (at % 2 === 1 || at === last) {
      hash = nodeHash(sibling, hash);
      while (at % 2 === 0 && at !== 0) [at, last] = [at / 2, Math.floor(last / 2)];
    } else hash = nodeHash(hash, sibling);
    [at, last] = [Math.floor(at / 2), Math.floor(last / 2)];
  }
  return last === 0 ? hash : null;
}
