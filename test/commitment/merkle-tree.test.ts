import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { leafHash, MerkleTree, rootOfPath } from '../../src/commitment/merkle-tree.js';
import { sha256Bytes } from '../../src/fixity/keyed-digest.js';

/**
 * The vectors of the Merkle tree tests of Certificate Transparency (google/certificate-transparency,
 * cpp/merkletree/merkle_tree_test.cc, Apache-2.0): inputs, roots of the first n of them, inclusion proofs.
 */
const ENTRIES = ['', '00', '10', '2021', '3031', '40414243', '5051525354555657', '606162636465666768696a6b6c6d6e6f'].map((hex) => Buffer.from(hex, 'hex'));
const ROOTS = [
  '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
  'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
  'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
  'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
  '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
  '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
  'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
  '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
];
const PATHS: [index: number, size: number, path: string[]][] = [
  [0, 1, []],
  [
    0,
    8,
    [
      '96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7',
      '5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e',
      '6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4',
    ],
  ],
  [
    5,
    8,
    [
      'bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b',
      'ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0',
      'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
    ],
  ],
  [2, 3, ['fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125']],
  [
    1,
    5,
    [
      '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
      '5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e',
      'bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b',
    ],
  ],
];

const hex = (bytes: Uint8Array | null) => (bytes === null ? null : Buffer.from(bytes).toString('hex'));

/** RFC 6962 2.1 as it is written, to hold the tree against. */
function treeHash(entries: readonly Uint8Array[]): Buffer {
  if (entries.length === 0) return sha256Bytes('');
  if (entries.length === 1) return leafHash(entries[0]!);
  let k = 1;
  while (k * 2 < entries.length) k *= 2;
  return sha256Bytes(Buffer.from([1]), treeHash(entries.slice(0, k)), treeHash(entries.slice(k)));
}

describe('the known vectors', () => {
  test.each(ROOTS.map((root, at) => [at + 1, root] as const))('root of the first %i entries', (size, root) => {
    expect(hex(new MerkleTree(ENTRIES.slice(0, size)).root)).toBe(root);
  });

  test('the empty tree hashes the empty string', () => {
    expect(hex(new MerkleTree([]).root)).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
  });

  test.each(PATHS)('inclusion proof of entry %i of %i', (index, size, path) => {
    const tree = new MerkleTree(ENTRIES.slice(0, size));
    expect(tree.pathOf(index).map(hex)).toEqual(path);
    expect(hex(rootOfPath(ENTRIES[index]!, index, size, tree.pathOf(index)))).toBe(ROOTS[size - 1]);
  });
});

const entries = fc.array(fc.uint8Array({ maxLength: 8 }), { minLength: 1, maxLength: 70 });

test('of any length: the root is the one of the RFC, and every entry proves itself', () => {
  fc.assert(
    fc.property(entries, (list) => {
      const tree = new MerkleTree(list);
      expect(hex(tree.root)).toBe(hex(treeHash(list)));
      for (const [index, entry] of list.entries()) expect(hex(rootOfPath(entry, index, list.length, tree.pathOf(index)))).toBe(hex(tree.root));
    }),
    { numRuns: 100 },
  );
});

test('no other entry, place, size or path leads to the root', () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.uint8Array({ minLength: 4, maxLength: 4 }), { minLength: 2, maxLength: 40, selector: (each) => hex(each) ?? '' }), fc.nat(), fc.nat(), (list, a, b) => {
      const tree = new MerkleTree(list);
      const [index, other] = [a % list.length, b % list.length];
      const path = tree.pathOf(index);
      const leads = (entry: Uint8Array, at: number, size: number, way: Uint8Array[]) => hex(rootOfPath(entry, at, size, way)) === hex(tree.root);
      if (other !== index) expect(leads(list[other]!, index, list.length, path)).toBe(false);
      if (other !== index) expect(leads(list[index]!, other, list.length, path)).toBe(false);
      expect(leads(list[index]!, index, list.length, [...path, list[0]!])).toBe(false);
      expect(leads(list[index]!, index, list.length, path.slice(1))).toBe(false);
      expect(leads(list[index]!, list.length, list.length, path)).toBe(false);
      // a node shown as a leaf: the prefixes tell them apart
      if (path.length > 0) expect(leads(Buffer.concat([leafHash(list[index]!), path[0]!]), Math.floor(index / 2), Math.ceil(list.length / 2), path.slice(1))).toBe(false);
    }),
  );
});

test('hostile numbers are refused, not computed with', () => {
  for (const [index, size] of [[-1, 4], [4, 4], [0.5, 4], [0, Number.NaN], [0, 2 ** 60], [Number.POSITIVE_INFINITY, 4]] as const)
    expect(rootOfPath(ENTRIES[1]!, index, size, [])).toBe(null);
  expect(() => new MerkleTree(ENTRIES).pathOf(8)).toThrow(RangeError);
});
