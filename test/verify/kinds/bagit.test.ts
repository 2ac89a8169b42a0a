/** BagIt bags. The names are those of the conformance suite of the Library of Congress; the bags are made here. */
import { spawnSync } from 'node:child_process';
import { appendFileSync, mkdirSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { VerifyReport } from '../../../src/model/verification.js';
import { verifyRelease } from '../../../src/verify/verify.js';
import { digestBy, writeBag, type BagRecipe } from '../../support/bag-folder.js';
import { PYTHON, testWithPython } from '../../support/python.js';
import { useTemporaryFolders } from '../../support/temporary-folder.js';

const temporaryFolder = useTemporaryFolders();
const verify = (folder: string): Promise<VerifyReport> => verifyRelease(folder, { jobs: 1 });
const kinds = ({ problems }: VerifyReport): string[] => problems.map(({ kind, path }) => `${kind} ${path}`);
const HELLO = digestBy('md5', 'hello\n');
const NFC = 'data/Núñez'.normalize('NFC');
const NFD = NFC.normalize('NFD');
const unlisted = (path: string) => (lines: string[]): string[] => [...lines, `${HELLO}  ${path}`];

describe('valid bags are accepted', () => {
  const cases: [name: string, recipe: BagRecipe][] = [
    ...['0.93', '0.94', '0.95', '0.96', '0.97', '1.0'].map((version): [string, BagRecipe] => [`v${version}/basic-bag`, { version }]),
    ...['md5', 'sha1', 'sha224', 'sha256', 'sha384', 'sha512', 'sha3256', 'blake2b', 'SHA512'].map((name): [string, BagRecipe] => [`basic-bag-${name}`, { algorithms: [name.toLowerCase()] }]),
    ['two manifests', { version: '1.0', algorithms: ['sha256', 'sha512'] }],
    ['minimal-bag', { payload: {}, bagInfo: null }],
    ['uncommon-metadata-separators', { bagInfo: 'Source-Organization\t:  A\nContact-Name:B\n  continued\nOther : C\n' }],
    ['duplicate-metadata-entries', { bagInfo: 'Contact-Name: A\nContact-Name: B\nPayload-Oxum: 6.1\n' }],
    ['bag-with-escapable-characters', { payload: { 'data/a & b (1) [x] %20 ~.txt': 'x', "data/it's.txt": 'y' } }],
    ['bag-with-encoded-names', { version: '0.96', payload: { 'data/dir1/~test3.txt': 'a', 'data/%7Edir2/test5.txt': 'b', 'data/%test2.txt': 'c' } }],
    ['bag-with-space', { payload: { 'data/a file with  spaces.txt': 'x' } }],
    ['UTF-16-encoded-tag-files', { encoding: 'UTF-16BE', payload: { 'data/übersicht.txt': 'x' } }],
    ['UTF-16LE', { encoding: 'UTF-16LE', payload: { 'data/übersicht.txt': 'x' } }],
    ['UTF-16 without a mark', { encoding: 'UTF-16' }],
    ['ISO-8859-1-encoded-tag-files', { encoding: 'ISO-8859-1', payload: { 'data/übersicht.txt': 'x' }, bagInfo: 'Contact-Name: Müller\n' }],
    ['bag-in-a-bag', { payload: { 'data/bag/bagit.txt': 'BagIt-Version: 0.97\n', 'data/bag/data/a': 'x', 'data/bag/manifest-md5.txt': 'y' } }],
    ['bag-with-leading-dot-slash-in-manifest', { manifest: (lines) => lines.map((line) => line.replace('  data', '  ./data')) }],
    ['one blank between digest and path', { manifest: (lines) => lines.map((line) => line.replace('  ', ' ')) }],
    ['upper-case digests', { manifest: (lines) => lines.map((line) => line.slice(0, 32).toUpperCase() + line.slice(32)) }],
    ['encoded line ends', { version: '1.0', algorithms: ['sha512'], payload: { 'data/a\nb\rc%.txt': 'x' }, manifest: (lines) => lines.map((line) => line.replace('%', '%25').replace('\n', '%0A').replace('\r', '%0d')) }],
    ['holey-bag', { fetch: 'https://example.org/b 5 data/b\n', manifest: unlisted('data/b'), bagInfo: null }],
    ['CR LF', { manifest: (lines) => lines.map((line) => `${line}\r`) }],
  ];
  test.each(cases)('%s', async (_name, recipe) => {
    const folder = temporaryFolder();
    writeBag(folder, recipe);
    const report = await verify(folder);
    expect(report.problems).toEqual([]);
    expect(report).toMatchObject({ ok: true, format: `bagit ${recipe.version ?? '0.97'}`, release: null });
  });
});

describe('invalid bags are refused', () => {
  const cases: [name: string, recipe: BagRecipe, problem: string, after?: (folder: string) => void][] = [
    ['baginfo-missing-encoding', { bagit: 'BagIt-Version: 0.97\n' }, 'manifest-malformed bagit.txt'],
    ['bom-in-bagit.txt', { bagit: '\ufeffBagIt-Version: 0.97\nTag-File-Character-Encoding: UTF-8\n' }, 'manifest-malformed bagit.txt'],
    ['bagit-with-invalid-whitespace', { version: '1.0', bagit: 'BagIt-Version : 1.0\nTag-File-Character-Encoding : UTF-8\n' }, 'manifest-malformed bagit.txt'],
    ['invalid-version-number', { bagit: 'BagIt-Version: .97\nTag-File-Character-Encoding: UTF-8\n' }, 'manifest-malformed bagit.txt'],
    ['unknown encoding', { bagit: 'BagIt-Version: 0.97\nTag-File-Character-Encoding: KLINGON\n' }, 'manifest-malformed bagit.txt'],
    ['wrong encoding', { encoding: 'ISO-8859-1', bagit: 'BagIt-Version: 0.97\nTag-File-Character-Encoding: UTF-8\n', payload: { 'data/ü': 'x' } }, 'manifest-malformed manifest-md5.txt'],
    ['corrupt-data-file', {}, 'corrupt data/hello.txt', (folder) => writeFileSync(join(folder, 'data/hello.txt'), 'jello\n')],
    ['corrupt-tag-file', {}, 'corrupt bag-info.txt', (folder) => appendFileSync(join(folder, 'bag-info.txt'), 'X: y\n')],
    ['extra-file-in-bag', {}, 'extra data/bar', (folder) => writeFileSync(join(folder, 'data/bar'), 'x')],
    ['missing-baginfo', {}, 'missing bag-info.txt', (folder) => rmSync(join(folder, 'bag-info.txt'))],
    ['missing-bagit.txt', {}, 'missing bagit.txt', (folder) => rmSync(join(folder, 'bagit.txt'))],
    ['missing data file', {}, 'missing data/hello.txt', (folder) => rmSync(join(folder, 'data/hello.txt'))],
    ['renamed data file', {}, 'renamed data/hello.txt', (folder) => renameSync(join(folder, 'data/hello.txt'), join(folder, 'data/hallo.txt'))],
    ['no data folder', { payload: {} }, 'missing data', (folder) => rmSync(join(folder, 'data'), { recursive: true })],
    ['no manifest', { algorithms: [] }, 'missing manifest-sha512.txt'],
    ['link in the payload', {}, 'link data/link', (folder) => symlinkSync('/etc/passwd', join(folder, 'data/link'))],
    ['out-of-scope-file-paths-using-dot-notation', { manifest: unlisted('data/../../README.md') }, 'unsafe-path data/../../README.md'],
    ['out-of-scope-file-paths-using-absolute-path', { manifest: unlisted('/tmp/foo') }, 'unsafe-path /tmp/foo'],
    ['out-of-scope-file-paths-using-shortcut', { manifest: unlisted('~/foo') }, 'unsafe-path ~/foo'],
    ['out-of-scope-file-paths-using-shortcut-username', { manifest: unlisted('~root/foo') }, 'unsafe-path ~root/foo'],
    ['windows: absolute path', { manifest: unlisted('C:\\Windows\\System32\\setx.exe') }, 'unsafe-path C:\\Windows\\System32\\setx.exe'],
    ['windows: unc', { manifest: unlisted('\\\\UNC\\server\\setx.exe') }, 'unsafe-path \\\\UNC\\server\\setx.exe'],
    ['windows: shortcut', { manifest: unlisted('%HomeDrive%\\setx.exe') }, 'unsafe-path %HomeDrive%\\setx.exe'],
    ...['../x', '/tmp/foo', '~/foo', '~root/foo', 'C:\\x', 'bagit.txt'].map((path): [string, BagRecipe, string] => [`out of scope for fetch: ${path}`, { fetch: `https://example.org/x 5 ${path}\n` }, `unsafe-path ${path}`]),
    ['fetch of what no manifest lists', { fetch: 'https://example.org/x 5 data/nothing\n' }, 'manifest-tampered fetch.txt'],
    ['same-filename-listed-twice-with-different-hashes', { manifest: (lines) => [...lines, `${'0'.repeat(32)}  data/hello.txt`] }, 'duplicate data/hello.txt'],
    ['the same in v1.0', { version: '1.0', manifest: (lines) => [...lines, `${'0'.repeat(32)}  data/hello.txt`] }, 'duplicate data/hello.txt'],
    ['twice with the same digest in v1.0', { version: '1.0', manifest: (lines) => [...lines, ...lines] }, 'duplicate data/hello.txt'],
    ['wrong Payload-Oxum', { bagInfo: 'Payload-Oxum: 7.1\n' }, 'manifest-tampered bag-info.txt'],
    ['malformed Payload-Oxum', { bagInfo: 'Payload-Oxum: many\n' }, 'manifest-malformed bag-info.txt'],
    ['malformed line', { manifest: (lines) => [...lines, 'what is this'] }, 'manifest-malformed manifest-md5.txt'],
    ['tag manifest lists the payload', { tags: {} }, 'manifest-malformed tagmanifest-md5.txt', (folder) => appendFileSync(join(folder, 'tagmanifest-md5.txt'), `${HELLO}  data/hello.txt\n`)],
  ];
  for (const [name, recipe, problem, after] of cases) test(name, async () => {
    const folder = temporaryFolder();
    writeBag(folder, recipe);
    after?.(folder);
    const report = await verify(folder);
    expect(kinds(report)).toContain(problem);
    expect(report.ok).toBe(false);
    for (const { message } of report.problems) expect(message).toMatch(/\.$/);
  });

  test('missing-from-manifest: since 1.0 every manifest lists every file, before one was enough', async () => {
    for (const [version, problems] of [['1.0', ['manifest-malformed data/hello.txt']], ['0.97', []]] as const) {
      const folder = temporaryFolder();
      writeBag(folder, { version, algorithms: ['sha256', 'md5'], manifest: (lines) => (lines[0]!.length < 60 ? [] : lines) });
      expect(kinds(await verify(folder))).toEqual(problems);
    }
  });

  test('one digest of several is wrong: a list was changed', async () => {
    const folder = temporaryFolder();
    writeBag(folder, { version: '1.0', algorithms: ['sha256', 'md5'], manifest: (lines) => lines.map((line) => (line.length < 60 ? `${'0'.repeat(32)}${line.slice(32)}` : line)) });
    expect(kinds(await verify(folder))).toEqual(['manifest-tampered data/hello.txt']);
  });

  test('a version that is not known yet is another exit status', async () => {
    const folder = temporaryFolder();
    writeBag(folder, { version: '2.0' });
    await expect(verify(folder)).rejects.toMatchObject({ code: 'RELEASE_TOO_NEW', exitCode: 4 });
  });

  test('who asks for a digest or signers is not told yes by a bag', async () => {
    const folder = temporaryFolder();
    writeBag(folder);
    for (const options of [{ expect: `sha256:${'0'.repeat(64)}` }, { signers: [] }, { minRelease: '1.0.0' }]) await expect(verifyRelease(folder, options)).rejects.toMatchObject({ code: 'USAGE', message: expect.stringContaining('bag') });
  });
});

describe('weak bags are accepted, and it is said', () => {
  const cases: [name: string, recipe: BagRecipe, note: RegExp][] = [
    ['made-with-md5sum-tools', { manifest: (lines) => lines.map((line) => line.replace('  ', ' *')) }, /\*/],
    ['relative-path', { manifest: (lines) => lines.map((line) => line.replace('  data', '  ./data')) }, /begin with \.\//],
    ['same-filename-listed-twice-with-the-same-hash', { manifest: (lines) => [...lines, ...lines] }, /again in line 2/],
    ['duplicate-file-with-different-case', { payload: { 'data/hello.txt': 'a', 'data/HELLO.txt': 'b' } }, /ignore case/],
    ['filename-normalization', { payload: { [NFD]: '' }, manifest: () => [`${digestBy('md5', '')} ${NFC}`] }, /another Unicode form/],
    ['same-filename-listed-twice-with-different-normalization', { payload: { [NFC]: '' }, manifest: () => [NFC, NFD].map((path) => `${digestBy('md5', '')}  ${path}`) }, /another Unicode form/],
    ['special-system-files', { payload: { 'data/.DS_Store': 'x', 'data/Thumbs.db': 'y' } }, /^$/],
  ];
  test.each(cases)('%s', async (_name, recipe, note) => {
    const folder = temporaryFolder();
    writeBag(folder, recipe);
    const report = await verify(folder);
    expect(report.problems).toEqual([]);
    if (note.source !== '^$') expect(report.notes.join('\n')).toMatch(note);
  });

  test('what a bag does not prove is said', async () => {
    const folder = temporaryFolder();
    writeBag(folder, { fetch: 'https://example.org/b - data/b\n', manifest: unlisted('data/b') });
    writeFileSync(join(folder, 'unlisted.txt'), 'x');
    const said = (await verify(folder)).not_checked.join('\n');
    expect(said).toMatch(/1 payload files that this copy does not carry/);
    expect(said).toMatch(/unlisted\.txt/);
    rmSync(join(folder, 'tagmanifest-md5.txt'));
    expect((await verify(folder)).not_checked.join('\n')).toMatch(/no tag manifest/);
  });
});

test('any byte flipped in a bag is found, and nothing crashes', async () => {
  const folder = temporaryFolder();
  writeBag(folder, { version: '1.0', algorithms: ['sha256'], payload: { 'data/a.txt': 'alpha', 'data/b/ü.txt': 'beta' } });
  const names = ['bagit.txt', 'bag-info.txt', 'manifest-sha256.txt', 'tagmanifest-sha256.txt', 'data/a.txt', 'data/b/ü.txt'];
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...names), fc.nat(), fc.integer({ min: 1, max: 255 }), async (name, place, flip) => {
      const path = join(folder, name);
      const before = readFileSync(path);
      const after = Buffer.from(before);
      after[place % after.length]! ^= flip;
      // the case of a hex digit, and of what separates a line, says nothing
      const harmless = name === 'tagmanifest-sha256.txt' && after.toString('latin1').toLowerCase().split(/[\r\n]+/).join() === before.toString('latin1').toLowerCase().split(/[\r\n]+/).join();
      writeFileSync(path, after);
      try {
        const report = await verify(folder).catch((error: { code?: string }) => ({ ok: false, problems: [{ kind: error.code }] }));
        if (!harmless && name !== 'tagmanifest-sha256.txt') expect(report.ok).toBe(false);
        expect(report.ok || report.problems.every(({ kind }) => kind !== undefined)).toBe(true);
      } finally {
        writeFileSync(path, before);
      }
    }),
    { numRuns: 60 },
  );
}, 60_000);

testWithPython(['bagit'], 'agrees with bagit.py on mutated bags', async () => {
  const above = temporaryFolder();
  const changes: ((folder: string, at: number) => void)[] = [
    () => {},
    (folder) => writeFileSync(join(folder, 'data/a.txt'), 'other'),
    (folder) => rmSync(join(folder, 'data/a.txt')),
    (folder) => writeFileSync(join(folder, 'data/extra'), 'x'),
    (folder) => appendFileSync(join(folder, 'bag-info.txt'), 'X: y\n'),
    (folder) => renameSync(join(folder, 'data/a.txt'), join(folder, 'data/c.txt')),
    (folder, at) => { const path = join(folder, 'data/b.txt'); const bytes = readFileSync(path); bytes[at % bytes.length]! ^= 1; writeFileSync(path, bytes); },
    (folder) => mkdirSync(join(folder, 'data/empty')),
    (folder) => writeFileSync(join(folder, 'loose.txt'), 'x'),
    (folder) => rmSync(join(folder, 'bag-info.txt')),
  ];
  const recipes: BagRecipe[] = [{ version: '0.97' }, { version: '1.0', algorithms: ['sha512'] }, { version: '0.97', algorithms: ['sha1'] }, { version: '1.0', algorithms: ['sha256', 'md5'] }, { version: '0.97', encoding: 'UTF-16BE' }];
  const folders: string[] = [];
  for (const [r, recipe] of recipes.entries()) for (const [c, change] of changes.entries()) for (let at = 0; at < 4; at++) {
    const folder = join(above, `${r}-${c}-${at}`);
    mkdirSync(folder);
    writeBag(folder, { ...recipe, payload: { 'data/a.txt': 'alpha', 'data/b.txt': `beta${at}` } });
    change(folder, at);
    folders.push(folder);
  }
  const script = 'import sys,json,bagit,logging\nlogging.disable(50)\ndef ok(p):\n  try:\n    bagit.Bag(p).validate(); return True\n  except Exception: return False\nprint(json.dumps([ok(p) for p in sys.stdin.read().split("\\n") if p]))';
  const { stdout } = spawnSync(PYTHON!, ['-c', script], { input: folders.join('\n'), encoding: 'utf8' });
  const theirs = JSON.parse(stdout.trim()) as boolean[];
  for (const [at, folder] of folders.entries()) expect([folder, (await verify(folder)).ok]).toEqual([folder, theirs[at]]);
  expect(theirs.filter((each) => each).length).toBeGreaterThan(20);
}, 120_000);

test('a release that was stripped of its release.json is no sound bag', async () => {
  const folder = temporaryFolder();
  writeBag(folder, { version: '1.0', bagInfo: 'Payload-Oxum: 6.1\nColophon-Format: colophon-release/1\n' });
  const { ok, problems } = await verifyRelease(folder, { jobs: 1 });
  expect([ok, problems.map(({ kind, path }) => `${kind} ${path}`)]).toEqual([false, ['missing release.json']]);
  await expect(verifyRelease(folder, { expect: `sha256:${'0'.repeat(64)}` })).rejects.toMatchObject({ code: 'USAGE', message: expect.stringContaining('recognised as bag') });
});

test('an encoding that no reader here knows is told, and the bag is no sound one', async () => {
  const folder = temporaryFolder();
  writeBag(folder, { bagit: 'BagIt-Version: 0.97\nTag-File-Character-Encoding: UTF-32\n' });
  const { ok, problems } = await verifyRelease(folder, { jobs: 1 });
  expect(ok).toBe(false);
  expect(problems).toContainEqual(expect.objectContaining({ kind: 'manifest-malformed', path: 'bagit.txt', message: expect.stringContaining('encoding of the tag files is not known') }));
});
