/** OCFL objects and storage roots, made here by the specification. */
import { appendFileSync, mkdirSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { beforeEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { VerifyReport } from '../../../src/model/verification.js';
import { verifyRelease } from '../../../src/verify/verify.js';
import { digestBy } from '../../support/bag-folder.js';
import { useTemporaryFolders } from '../../support/temporary-folder.js';

const temporaryFolder = useTemporaryFolders();
const verify = (path: string): Promise<VerifyReport> => verifyRelease(path, { jobs: 1 });
const kinds = ({ problems }: VerifyReport): string[] => problems.map(({ kind, path }) => `${kind} ${path}`);

interface Inventory {
  id: string;
  type: string;
  digestAlgorithm: string;
  head: string;
  manifest: Record<string, string[]>;
  versions: Record<string, { created: string; state: Record<string, string[]> }>;
  fixity?: Record<string, Record<string, string[]>>;
  [key: string]: unknown;
}

let object: string;
const put = (path: string, content: string): void => {
  mkdirSync(dirname(join(object, path)), { recursive: true });
  writeFileSync(join(object, path), content);
};
const one = digestBy('sha512', 'one');
const two = digestBy('sha512', 'two');

function inventory(head: 'v1' | 'v2'): Inventory {
  const created = '2020-01-01T00:00:00Z';
  const versions: Inventory['versions'] = { v1: { created, state: { [one]: ['a.txt', 'copy.txt'] } } };
  const manifest: Record<string, string[]> = { [one]: ['v1/content/a.txt'] };
  if (head === 'v2') {
    versions['v2'] = { created, state: { [one]: ['a.txt'], [two]: ['b.txt'] } };
    manifest[two] = ['v2/content/b.txt'];
  }
  return { id: 'urn:x', type: 'https://ocfl.io/1.1/spec/#inventory', digestAlgorithm: 'sha512', head, manifest, versions };
}

function seal(folder: string, value: unknown): void {
  const text = JSON.stringify(value, null, 1);
  put(`${folder}inventory.json`, text);
  put(`${folder}inventory.json.sha512`, `${digestBy('sha512', text)}  inventory.json\n`);
}

function writeObject(version = '1.1'): void {
  put(`0=ocfl_object_${version}`, `ocfl_object_${version}\n`);
  put('v1/content/a.txt', 'one');
  put('v2/content/b.txt', 'two');
  seal('v1/', inventory('v1'));
  seal('v2/', inventory('v2'));
  seal('', inventory('v2'));
}

beforeEach(() => {
  object = join(temporaryFolder(), 'object');
  mkdirSync(object);
});

/** Writes another inventory in both places, well sealed. */
function change(edit: (value: Inventory) => void): void {
  const value = inventory('v2');
  edit(value);
  seal('v2/', value);
  seal('', value);
}

test.each(['1.0', '1.1'])('a sound object of OCFL %s', async (version) => {
  writeObject(version);
  change((value) => { value.type = `https://ocfl.io/${version}/spec/#inventory`; value.fixity = { md5: { [digestBy('md5', 'one')]: ['v1/content/a.txt'] } }; });
  put('logs/2020.txt', 'x');
  const report = await verify(object);
  expect(report.problems).toEqual([]);
  expect(report).toMatchObject({ ok: true, format: `ocfl-object ${version}` });
  expect(report.not_checked.join()).toContain('sidecars');
});

describe('faults of an object are named', () => {
  const cases: [name: string, fault: () => void, problem: string][] = [
    ['changed content', () => put('v1/content/a.txt', 'uno'), 'corrupt v1/content/a.txt'],
    ['missing content', () => rmSync(join(object, 'v2/content/b.txt')), 'missing v2/content/b.txt'],
    ['renamed content', () => renameSync(join(object, 'v2/content/b.txt'), join(object, 'v2/content/c.txt')), 'renamed v2/content/b.txt'],
    ['orphan content', () => put('v2/content/orphan.txt', 'x'), 'extra v2/content/orphan.txt'],
    ['a version that no inventory has', () => put('v3/content/x', 'x'), 'extra v3/content/x'],
    ['a file beside content', () => put('v1/x.txt', 'x'), 'extra v1/x.txt'],
    ['a file at the top', () => put('x.txt', 'x'), 'extra x.txt'],
    ['a link', () => symlinkSync('/etc/passwd', join(object, 'v1/content/link')), 'link v1/content/link'],
    ['inventory changed', () => appendFileSync(join(object, 'inventory.json'), '\n'), 'manifest-tampered inventory.json'],
    ['sidecar gone', () => rmSync(join(object, 'inventory.json.sha512')), 'missing inventory.json.sha512'],
    ['sidecar malformed', () => put('inventory.json.sha512', 'what'), 'manifest-malformed inventory.json.sha512'],
    ['declaration gone', () => rmSync(join(object, '0=ocfl_object_1.1')), 'manifest-malformed 0=ocfl_object_1.1'],
    ['declaration with other content', () => put('0=ocfl_object_1.1', 'x'), 'manifest-malformed 0=ocfl_object_1.1'],
    ['inventory gone', () => rmSync(join(object, 'inventory.json')), 'missing inventory.json'],
    ['no JSON', () => put('inventory.json', '{'), 'manifest-malformed inventory.json'],
    ['a key twice', () => put('inventory.json', '{"id": "a", "id": "b"}'), 'manifest-malformed inventory.json'],
    ['an earlier inventory that says other things', () => { const value = inventory('v1'); value.versions['v1']!.state = { [one]: ['other.txt'] }; seal('v1/', value); }, 'manifest-tampered v1/inventory.json'],
    ['the last inventory is another one', () => { const value = inventory('v2'); value['note'] = 'x'; seal('', value); }, 'manifest-tampered v2/inventory.json'],
    ['head', () => change((value) => void (value.head = 'v1')), 'manifest-malformed inventory.json'],
    ['a hole between versions', () => change((value) => { value.versions['v4'] = value.versions['v2']!; delete value.versions['v2']; value.head = 'v4'; }), 'manifest-malformed inventory.json'],
    ['state without content', () => change((value) => void (value.versions['v2']!.state['0'.repeat(128)] = ['x'])), 'manifest-malformed inventory.json'],
    ['content that no state uses', () => change((value) => void (value.manifest['0'.repeat(128)] = ['v2/content/x'])), 'manifest-malformed inventory.json'],
    ['a content path that leads out', () => change((value) => void (value.manifest[two] = ['../../etc/passwd'])), 'manifest-malformed inventory.json'],
    ['a logical path that leads out', () => change((value) => void (value.versions['v2']!.state[two] = ['../b.txt'])), 'manifest-malformed inventory.json'],
    ['a logical path twice', () => change((value) => void (value.versions['v2']!.state[two] = ['a.txt'])), 'manifest-malformed inventory.json'],
    ['a wrong fixity block', () => change((value) => void (value.fixity = { md5: { ['0'.repeat(32)]: ['v1/content/a.txt'] } })), 'manifest-tampered v1/content/a.txt'],
    ['no id', () => change((value) => void (value.id = '')), 'manifest-malformed inventory.json'],
  ];
  for (const [name, fault, problem] of cases) test(name, async () => {
    writeObject();
    fault();
    const report = await verify(object);
    expect(kinds(report)).toContain(problem);
    for (const { message } of report.problems) expect(message).toMatch(/\.$|: [^ ]+$/);
  });
});

test('a storage root: its objects, what belongs to none, and the same object twice', async () => {
  const root = dirname(object);
  writeObject();
  writeFileSync(join(root, '0=ocfl_1.1'), 'ocfl_1.1\n');
  writeFileSync(join(root, 'ocfl_layout.json'), '{}');
  mkdirSync(join(root, 'extensions/x'), { recursive: true });
  writeFileSync(join(root, 'extensions/x/config.json'), '{}');
  expect(await verify(root)).toMatchObject({ ok: true, format: 'ocfl-root 1.1', problems: [] });
  mkdirSync(join(root, 'loose'));
  writeFileSync(join(root, 'loose/x.txt'), 'x');
  object = join(root, 'again');
  writeObject();
  put('v1/content/a.txt', 'uno');
  expect(kinds(await verify(root))).toEqual(['corrupt again/v1/content/a.txt', 'extra loose/x.txt', 'duplicate object/']);
});

test('mutated inventories: no crash, and content that was changed is always found', async () => {
  writeObject();
  put('v1/content/a.txt', 'uno');
  const sound = readFileSync(join(object, 'inventory.json'));
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(fc.nat(), fc.integer({ min: 1, max: 255 })), { minLength: 1, maxLength: 3 }), async (flips) => {
      const bytes = Buffer.from(sound);
      for (const [place, flip] of flips) bytes[place % bytes.length]! ^= flip;
      writeFileSync(join(object, 'inventory.json'), bytes);
      writeFileSync(join(object, 'inventory.json.sha512'), `${digestBy('sha512', bytes)}  inventory.json\n`);
      expect((await verify(object)).ok).toBe(false);
    }),
    { numRuns: 200 },
  );
});
