/** Lists of files beside them: checksums, Gen3 manifests, tables of hashes, commands of s5cmd. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { parseSumsLine } from '../../../src/fixity/sums-line.js';
import type { VerifyReport } from '../../../src/model/verification.js';
import { verifyRelease } from '../../../src/verify/verify.js';
import { digestBy } from '../../support/bag-folder.js';
import { useTemporaryFolders } from '../../support/temporary-folder.js';

const temporaryFolder = useTemporaryFolders();
const verify = (path: string, options = {}): Promise<VerifyReport> => verifyRelease(path, { jobs: 1, ...options });
const kinds = ({ problems }: VerifyReport): string[] => problems.map(({ kind, path }) => `${kind} ${path}`);

const FILES = { 'a.txt': 'alpha', 'sub/b c.txt': 'beta' };

function make(files: Record<string, string> = FILES): string {
  const folder = temporaryFolder();
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(join(folder, dirname(path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
  return folder;
}

const lines = (algorithm: string, line: (digest: string, path: string) => string): string => Object.entries(FILES).map(([path, content]) => `${line(digestBy(algorithm, content), path)}\n`).join('');

describe('lists of checksums', () => {
  const cases: [name: string, list: string, text: string, format: string][] = [
    ['GNU', 'SHA256SUMS', lines('sha256', (digest, path) => `${digest}  ${path}`), 'sha256sums'],
    ['GNU, binary', 'sha512sums.txt', lines('sha512', (digest, path) => `${digest} *${path}`), 'sha512sums'],
    ['one blank', 'MD5SUMS', lines('md5', (digest, path) => `${digest} ${path}`), 'md5sums'],
    ['BSD', 'CHECKSUMS', lines('sha256', (digest, path) => `SHA256 (${path}) = ${digest}`), 'sha256sums'],
    ['GNU --tag', 'checksums.txt', lines('sha1', (digest, path) => `SHA1 (${path}) = ${digest}`), 'sha1sums'],
    ['BLAKE2b of the length of sha512', 'B2SUMS', lines('blake2b512', (digest, path) => `${digest}  ${path}`), 'blake2b512sums'],
    ['by its name', 'all.sha384', lines('sha384', (digest, path) => `${digest}  ${path}`), 'sha384sums'],
    ['CR LF, comments, upper case, ./', 'SHA256SUMS.txt', `# made by hand\r\n${lines('sha256', (digest, path) => `${digest.toUpperCase()}  ./${path}\r`)}`, 'sha256sums'],
  ];
  test.each(cases)('%s', async (_name, list, text, format) => {
    const folder = make();
    writeFileSync(join(folder, list), text);
    expect(await verify(folder)).toMatchObject({ ok: true, format, files: 2, bytes: 9, release: null });
    writeFileSync(join(folder, 'extra.txt'), 'x');
    expect(kinds(await verify(folder))).toEqual(['extra extra.txt']);
    const one = await verify(join(folder, list));
    expect([one.ok, one.not_checked.join()]).toEqual([true, expect.stringContaining('extra.txt')]);
    writeFileSync(join(folder, 'a.txt'), 'ALPHA');
    rmSync(join(folder, 'sub/b c.txt'));
    expect(kinds(await verify(join(folder, list)))).toEqual(['corrupt a.txt', 'missing sub/b c.txt']);
  });

  test('escaped names, as sha256sum itself writes them', async () => {
    const files = { 'line\nend.txt': 'x', 'back\\slash.txt': 'y' };
    const folder = make({ 'line\nend.txt': files['line\nend.txt'] });
    writeFileSync(join(folder, 'SHA256SUMS'), execFileSync('sha256sum', ['line\nend.txt'], { cwd: folder }));
    expect(readFileSync(join(folder, 'SHA256SUMS'), 'utf8')).toMatch(/^\\[0-9a-f]{64} {2}line\\nend\.txt\n$/);
    expect((await verify(folder)).problems).toEqual([]);
    writeFileSync(join(folder, 'SHA256SUMS'), execFileSync('sha256sum', ['--tag', 'line\nend.txt'], { cwd: folder }));
    expect((await verify(folder)).problems).toEqual([]);
  });

  test('hostile lines, contradictions, links', async () => {
    const folder = make();
    symlinkSync('/etc/passwd', join(folder, 'link'));
    const zero = '0'.repeat(64);
    writeFileSync(join(folder, 'SHA256SUMS'), `${lines('sha256', (digest, path) => `${digest}  ${path}`)}${zero}  ../../etc/passwd\n${zero}  /etc/passwd\n${zero}  a.txt\n${zero}  link\ngarbage\n${'0'.repeat(40)}  short.txt\n`);
    expect(kinds(await verify(folder))).toEqual(expect.arrayContaining(['unsafe-path ../../etc/passwd', 'unsafe-path /etc/passwd', 'duplicate a.txt', 'link link', 'manifest-malformed SHA256SUMS']));
  });

  test('a name that was changed is told with its new one', async () => {
    const folder = make({ 'a.txt': 'alpha', 'sub/new.txt': 'beta' });
    writeFileSync(join(folder, 'SHA256SUMS'), lines('sha256', (digest, path) => `${digest}  ${path}`));
    expect((await verify(folder)).problems).toMatchObject([{ kind: 'renamed', path: 'sub/b c.txt', found: 'sub/new.txt' }]);
  });

  test('any line is read or refused, and what GNU and BSD write is read back', () => {
    fc.assert(fc.property(fc.string(), (text) => void parseSumsLine(text)), { numRuns: 5000 });
    fc.assert(
      fc.property(fc.string({ minLength: 1, unit: 'grapheme' }).filter((path) => !/[\0]/.test(path)), fc.boolean(), (path, bsd) => {
        const digest = 'ab'.repeat(32);
        const escaped = path.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('\r', '\\r');
        const mark = escaped === path ? '' : '\\';
        expect(parseSumsLine(bsd ? `${mark}SHA256 (${escaped}) = ${digest}` : `${mark}${digest}  ${escaped}`)).toMatchObject({ digest, path });
      }),
      { numRuns: 2000 },
    );
  });
});

describe('Gen3 manifests', () => {
  const manifest = (change: (entries: Record<string, unknown>[]) => unknown = (entries) => entries): string =>
    JSON.stringify(change(Object.entries(FILES).map(([path, content]) => ({ object_id: `dg.MD1R/${'0'.repeat(8)}-0000-0000-0000-${'0'.repeat(12)}`, file_name: path, file_size: content.length, md5sum: digestBy('md5', content) }))));

  test('files by their paths, and by their names alone', async () => {
    for (const files of [FILES, { 'a.txt': 'alpha', 'b c.txt': 'beta' }]) {
      const folder = make(files);
      writeFileSync(join(folder, 'manifest.json'), manifest());
      expect(await verify(folder)).toMatchObject({ ok: true, format: 'gen3-manifest', problems: [] });
      expect(await verify(join(folder, 'manifest.json'))).toMatchObject({ ok: true, format: 'gen3-manifest' });
    }
  });

  test.each<[string, (entries: Record<string, unknown>[]) => unknown, string]>([
    ['a size that lies', (entries) => entries.map((entry) => ({ ...entry, file_size: 99 })), 'truncated a.txt'],
    ['a digest that lies', (entries) => entries.map((entry) => ({ ...entry, md5sum: '0'.repeat(32) })), 'corrupt a.txt'],
    ['a digest that is none', (entries) => entries.map((entry) => ({ ...entry, md5sum: 'zz' })), 'manifest-malformed manifest.json'],
    ['a path that leads out', (entries) => [...entries, { file_name: '../../etc/passwd', md5sum: '0'.repeat(32) }], 'unsafe-path ../../etc/passwd'],
    ['a file that is not there', (entries) => [...entries, { file_name: 'c', md5sum: '0'.repeat(32) }], 'missing c'],
    ['a size that is none', (entries) => entries.map((entry) => ({ ...entry, file_size: -1 })), 'manifest-malformed manifest.json'],
  ])('%s', async (_name, change, problem) => {
    const folder = make();
    writeFileSync(join(folder, 'manifest.json'), manifest(change));
    expect(kinds(await verify(folder))).toContain(problem);
  });

  test('mutated manifests: no crash, and no tampered file passes', async () => {
    const folder = make();
    const sound = Buffer.from(manifest());
    writeFileSync(join(folder, 'a.txt'), 'ALPHA');
    await fc.assert(
      fc.asyncProperty(fc.nat(), fc.integer({ min: 1, max: 255 }), async (place, flip) => {
        const bytes = Buffer.from(sound);
        bytes[place % bytes.length]! ^= flip;
        writeFileSync(join(folder, 'manifest.json'), bytes);
        const report = await verify(folder).catch((error: { code?: string }) => {
          expect(error.code).toBe('NOT_A_RELEASE');
          return null;
        });
        expect(report?.ok === true && report.not_checked.every((sentence) => !sentence.startsWith('The bytes of'))).toBe(false);
      }),
      { numRuns: 200 },
    );
  });
});

describe('folders of s5cmd and IDC', () => {
  const UUID = '01234567-89ab-4cde-8f01-23456789abcd';
  test.each([
    ['by path', `path,md5,size\nseries/x.dcm,${digestBy('md5', 'image')},5\n`, 'series/x.dcm'],
    ['by URL', `aws_url\tsha256\ns3://idc-open-data/${UUID}/x.dcm\t${digestBy('sha256', 'image')}\n`, 'deep/x.dcm'],
    ['by the UUID of IDC', `crdc_instance_uuid,instance_hash,instance_size\n${UUID},${digestBy('md5', 'image')},5\n`, `${UUID}/${UUID}.dcm`],
  ])('a table of hashes, files %s', async (_name, table, path) => {
    const folder = make({ 'hashes.csv': table, [path]: 'image', 'manifest.s5cmd': `cp s3://idc-open-data/${UUID}/* .\n` });
    expect((await verify(folder)).problems).toEqual([]);
    expect(await verify(folder)).toMatchObject({ ok: true, format: 'hash-table' });
    writeFileSync(join(folder, path), 'imagE');
    expect(kinds(await verify(folder))).toEqual([`corrupt ${path}`]);
    writeFileSync(join(folder, 'other.dcm'), 'x');
    expect(kinds(await verify(folder))).toContain('extra other.dcm');
  });

  test('commands without hashes prove nothing of any byte, and it is said', async () => {
    const folder = make({ 'manifest.s5cmd': `# IDC\ncp s3://idc-open-data/${UUID}/* .\ncp 's3://idc-open-data/gone/*' .\n`, [`${UUID}/x.dcm`]: 'image' });
    const report = await verify(folder);
    expect([report.format, kinds(report)]).toEqual(['s5cmd', ['missing gone']]);
    expect(report.not_checked.join()).toMatch(/^Every byte/);
  });
});

test('what is nothing that is known: exit status 3, with what was looked for', async () => {
  const folder = make({ 'readme.txt': 'hello', 'table.csv': 'a,b\n1,2\n', 'x.json': '{"a": 1}' });
  for (const path of [folder, join(folder, 'readme.txt'), join(folder, 'table.csv'), join(folder, 'x.json')])
    await expect(verify(path)).rejects.toMatchObject({ code: 'NOT_A_RELEASE', exitCode: 3, expected: expect.stringContaining('OCFL') });
});
