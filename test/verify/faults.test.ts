import { execFileSync, spawnSync } from 'node:child_process';
import {
  appendFileSync, chmodSync, copyFileSync, cpSync, mkdirSync, readFileSync, renameSync, rmSync, symlinkSync, truncateSync, unlinkSync, writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { canonicalJson } from '../../src/fixity/canonical-json.js';
import type { VerifyReport } from '../../src/model/verification.js';
import { verifyRelease } from '../../src/verify/verify.js';
import { PAYLOAD, resealTagManifest, sha256, writeRelease } from '../support/release-folder.js';
import { useTemporaryFolders } from '../support/temporary-folder.js';

const temporaryFolder = useTemporaryFolders();
const IMAGE = 'data/images/C1/1.2.3/1.2.3.4/1.2.3.4.1.dcm';
const OTHER = 'data/images/C1/1.2.3/1.2.3.4/1.2.3.4.2.dcm';
const MANIFEST = 'manifest-sha256.txt';
const TAGS = 'tagmanifest-sha256.txt';

let above: string;
let release: string;
let digest: string;
beforeEach(() => {
  above = temporaryFolder();
  release = join(above, '1.0.0');
  mkdirSync(release);
  digest = writeRelease(release);
});

const at = (path: string): string => join(release, path);
const read = (path: string): string => readFileSync(at(path), 'utf8');
const verify = (options = {}): Promise<VerifyReport> => verifyRelease(release, { jobs: 1, ...options });

/** `kind path` of every problem, in the report's order. */
async function problems(options = {}): Promise<string[]> {
  const report = await verify(options);
  expect(report.ok).toBe(report.problems.length === 0);
  for (const { message } of report.problems) expect(message).toMatch(/\.$/);
  return report.problems.map(({ kind, path }) => `${kind} ${path}`);
}

/** Changes a list and covers the tracks in the tag manifest: release.json still objects. */
function editList(name: string, edit: (text: string) => string): void {
  writeFileSync(at(name), edit(read(name)));
  resealTagManifest(release);
}

const TAMPERED = `manifest-tampered ${MANIFEST}`;
const MALFORMED = `manifest-malformed ${MANIFEST}`;

test('a sound release: nothing is wrong, everything was counted, and the rest is said', async () => {
  const report = await verify({ expect: `sha256:${digest}` });
  const payloadBytes = Object.values(PAYLOAD).reduce((sum, content) => sum + Buffer.byteLength(content), 0);
  expect(report).toMatchObject({ ok: true, release: 'test-set 1.0.0', digest: `sha256:${digest}`, problems: [], signatures: [], withdrawn: [] });
  expect(report.files).toBe(Object.keys(PAYLOAD).length + 8);
  expect(report.bytes).toBeGreaterThan(payloadBytes);
  expect(report.not_checked.join('\n')).toMatch(/signature/i);
  expect((await verify()).not_checked.join('\n')).toContain(`--expect. Compare sha256:${digest}`);
  expect(spawnSync('sha256sum', ['--strict', '-c', MANIFEST], { cwd: release }).status).toBe(0);
  expect(spawnSync('sha256sum', ['--strict', '-c', TAGS], { cwd: release }).status).toBe(0);
});

describe('what happens to payload files', () => {
  test('same-size corruption: both digests are told', async () => {
    const bytes = readFileSync(at(IMAGE));
    bytes[1500]! ^= 1;
    writeFileSync(at(IMAGE), bytes);
    expect((await verify()).problems).toEqual([
      { kind: 'corrupt', path: IMAGE, expected: sha256(PAYLOAD[IMAGE]!), found: sha256(bytes), message: expect.any(String) },
    ]);
  });

  test('a truncated file is told from a corrupt one, with both sizes, in a fast run too', async () => {
    truncateSync(at(IMAGE), 1000);
    const expected = [{ kind: 'truncated', path: IMAGE, expected: '3000 bytes', found: '1000 bytes' }];
    expect((await verify()).problems).toMatchObject(expected);
    const fast = await verify({ fast: true });
    expect(fast.problems).toMatchObject(expected);
    expect(fast.not_checked.join()).toMatch(/fast run/);
  });

  test('a file that grew', async () => {
    appendFileSync(at(IMAGE), 'x');
    expect((await verify()).problems).toMatchObject([{ kind: 'corrupt', path: IMAGE, expected: '3000 bytes', found: '3001 bytes' }]);
  });

  test('missing, extra, and what an operating system leaves behind', async () => {
    unlinkSync(at(IMAGE));
    writeFileSync(at('data/new.txt'), 'new');
    writeFileSync(at('data/images/.DS_Store'), 'droppings');
    expect(await problems()).toEqual(['extra data/images/.DS_Store', `missing ${IMAGE}`, 'extra data/new.txt']);
    expect((await verify()).problems[0]?.message).toMatch(/operating system/);
  });

  test('renamed, across folders; of two files with the same bytes one is the renamed one, the other is extra', async () => {
    mkdirSync(at('data/a'));
    renameSync(at(IMAGE), at('data/a/moved.dcm'));
    copyFileSync(at('data/a/moved.dcm'), at('data/a/second.dcm'));
    expect((await verify()).problems).toMatchObject([
      { kind: 'extra', path: 'data/a/second.dcm' },
      { kind: 'renamed', path: IMAGE, expected: IMAGE, found: 'data/a/moved.dcm' },
    ]);
    expect(await problems({ fast: true })).toEqual(['extra data/a/moved.dcm', 'extra data/a/second.dcm', `missing ${IMAGE}`]);
  });

  test('two files of one size swapped: each is corrupt and tells whose bytes it holds', async () => {
    writeFileSync(at(IMAGE), PAYLOAD[OTHER]!);
    writeFileSync(at(OTHER), PAYLOAD[IMAGE]!);
    const report = await verify();
    expect(report.problems.map(({ kind, path }) => `${kind} ${path}`)).toEqual([`corrupt ${IMAGE}`, `corrupt ${OTHER}`]);
    expect(report.problems[0]?.message).toContain(OTHER);
  });

  test('a link to the same bytes outside, a link to a folder outside, a dangling link: never followed', async () => {
    writeFileSync(join(above, 'outside'), PAYLOAD[IMAGE]!);
    unlinkSync(at(IMAGE));
    symlinkSync(join(above, 'outside'), at(IMAGE));
    mkdirSync(join(above, 'folder'));
    writeFileSync(join(above, 'folder/secret'), 'secret');
    symlinkSync(join(above, 'folder'), at('data/linked'));
    symlinkSync('nowhere', at('data/dangling'));
    expect(await problems()).toEqual(['link data/dangling', `link ${IMAGE}`, 'link data/linked']);
  });

  test('a folder of the payload replaced by a link to an equal folder outside', async () => {
    cpSync(at('data/notes'), join(above, 'notes'), { recursive: true });
    rmSync(at('data/notes'), { recursive: true });
    symlinkSync(join(above, 'notes'), at('data/notes'));
    expect(await problems()).toEqual(['link data/notes', 'missing data/notes/empty.txt', 'missing data/notes/z.txt', 'missing data/notes/übersicht.txt']);
  });

  test('data/ itself replaced by a link', async () => {
    renameSync(at('data'), join(above, 'data'));
    symlinkSync(join(above, 'data'), at('data'));
    const found = await problems();
    expect(found[0]).toBe('link data');
    expect(found.slice(1)).toHaveLength(Object.keys(PAYLOAD).length);
  });

  test('a fifo, a socket, a folder in the place of a file: no hang, no crash', async () => {
    unlinkSync(at(IMAGE));
    execFileSync('mkfifo', [at(IMAGE)]);
    unlinkSync(at(OTHER));
    mkdirSync(at(OTHER));
    const server = createServer().listen(at('data/socket'));
    await new Promise((resolve) => server.once('listening', resolve));
    const found = await problems();
    await new Promise((resolve) => server.close(resolve));
    expect(found).toEqual([`special ${IMAGE}`, `missing ${OTHER}`, 'special data/socket']);
  });

  test('files and folders without permission are unreadable, not missing (as another user when the tests run as root)', () => {
    chmodSync(at(IMAGE), 0o000);
    chmodSync(at('data/notes'), 0o000);
    chmodSync(above, 0o755);
    const script = `import { verifyRelease } from ${JSON.stringify(new URL('../../src/verify/verify.js', import.meta.url).href)};
      ${process.getuid?.() === 0 ? 'process.setgid(65534); process.setuid(65534);' : ''}
      const report = await verifyRelease(${JSON.stringify(release)}, { jobs: 1 });
      process.stdout.write(JSON.stringify(report.problems.map(({ kind, path, found }) => [kind, path, found ?? ''].join(' ').trim())));`;
    const child = spawnSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' });
    chmodSync(at('data/notes'), 0o755);
    expect(child.stderr).toBe('');
    expect(JSON.parse(child.stdout)).toEqual([
      `unreadable ${IMAGE} EACCES`,
      'unreadable data/notes',
      'unreadable data/notes/empty.txt',
      'unreadable data/notes/z.txt',
      'unreadable data/notes/übersicht.txt',
    ]);
  });

  test('a name in another Unicode form is found by its bytes', async () => {
    renameSync(at('data/notes/übersicht.txt'), at('data/notes/u\u0308bersicht.txt'));
    const [problem] = (await verify()).problems;
    expect(problem).toMatchObject({ kind: 'renamed', path: 'data/notes/übersicht.txt', found: 'data/notes/u\u0308bersicht.txt' });
    expect(problem?.message).toMatch(/Unicode/);
  });

  test('everything at once is told at once', async () => {
    truncateSync(at(OTHER), 5);
    unlinkSync(at('data/croissant.json'));
    writeFileSync(at('data/tables/cases.parquet'), Buffer.alloc(500, 'PAR2'));
    writeFileSync(at('data/x'), '');
    expect(await problems()).toEqual(['missing data/croissant.json', `truncated ${OTHER}`, 'corrupt data/tables/cases.parquet', 'extra data/x']);
  });
});

describe('a manifest that was edited, even with the tag manifest rewritten', () => {
  const line = (path: string): string => `${sha256(PAYLOAD[path] ?? '')}  ${path}\n`;

  test.each([
    ['../x', 'leaves the folder'],
    ['data/../../outside', 'leaves the folder'],
    ['/etc/passwd', 'is absolute'],
    ['C:/x', 'drive letter'],
    ['data\\..\\x', 'backslash'],
    ['~/x', '~'],
    ['bagit.txt', 'not below data/'],
    ['data//x', 'empty'],
  ])('the entry %s is never joined to anything', async (path, reason) => {
    writeFileSync(join(above, 'outside'), 'x');
    writeFileSync(join(above, 'x'), 'x');
    editList(MANIFEST, (text) => `${text}${sha256('x')}  ${path}\n`);
    const report = await verify();
    expect(report.problems.map(({ kind, path: where }) => `${kind} ${where}`)).toEqual([TAMPERED, `unsafe-path ${path}`].sort(byPath));
    expect(report.problems.find(({ kind }) => kind === 'unsafe-path')?.message).toContain(reason);
  });

  test('the same line twice; two digests for a path; neither makes the file corrupt', async () => {
    editList(MANIFEST, (text) => text + line(IMAGE));
    expect(await problems()).toEqual([`duplicate ${IMAGE}`, TAMPERED]);
    editList(MANIFEST, () => line(IMAGE).replace(/^\w+/, sha256('other')) + Object.keys(PAYLOAD).sort().map(line).join(''));
    const report = await verify();
    expect(report.problems.map(({ kind, path }) => `${kind} ${path}`)).toContain(`duplicate ${IMAGE}`);
    expect(report.problems.filter(({ kind }) => kind === 'corrupt')).toEqual([]);
  });

  test('cut in the middle of a line', async () => {
    editList(MANIFEST, (text) => text.slice(0, -20));
    const found = await problems();
    expect(found).toContain(TAMPERED);
    expect(found).toContain(MALFORMED);
    expect(found).toContain('extra data/tables/cases.parquet');
  });

  test('the last line lost', async () => {
    editList(MANIFEST, (text) => text.replace(line('data/tables/cases.parquet'), ''));
    expect(await problems()).toEqual([
      'manifest-tampered bag-info.txt',
      'extra data/tables/cases.parquet',
      TAMPERED,
      'manifest-malformed payload-sizes.txt',
    ]);
  });

  test('emptied', async () => {
    editList(MANIFEST, () => '');
    const found = await problems();
    expect(found).toContain(MALFORMED);
    expect(found.filter((each) => each.startsWith('extra data/'))).toHaveLength(Object.keys(PAYLOAD).length);
  });

  test.each([
    ['CR LF', (text: string) => text.replaceAll('\n', '\r\n')],
    ['upper-case digits', (text: string) => text.replace(/^\w+/gm, (hex) => hex.toUpperCase())],
    ['the binary marker', (text: string) => text.replace(/^(\w+) {2}/gm, '$1 *')],
  ])('%s: told once for the list, and the files are still checked', async (_what, edit) => {
    editList(MANIFEST, edit);
    unlinkSync(at('data/croissant.json'));
    expect(await problems()).toEqual(['missing data/croissant.json', MALFORMED, TAMPERED]);
  });

  test('garbage: a few lines are shown, the rest is counted', async () => {
    editList(MANIFEST, (text) => text + 'garbage\n'.repeat(5000) + Buffer.from([0xff, 0xfe, 10]).toString('latin1') + 'x'.repeat(100_000));
    const report = await verify();
    const malformed = report.problems.filter(({ kind, path }) => kind === 'manifest-malformed' && path === MANIFEST);
    expect(malformed).toHaveLength(101);
    expect(malformed.some(({ message }) => /^49\d\d more lines/.test(message))).toBe(true);
  });

  test('names that collide where case does not count', async () => {
    editList(MANIFEST, (text) => `${text}${sha256('')}  data/NOTES/Z.txt\n${sha256('')}  data/notes/Z.txt\n`);
    expect(await problems()).toEqual(expect.arrayContaining(['collision data/NOTES/Z.txt', 'collision data/notes/Z.txt']));
  });

  test('removed: the payload is extra, and the loss is told', async () => {
    unlinkSync(at(MANIFEST));
    const found = await problems();
    expect(found).toContain(`missing ${MANIFEST}`);
    expect(found).toContain(`extra ${IMAGE}`);
  });
});

function byPath(a: string, b: string): number {
  const [x, y] = [a.slice(a.indexOf(' ') + 1), b.slice(b.indexOf(' ') + 1)];
  return x < y ? -1 : 1;
}

describe('the files beside data/', () => {
  test('a tag file edited', async () => {
    appendFileSync(at('CHANGES.md'), 'and more');
    appendFileSync(at('bag-info.txt'), 'Contact-Name: nobody\n');
    expect(await problems()).toEqual(['corrupt CHANGES.md', 'manifest-tampered bag-info.txt']);
  });

  test('the tag manifest deleted and a tag file edited', async () => {
    unlinkSync(at(TAGS));
    appendFileSync(at('bag-info.txt'), 'Contact-Name: nobody\n');
    expect(await problems()).toEqual(['manifest-tampered bag-info.txt', `missing ${TAGS}`]);
  });

  test('an entry of the tag manifest lost, or changed', async () => {
    writeFileSync(at(TAGS), read(TAGS).replace(/^.*bagit\.txt\n/m, '').replace(/^.*index\.html\n/m, '').replace(/^\w+( {2}manifest)/m, `${sha256('x')}$1`));
    expect(await problems()).toEqual(['extra index.html', `manifest-tampered ${TAGS}`, `manifest-tampered ${TAGS}`]);
  });

  test.each(['bagit.txt', 'bag-info.txt', 'release.json', 'payload-sizes.txt', 'index.html', MANIFEST])('%s deleted', async (name) => {
    unlinkSync(at(name));
    expect(await problems()).toContain(`missing ${name}`);
  });

  test('a root file replaced by a link, a file and a folder of files that do not belong', async () => {
    renameSync(at('bag-info.txt'), join(above, 'bag-info.txt'));
    symlinkSync(join(above, 'bag-info.txt'), at('bag-info.txt'));
    writeFileSync(at('notes.txt'), 'x');
    mkdirSync(at('stray'));
    writeFileSync(at('stray/x'), 'x');
    expect(await problems()).toEqual(['link bag-info.txt', 'extra notes.txt', 'extra stray/x']);
  });

  test('NOTICE and a signature may come later', async () => {
    writeFileSync(at('NOTICE'), 'A case was withdrawn.\n');
    const report = await verify();
    expect(report.problems).toEqual([]);
    writeFileSync(at('release.json.sig'), 'not a signature');
    expect((await verify()).problems.map(({ kind, path }) => [kind, path])).toEqual([['signature-invalid', 'release.json.sig']]);
  });

  test('an entry of the tag manifest that points outside is not followed', async () => {
    writeFileSync(join(above, 'outside'), 'x');
    appendFileSync(at(TAGS), `${sha256('x')}  ../outside\n${sha256('x')}  data/croissant.json\n`);
    expect(await problems()).toEqual(['unsafe-path ../outside', `manifest-malformed ${TAGS}`]);
  });

  test('another BagIt version', async () => {
    editList('bagit.txt', (text) => text.replace('1.0', '2.0'));
    expect(await problems()).toEqual(['manifest-malformed bagit.txt', 'manifest-tampered bagit.txt']);
  });

  test('a size list that lies is not believed', async () => {
    editList('payload-sizes.txt', (text) => text.replace(/^3000/m, '4000'));
    const found = await problems();
    expect(found).toEqual(['manifest-tampered bag-info.txt', 'manifest-tampered payload-sizes.txt']);
  });
});

describe('release.json', () => {
  const edit = (change: (document: Record<string, unknown>) => void): void => {
    const document = JSON.parse(read('release.json')) as Record<string, unknown>;
    change(document);
    writeFileSync(at('release.json'), canonicalJson(document));
    resealTagManifest(release);
  };

  test('removed file, its line, sizes, Oxum, release.json and tag manifest rewritten: only the expected digest tells', async () => {
    rmSync(release, { recursive: true });
    const { [IMAGE]: _gone, ...rest } = PAYLOAD;
    const rewritten = writeRelease(release, rest);
    expect(await problems()).toEqual([]);
    expect((await verify({ expect: digest })).problems).toMatchObject([
      { kind: 'manifest-tampered', path: 'release.json', expected: `sha256:${digest}`, found: `sha256:${rewritten}` },
    ]);
  });

  test.each(['sha256:abc', 'abc', `md5:${'a'.repeat(64)}`])('an expected digest that is none (%s) is a usage error', async (expected) => {
    await expect(verify({ expect: expected })).rejects.toMatchObject({ code: 'USAGE' });
  });

  test.each([
    ['not JSON', '{'],
    ['a key twice', '{"format":"colophon-release/1","format":"colophon-release/1"}'],
    ['__proto__', '{"__proto__":{}}'],
    ['nested without end', '['.repeat(100_000)],
    ['not UTF-8', Buffer.from([0x22, 0xff, 0x22])],
    ['an array', '[]'],
    ['of no format', '{}'],
    ['empty', ''],
  ])('%s: malformed, and the rest is still checked', async (_what, text) => {
    writeFileSync(at('release.json'), text);
    resealTagManifest(release);
    unlinkSync(at(IMAGE));
    const report = await verify();
    expect(report.release).toBeNull();
    const found = new Set(report.problems.map(({ kind, path }) => `${kind} ${path}`));
    expect([...found]).toEqual([`missing ${IMAGE}`, 'manifest-malformed release.json']);
  });

  test('not canonical: told, and used', async () => {
    writeFileSync(at('release.json'), JSON.stringify(JSON.parse(read('release.json')), null, 2));
    resealTagManifest(release);
    const report = await verify();
    expect(report.release).toBe('test-set 1.0.0');
    expect(report.problems).toMatchObject([{ kind: 'manifest-malformed', path: 'release.json' }]);
  });

  test('a member that a later version added is no fault', async () => {
    edit((document) => Object.assign(document, { later: { a: 1 } }));
    expect(await problems()).toEqual([]);
  });

  test('a newer format stops with its own status; a flipped bit that looks like one does not', async () => {
    edit((document) => Object.assign(document, { format: 'colophon-release/7' }));
    await expect(verify()).rejects.toMatchObject({ code: 'RELEASE_TOO_NEW', exitCode: 4 });
    rmSync(release, { recursive: true });
    writeRelease(release);
    writeFileSync(at('release.json'), read('release.json').replace('colophon-release/1', 'colophon-release/3'));
    expect(await problems()).toContain('manifest-tampered release.json');
  });
});

describe('what is no release', () => {
  test('nothing, a file, an empty folder, a bag without manifests', async () => {
    await expect(verifyRelease(join(above, 'nothing'))).rejects.toMatchObject({ code: 'RELEASE_NOT_FOUND' });
    await expect(verifyRelease(at(IMAGE))).rejects.toMatchObject({ code: 'NOT_A_RELEASE' });
    mkdirSync(join(above, 'empty'));
    await expect(verifyRelease(join(above, 'empty'))).rejects.toMatchObject({ code: 'NOT_A_RELEASE' });
    mkdirSync(join(above, 'bag/data'), { recursive: true });
    writeFileSync(join(above, 'bag/bagit.txt'), 'BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n');
    expect(await verifyRelease(join(above, 'bag'))).toMatchObject({ ok: false, format: 'bagit 1.0', release: null });
  });

  test('a link to a release is a name for it', async () => {
    symlinkSync(release, join(above, 'latest'));
    expect((await verifyRelease(join(above, 'latest'), { jobs: 1 })).ok).toBe(true);
  });
});

describe('a release that carries only part of its payload', () => {
  const notCarried = { [IMAGE]: 'https://example.org/1.dcm' };
  beforeEach(() => {
    rmSync(release, { recursive: true });
    digest = writeRelease(release, PAYLOAD, { notCarried });
  });

  test('what fetch.txt lists may be absent, and the report says how much', async () => {
    const report = await verify({ expect: digest });
    expect(report.problems).toEqual([]);
    expect(report.not_checked[0]).toMatch(/^The log|1 payload files \(3000 bytes\)/);
    expect(report.not_checked.join('\n')).toContain('1 payload files (3000 bytes) that this copy does not carry');
  });

  test('what was fetched is checked, what is absent without being listed is missing', async () => {
    mkdirSync(join(at(IMAGE), '..'), { recursive: true });
    writeFileSync(at(IMAGE), Buffer.alloc(3000, 'bad'));
    unlinkSync(at(OTHER));
    expect(await problems()).toEqual([`corrupt ${IMAGE}`, `missing ${OTHER}`]);
  });

  test('an edited fetch.txt is told', async () => {
    editList('fetch.txt', (text) => `${text}https://example.org/2.dcm 3000 ${OTHER}\nhttps://example.org/3 1 data/nothing\n`);
    expect(await problems()).toEqual(['manifest-malformed fetch.txt', 'manifest-tampered fetch.txt']);
  });
});

describe('the chain', () => {
  let second: string;
  beforeEach(() => {
    second = join(above, '1.1.0');
    mkdirSync(second);
    mkdirSync(join(above, 'log'));
    writeRelease(second, PAYLOAD, { version: '1.1.0', sequence: 2, previous: { version: '1.0.0', digest } });
    copyFileSync(at('release.json'), join(above, 'log/1.json'));
    copyFileSync(join(second, 'release.json'), join(above, 'log/2.json'));
  });
  const chain = async (folder: string): Promise<string[]> => (await verifyRelease(folder, { jobs: 1 })).problems.map(({ kind, path }) => `${kind} ${path}`);

  test('holds', async () => {
    expect([await chain(release), await chain(second)]).toEqual([[], []]);
  });

  test('a release that was cut again is visible from its log entry and from the next release', async () => {
    rmSync(release, { recursive: true });
    writeRelease(release, { ...PAYLOAD, 'data/tables/cases.parquet': 'other' });
    expect(await chain(release)).toEqual(['chain-broken ../log/1.json', 'chain-broken ../log/2.json']);
    expect(await chain(second)).toEqual(['chain-broken ../1.0.0/release.json']);
  });

  test('a number that nothing claims', async () => {
    unlinkSync(join(above, 'log/2.json'));
    expect(await chain(second)).toEqual(['chain-broken ../log/2.json']);
  });

  test('a copy that lies alone, or among releases of other datasets, is not accused', async () => {
    rmSync(release, { recursive: true });
    rmSync(join(above, 'log'), { recursive: true });
    const alone = await verifyRelease(second, { jobs: 1 });
    expect(alone.problems).toEqual([]);
    expect(alone.not_checked.join('\n')).toMatch(/previous release, 1\.0\.0.*\n.*log of releases/);
    mkdirSync(release);
    writeRelease(release, PAYLOAD, { dataset: 'another-set' });
    expect(await chain(second)).toEqual([]);
  });

  test('a first release with a past, a second one without', async () => {
    for (const options of [{ sequence: 2 }, { previous: { version: '0.9.0', digest } }]) {
      rmSync(release, { recursive: true });
      writeRelease(release, PAYLOAD, options);
      rmSync(join(above, 'log'), { recursive: true, force: true });
      expect(await chain(release)).toEqual(['chain-broken release.json']);
    }
  });
});

test('an aborted signal stops it', async () => {
  await expect(verify({ signal: AbortSignal.abort() })).rejects.toMatchObject({ code: 'INTERRUPTED' });
});
