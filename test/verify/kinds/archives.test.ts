import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { beforeEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { ZipArchive, TarArchive } from 'archiver';
import { defaultEffects } from '../../../src/effects.js';
import type { ArchiveLimits } from '../../../src/verify/kinds/archive-limits.js';
import { ARCHIVE_LIMITS } from '../../../src/verify/kinds/archive-limits.js';
import { ArchiveTree } from '../../../src/verify/kinds/archive-tree.js';
import type { VerifyReport } from '../../../src/model/verification.js';
import { verifyRelease } from '../../../src/verify/verify.js';
import { paxRecord, tarEntry, tarOf, zipOf, type TarPart, type ZipPart } from '../../support/archive-bytes.js';
import { writeBag } from '../../support/bag-folder.js';
import { PAYLOAD, sha256, writeRelease } from '../../support/release-folder.js';
import { useTemporaryFolders } from '../../support/temporary-folder.js';

const temporaryFolder = useTemporaryFolders();
const kinds = ({ problems }: VerifyReport): string[] => problems.map(({ kind, path }) => `${kind} ${path}`);
const verify = (path: string, options = {}): Promise<VerifyReport> => verifyRelease(path, { jobs: 1, ...options });

let above: string;
let release: string;
let digest: string;
beforeEach(() => {
  above = temporaryFolder();
  release = join(above, '1.0.0');
  mkdirSync(release);
  digest = writeRelease(release);
});

/** Files of a folder as parts of an archive. */
function partsOf(folder: string): { name: string; content: Buffer }[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
    .map((path) => ({ name: path.slice(folder.length + 1), content: readFileSync(path) }));
}

function put(name: string, bytes: Buffer): string {
  writeFileSync(join(above, name), bytes);
  return join(above, name);
}

const PACKERS: [name: string, pack: (folder: string) => string][] = [
  ['tar', (folder) => tar(folder, 'cf', 'r.tar', '1.0.0')],
  ['tar of GNU with long names', (folder) => tar(folder, '--format=gnu', '-cf', 'g.tar', '1.0.0')],
  ['tar of POSIX', (folder) => tar(folder, '--format=pax', '-cf', 'p.tar', '1.0.0')],
  ['tar.gz', (folder) => tar(folder, 'czf', 'r.tar.gz', '1.0.0')],
  ['tgz without a folder', (folder) => tar(join(folder, '1.0.0'), 'czf', '../r.tgz', '.')],
  ['zip, stored', (folder) => put('s.zip', zipOf(partsOf(join(folder, '1.0.0'))))],
  ['zip, deflated', (folder) => put('d.zip', zipOf(partsOf(join(folder, '1.0.0')).map((part) => ({ ...part, name: `top/${part.name}`, deflate: true }))))],
];

function tar(folder: string, ...args: string[]): string {
  execFileSync('tar', args, { cwd: folder });
  return join(folder, args.find((each) => /\.(?:tar|tgz|gz)$/.test(each))!);
}

describe('a release in one archive', () => {
  test.each(PACKERS)('%s: the answer of the folder', async (_name, pack) => {
    const long = `data/images/C3/${'x'.repeat(120)}/${'y'.repeat(120)}.dcm`;
    rmSync(release, { recursive: true });
    mkdirSync(release);
    digest = writeRelease(release, { ...PAYLOAD, [long]: 'long' });
    const path = pack(above);
    const folder = await verify(release);
    const report = await verify(path, { expect: digest });
    expect(report.problems).toEqual([]);
    expect(report).toMatchObject({ ok: true, release: 'test-set 1.0.0', digest: `sha256:${digest}`, files: folder.files, bytes: folder.bytes });
    expect(report.format).toMatch(/^colophon-release\/1 in (?:zip|tar|tar\.gz)$/);
    expect(kinds(await verify(path, { expect: 'a'.repeat(64) }))).not.toEqual([]);
  });

  test('every fault of the payload is named as in a folder', async () => {
    writeFileSync(join(release, 'data/notes/z.txt'), 'SAME');
    truncateSync(join(release, 'data/images/C1/1.2.3/1.2.3.4/1.2.3.4.1.dcm'), 100);
    rmSync(join(release, 'data/croissant.json'));
    writeFileSync(join(release, 'data/extra.txt'), 'x');
    symlinkSync('/etc/passwd', join(release, 'data/link'));
    const folder = await verify(release);
    expect(folder.problems.length).toBe(5);
    for (const path of [tar(above, 'cf', 'f.tar', '1.0.0'), tar(above, 'czf', 'f.tgz', '1.0.0')]) {
      const report = await verify(path);
      expect(kinds(report).map((each) => each.replace('1.0.0/', ''))).toEqual(kinds(folder));
      expect(report.problems.find(({ kind }) => kind === 'truncated')).toMatchObject({ expected: '3000 bytes', found: '100 bytes' });
    }
  });

  test('a bag, and a list of checksums, in an archive; one by an algorithm that is read a second time', async () => {
    const folder = join(above, 'bag');
    mkdirSync(folder);
    writeBag(folder, { version: '1.0', algorithms: ['sha512', 'md5'] });
    expect(await verify(tar(above, 'czf', 'bag.tgz', 'bag'))).toMatchObject({ ok: true, format: 'bagit 1.0 in tar.gz' });
    writeFileSync(join(folder, 'data/hello.txt'), 'jello\n');
    expect(kinds(await verify(tar(above, 'cf', 'bad.tar', 'bag')))).toEqual(['corrupt data/hello.txt']);
    const sums = zipOf([{ name: 'SHA256SUMS', content: `${sha256('a')}  a.txt\n` }, { name: 'a.txt', content: 'a' }]);
    expect(await verify(put('sums.zip', sums))).toMatchObject({ ok: true, format: 'sha256sums in zip' });
  });

  test('nothing that is known: what was looked for', async () => {
    for (const bytes of [tarOf([{ name: 'a.txt', content: 'x' }]), zipOf([{ name: 'a.txt', content: 'x' }])])
      await expect(verify(put('x.bin', bytes))).rejects.toMatchObject({ code: 'NOT_A_RELEASE', exitCode: 3, expected: expect.stringContaining('BagIt') });
    await expect(verify(put('x.xz', Buffer.from('fd377a585a000000', 'hex')))).rejects.toMatchObject({ code: 'NOT_A_RELEASE' });
  });
});

describe('a pack', () => {
  async function pack(format: 'zip' | 'tar' | 'tar.gz'): Promise<string> {
    const folder = join(above, `pack-${format}`);
    mkdirSync(folder);
    const parts = partsOf(release);
    const shards = [parts.filter(({ name }) => !name.startsWith('data/images/')), parts.filter(({ name }) => name.startsWith('data/images/'))];
    const names: string[] = [];
    for (const [at, shard] of shards.entries()) {
      const name = `test-set-1.0.0-00${at}.${format}`;
      const archive = format === 'zip' ? new ZipArchive({ store: true }) : new TarArchive({ gzip: format === 'tar.gz' });
      const chunks: Buffer[] = [];
      archive.on('data', (chunk: Buffer) => void chunks.push(chunk));
      for (const part of shard) archive.append(part.content, { name: part.name });
      const ended = once(archive, 'end');
      await archive.finalize();
      await ended;
      writeFileSync(join(folder, name), Buffer.concat(chunks));
      names.push(name);
    }
    const index = { archive: format, by: 'case', contents: [], format: 'colophon-pack/1', release: { dataset: 'test-set', digest: `sha256:${digest}`, version: '1.0.0' }, shards: names.map((name) => ({ name })) };
    writeFileSync(join(folder, 'test-set-1.0.0.index.json'), JSON.stringify(index));
    sums(folder);
    return folder;
  }
  const sums = (folder: string): void => writeFileSync(join(folder, 'SHA256SUMS'), readdirSync(folder).filter((name) => name !== 'SHA256SUMS').sort().map((name) => `${sha256(readFileSync(join(folder, name)))}  ${name}\n`).join(''));

  test.each(['zip', 'tar', 'tar.gz'] as const)('%s: whole, damaged, without a shard, with another release in its index', async (format) => {
    const folder = await pack(format);
    expect(await verify(folder, { expect: digest })).toMatchObject({ ok: true, problems: [], format: 'colophon-release/1 in colophon-pack/1', digest: `sha256:${digest}` });
    const index = join(folder, 'test-set-1.0.0.index.json');
    const sound = readFileSync(index);
    writeFileSync(index, sound.toString().replace(digest, 'b'.repeat(64)));
    sums(folder);
    expect(kinds(await verify(folder))).toEqual(['manifest-tampered test-set-1.0.0.index.json']);
    writeFileSync(index, sound);
    writeFileSync(join(folder, 'more.txt'), 'x');
    sums(folder);
    rmSync(join(folder, 'more.txt'));
    expect(kinds(await verify(folder))).toEqual(['missing more.txt']);
    sums(folder);
    const shard = join(folder, `test-set-1.0.0-001.${format}`);
    rmSync(shard);
    expect(kinds(await verify(folder))).toEqual(expect.arrayContaining([`missing test-set-1.0.0-001.${format}`, 'missing data/images/C2/1.2.5/1.2.5.6/1.2.5.6.1.dcm']));
  });
});

const MALFORMED = 'archive-malformed';
const IMAGE = 'data/images/C1/1.2.3/1.2.3.4/1.2.3.4.1.dcm';

describe('hostile tars are refused by name', () => {
  const with_ = (...more: TarPart[]) => (parts: TarPart[]): Buffer => tarOf([...parts, ...more]);
  const cases: [name: string, make: (parts: TarPart[]) => Buffer, problem: string][] = [
    ['..', with_({ name: '../evil', content: 'x' }), 'unsafe-path ../evil'],
    ['.. within', with_({ name: 'data/../../evil', content: 'x' }), 'unsafe-path data/../../evil'],
    ['absolute', with_({ name: '/etc/evil', content: 'x' }), 'unsafe-path /etc/evil'],
    ['.. by pax', with_({ name: 'pax', type: 'x', content: paxRecord('path', '../evil') }, { name: 'a', content: 'x' }), 'unsafe-path ../evil'],
    ['.. by a long name of GNU', with_({ name: '././@LongLink', type: 'L', content: '../evil\0' }, { name: 'a', content: 'x' }), 'unsafe-path ../evil'],
    ['symbolic link', with_({ name: 'data/link', type: '2' }), 'link data/link'],
    ['hard link', with_({ name: 'data/link', type: '1' }), 'link data/link'],
    ['device', with_({ name: 'data/dev', type: '3' }), 'special data/dev'],
    ['fifo', with_({ name: 'data/fifo', type: '6' }), 'special data/fifo'],
    ['sparse of GNU', with_({ name: 'data/sparse', type: 'S', content: 'x' }), 'special data/sparse'],
    ['sparse by pax', with_({ name: 'pax', type: 'x', content: paxRecord('GNU.sparse.major', '1') }, { name: 'data/sparse', content: 'x' }), 'special data/sparse'],
    ['twice', (parts) => tarOf([...parts, { name: IMAGE, content: 'other' }]), `duplicate ${IMAGE}`],
    ['file and folder', with_({ name: 'data/x', content: 'x' }, { name: 'data/x/y', content: 'y' }), 'collision data/x'],
    ['after the end', (parts) => Buffer.concat([tarOf(parts), ...tarEntry({ name: 'data/hidden', content: 'x' })]), ''],
    ['after one zero block', (parts) => Buffer.concat([tarOf(parts, Buffer.alloc(512)), tarOf([{ name: 'data/hidden', content: 'x' }])]), MALFORMED],
    ['no end', (parts) => tarOf(parts, Buffer.alloc(0)), MALFORMED],
    ['cut', (parts) => tarOf(parts).subarray(0, 5000), MALFORMED],
    ['wrong checksum of a header', (parts) => { const bytes = tarOf(parts); bytes[0]! ^= 1; bytes[512 * 2]! ^= 0; return Buffer.concat([...tarEntry(parts[0]!), bytes]); }, MALFORMED],
    ['malformed pax', with_({ name: 'pax', type: 'x', content: '99 path=x\n' }, { name: 'a', content: 'x' }), MALFORMED],
    ['size of 8 EB', with_({ name: 'data/huge', size: 0o77777777777 }), MALFORMED],
    ['extended header of 1 GB', with_({ name: 'pax', type: 'x', size: 1 << 30 }), MALFORMED],
  ];
  test.each(cases)('%s', async (name, make, problem) => {
    const bytes = make(partsOf(release));
    for (const [file, content] of [['h.tar', bytes], ['h.tgz', gzipSync(bytes)]] as const) {
      const report = await verify(put(file, content));
      expect(report.ok).toBe(false);
      if (problem !== '') expect(kinds(report).join('\n')).toContain(problem);
      else expect(report.problems.map(({ message }) => message).join('\n')).toContain('after its end');
      expect([name, report.problems.every(({ message }) => /\.$/.test(message))]).toEqual([name, true]);
    }
  });

  test('gzip: cut, damaged, with more behind it', async () => {
    const bytes = gzipSync(tarOf(partsOf(release)));
    const damaged = Buffer.from(bytes);
    damaged[damaged.length - 6]! ^= 1;
    for (const each of [bytes.subarray(0, bytes.length - 20), damaged, Buffer.concat([bytes, Buffer.from('trailing')])]) expect(kinds(await verify(put('g.tgz', each)))).toContain(`${MALFORMED} g.tgz`);
  });
});

describe('hostile zips are refused by name', () => {
  const image = Buffer.alloc(3000, 'one');
  const cases: [name: string, make: (parts: ZipPart[]) => Buffer, said: RegExp][] = [
    ['..', (parts) => zipOf([...parts, { name: '../evil' }]), /leaves the folder/],
    ['absolute', (parts) => zipOf([...parts, { name: '/evil' }]), /is absolute/],
    ['backslash', (parts) => zipOf([...parts, { name: '..\\evil' }]), /backslash/],
    ['link', (parts) => zipOf([...parts, { name: 'data/link', content: '/etc/passwd', mode: 0o120777 }]), /link/],
    ['device', (parts) => zipOf([...parts, { name: 'data/dev', mode: 0o020666 }]), /device/],
    ['twice', (parts) => zipOf([...parts, { name: IMAGE, content: 'x' }]), /more than once/],
    ['another name in the local header', (parts) => zipOf([...parts, { name: 'data/a', localName: 'data/b' }]), /disagree about its name/],
    ['another size in the local header', (parts) => zipOf(parts.map((part) => (part.name === IMAGE ? { ...part, localSize: 5 } : part))), /disagree about its size/],
    ['another CRC in the local header', (parts) => zipOf(parts.map((part) => (part.name === IMAGE ? { ...part, localCrc: 5 } : part))), /disagree about its CRC/],
    ['wrong CRC', (parts) => zipOf(parts.map((part) => (part.name === IMAGE ? { ...part, crc: 5 } : part))), /CRC of .* is wrong/],
    ['more bytes than stated', (parts) => zipOf(parts.map((part) => (part.name === IMAGE ? { ...part, content: image, deflate: true, size: 10 } : part))), /cannot be unpacked/],
    ['encrypted', (parts) => zipOf(parts.map((part) => (part.name === IMAGE ? { ...part, flags: 1 } : part))), /encrypted|cannot be read/],
    ['overlapping entries', (parts) => zipOf([...parts, { name: 'data/again', content: '', shares: true }]), /overlap/],
    ['bytes before', (parts) => zipOf(parts.map((part) => part), { before: '#!/bin/sh\n' }), /.*/],
    ['bytes between', (parts) => zipOf(parts, { between: 'hidden bytes' }), /belong to nothing/],
    ['bytes after', (parts) => zipOf(parts, { after: 'trailing' }), /comment length/],
    ['cut', (parts) => zipOf(parts).subarray(0, 9000), /truncated|cannot be read/],
  ];
  test.each(cases)('%s', async (_name, make, said) => {
    const path = put('h.zip', make(partsOf(release)));
    const report = await verify(path).catch((error: { code: string }) => ({ ok: false, problems: [{ message: error.code }] }));
    expect(report.ok).toBe(false);
    expect(report.problems.map(({ message }) => message).join('\n')).toMatch(said);
  });
});

describe('bombs', () => {
  const zeros = Buffer.alloc(4 << 20);
  const open = async (bytes: Buffer, limits: Partial<ArchiveLimits>): Promise<string> => {
    const said: string[] = [];
    const tree = await ArchiveTree.open([put('b.bin', bytes)], {}, defaultEffects, (_kind, _path, message) => void said.push(message), { ...ARCHIVE_LIMITS, ...limits });
    tree.close();
    expect(existsSync(tree.root)).toBe(false);
    return said.join('\n');
  };
  test.each([
    ['ratio, gzip', gzipSync(tarOf([{ name: 'data/z', content: zeros }])), { ratioFromBytes: 1 << 20 }, /250 times its own size/],
    ['ratio, zip', zipOf([{ name: 'data/z', content: zeros, deflate: true }]), { ratioFromBytes: 1 << 20 }, /250 times its own size/],
    ['bytes', tarOf([{ name: 'data/z', content: zeros }]), { bytes: 1 << 20 }, /more than 1048576 bytes/],
    ['entries', tarOf(Array.from({ length: 50 }, (_each, at) => ({ name: `data/${at}` }))), { entries: 20 }, /more than 20 entries/],
    ['a list that is none', tarOf([{ name: 'bagit.txt', content: zeros }]), { listBytes: 1 << 20 }, /larger than lists/],
  ])('%s', async (_name, bytes, limits, said) => {
    expect(await open(bytes, limits)).toMatch(said);
  });
});

test('a changed byte anywhere in an archive is found, or leaves the same files; nothing crashes or hangs', async () => {
  const small = join(above, 'small');
  mkdirSync(small);
  writeBag(small, { version: '1.0', algorithms: ['sha256'], payload: { 'data/a.txt': 'alpha', 'data/b/c.txt': 'gamma' } });
  const parts = partsOf(small);
  const sound = [tarOf(parts), gzipSync(tarOf(parts)), zipOf(parts), zipOf(parts.map((part) => ({ ...part, deflate: true })))];
  const unpacked = new Map(parts.map(({ name, content }) => [name, content]));
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...sound.keys()), fc.array(fc.tuple(fc.nat(), fc.integer({ min: 1, max: 255 })), { minLength: 1, maxLength: 4 }), fc.option(fc.nat(), { freq: 5 }), async (at, flips, cut) => {
      const bytes = Buffer.from(sound[at]!);
      for (const [place, flip] of flips) bytes[place % bytes.length]! ^= flip;
      const path = put('m.bin', cut === null ? bytes : bytes.subarray(0, cut % bytes.length));
      const report = await verify(path).catch((error: { code?: string }) => {
        expect(error.code).toMatch(/^(?:NOT_A_RELEASE|RELEASE_TOO_NEW)$/);
        return null;
      });
      if (report?.ok !== true) return;
      // what it said yes to are the very files
      const tree = await ArchiveTree.open([path], {}, defaultEffects, () => {});
      for (const { path: name } of tree.list()) if (unpacked.has(name) && name !== 'tagmanifest-sha256.txt') expect([name, tree.find(name)?.sha256]).toEqual([name, sha256(unpacked.get(name)!)]);
      tree.close();
    }),
    { numRuns: Number(process.env.COLOPHON_FUZZ_RUNS ?? 150) },
  );
}, 60_000);
