import { execFileSync } from 'node:child_process';
import { appendFileSync, chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, truncateSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { defaultEffects } from '../../src/effects.js';
import { canonicalJson } from '../../src/fixity/canonical-json.js';
import { ARCHIVE_FORMATS, type ArchiveFormat, type PackIndex } from '../../src/model/transfer.js';
import { packRelease, packStaging, type PackOptions } from '../../src/transfer/pack.js';
import { verifyRelease } from '../../src/verify/verify.js';
import { sha256 } from '../support/release-folder.js';
import { hasProgram } from '../support/sample-workspace.js';
import { useTemporaryFolders } from '../support/temporary-folder.js';
import { IMAGES, listing, makeRelease, packOptions } from './packed-release.js';

const temporaryFolder = useTemporaryFolders();

async function pack(root: string, changes: Partial<PackOptions> = {}, name = 'out') {
  const entry = await makeRelease(root);
  const output = join(root, name);
  const report = await packRelease(entry, packOptions(output, changes), defaultEffects);
  return { entry, output, report };
}

const readIndex = (output: string): PackIndex => JSON.parse(readFileSync(join(output, 'test-set-1.0.0.index.json'), 'utf8')) as PackIndex;

/** Programs that unpack, each where it is installed. */
const UNPACKERS: { program: string; probe: string; formats: ArchiveFormat[]; args(archive: string, folder: string): string[] }[] = [
  { program: 'unzip', probe: '-v', formats: ['zip'], args: (archive, folder) => ['-q', archive, '-d', folder] },
  { program: 'bsdtar', probe: '--version', formats: ['zip', 'tar', 'tar.gz'], args: (archive, folder) => ['-xf', archive, '-C', folder] },
  { program: 'tar', probe: '--version', formats: ['tar', 'tar.gz'], args: (archive, folder) => ['-xf', archive, '-C', folder] },
  {
    program: 'python3',
    probe: '--version',
    formats: ['zip', 'tar', 'tar.gz'],
    args: (archive, folder) => ['-c', 'import shutil, sys; shutil.unpack_archive(sys.argv[1], sys.argv[2])', archive, folder],
  },
];

describe.each(UNPACKERS)('$program', ({ program, probe, formats, args }) => {
  const where = hasProgram(program, probe) ? test : test.skip;
  where.each(formats)('unpacks all archives (%s) into the release again, which verifies', async (format) => {
    const root = temporaryFolder();
    const { entry, output, report } = await pack(root, { format, deflate: program === 'unzip' });
    const folder = join(root, 'unpacked/1.0.0');
    mkdirSync(folder, { recursive: true });
    for (const { name } of report.shards) execFileSync(program, args(join(output, name), folder), { stdio: 'pipe' });
    expect(listing(folder)).toBe(listing(entry.folder));
    expect(await verifyRelease(folder, { jobs: 1 })).toMatchObject({ ok: true, digest: `sha256:${entry.digest}` });
  });
});

test('the index tells for every case its archive, files, bytes and the digest of its lines', async () => {
  const { entry, output, report } = await pack(temporaryFolder());
  const index = readIndex(output);
  expect(readFileSync(join(output, 'test-set-1.0.0.index.json'), 'utf8')).toBe(canonicalJson(index));
  expect(index).toMatchObject({ format: 'colophon-pack/1', archive: 'tar', by: 'case', release: { dataset: 'test-set', version: '1.0.0', digest: `sha256:${entry.digest}` } });
  expect(index.shards).toEqual(report.shards);
  for (const { name, sha256: digest, size_bytes } of index.shards) {
    const bytes = readFileSync(join(output, name));
    expect([sha256(bytes), bytes.length]).toEqual([digest, size_bytes]);
  }
  expect(index.contents.map(({ path, shard, files }) => [path, shard, files])).toEqual([['data/images/C1', 1, 2], ['data/images/C2', 2, 1], ['data/images/C3', 3, 1], ['data/images/C4', 4, 3]]);
  const lines = readFileSync(join(entry.folder, 'manifest-sha256.txt'), 'utf8').split('\n').filter((line) => line.includes('  data/images/C4/'));
  expect(index.contents[3]).toMatchObject({ case_id: 'C4', size_bytes: 2200, manifest_sha256: sha256(lines.map((line) => `${line}\n`).join('')) });
  execFileSync('sha256sum', ['-c', '--quiet', '--strict', 'SHA256SUMS'], { cwd: output });
  expect(readFileSync(join(output, 'SHA256SUMS'), 'utf8').trimEnd().split('\n')).toHaveLength(readdirSync(output).length - 1);
});

test('the first archive has everything but images; a case is never cut, and one that is too large is told', async () => {
  const { output, report } = await pack(temporaryFolder());
  const names = (name: string): string[] => execFileSync('tar', ['-tf', join(output, name)], { encoding: 'utf8' }).trimEnd().split('\n');
  expect(names('test-set-1.0.0-000.tar').filter((path) => path.startsWith('data/images/'))).toEqual([]);
  expect(names('test-set-1.0.0-000.tar')).toEqual(expect.arrayContaining(['release.json', 'manifest-sha256.txt', 'data/tables/cases.parquet']));
  expect(names('test-set-1.0.0-004.tar').every((path) => path.startsWith('data/images/C4/'))).toBe(true);
  expect(report.shards.map(({ oversized }) => oversized)).toEqual([true, false, true, false, false]);
  expect(report).toMatchObject({ units: 4, files: Object.keys(IMAGES).length + 8 });
});

test('a shard takes as many cases as fit, and studies may be the unit', async () => {
  const { report } = await pack(temporaryFolder(), { shardBytes: 3_000_000 });
  expect(report.shards.map(({ first, last }) => [first, last])).toEqual([[null, null], ['data/images/C1', 'data/images/C4']]);
  const { output } = await pack(temporaryFolder(), { by: 'study' });
  expect(readIndex(output).contents.map(({ case_id, path }) => [case_id, path]).slice(-2)).toEqual([['C4', 'data/images/C4/1.4'], ['C4', 'data/images/C4/1.5']]);
});

describe('same release, same bytes', () => {
  test.each(ARCHIVE_FORMATS)('%s: in another time zone, under another umask, from files with other times and modes', async (format) => {
    const [here, there] = [temporaryFolder(), temporaryFolder()];
    const { output } = await pack(here, { format, deflate: true });
    const entry = await makeRelease(there);
    for (const path of Object.keys(IMAGES)) {
      utimesSync(join(entry.folder, path), 1e9, 1e9);
      chmodSync(join(entry.folder, path), 0o400);
    }
    const before = { TZ: process.env.TZ, umask: process.umask(0o077) };
    process.env.TZ = 'Asia/Kathmandu';
    try {
      await packRelease(entry, packOptions(join(there, 'out'), { format, deflate: true }), defaultEffects);
    } finally {
      process.umask(before.umask);
      if (before.TZ === undefined) delete process.env.TZ;
      else process.env.TZ = before.TZ;
    }
    expect(readFileSync(join(there, 'out/SHA256SUMS'), 'utf8')).toBe(readFileSync(join(output, 'SHA256SUMS'), 'utf8'));
  });

  test('gzip tells neither name, nor time, nor system', async () => {
    const { output } = await pack(temporaryFolder(), { format: 'tar.gz' });
    expect([...readFileSync(join(output, 'test-set-1.0.0-001.tar.gz')).subarray(0, 10)]).toEqual([31, 139, 8, 0, 0, 0, 0, 0, 0, 255]);
  });
});

describe('a damaged release is not packed, and nothing stays', () => {
  const image = 'data/images/C3/1.3/1.3.1/1.3.1.1.dcm';
  test.each([
    ['a byte', (at: string) => writeFileSync(join(at, image), Buffer.alloc(2000, 'other')), image],
    ['the length', (at: string) => truncateSync(join(at, image), 10), image],
    ['a missing image', (at: string) => rmSync(join(at, image)), image],
    ['a link', (at: string) => (rmSync(join(at, image)), symlinkSync('/etc/hostname', join(at, image))), image],
    ['an extra file', (at: string) => writeFileSync(join(at, 'data/images/C3/stray.dcm'), ''), 'data/images/C3/stray.dcm'],
    ['an extra file at the end', (at: string) => writeFileSync(join(at, 'data/z'), ''), 'data/z'],
    ['a table', (at: string) => appendFileSync(join(at, 'data/tables/cases.parquet'), 'x'), 'data/tables/cases.parquet'],
    ['a tag file', (at: string) => appendFileSync(join(at, 'CHANGES.md'), 'x'), 'CHANGES.md'],
    ['a file beside data/', (at: string) => writeFileSync(join(at, 'notes.txt'), ''), 'notes.txt'],
    ['release.json', (at: string) => appendFileSync(join(at, 'release.json'), ' '), 'release.json'],
    ['the manifest', (at: string) => appendFileSync(join(at, 'manifest-sha256.txt'), 'x'), 'manifest-sha256.txt'],
    ['the size list', (at: string) => truncateSync(join(at, 'payload-sizes.txt'), 20), 'payload-sizes.txt'],
  ] as const)('%s', async (_what, damage, path) => {
    const root = temporaryFolder();
    const entry = await makeRelease(root);
    damage(entry.folder);
    const failure = packRelease(entry, packOptions(join(root, 'out')), defaultEffects);
    await expect(failure).rejects.toMatchObject({ code: 'RELEASE_INVALID', message: expect.stringContaining(path), expected: expect.any(String), found: expect.any(String) });
    expect(readdirSync(root)).toEqual(['releases']);
  });

  test.each(ARCHIVE_FORMATS)('a large image whose last byte is wrong (%s)', async (format) => {
    const root = temporaryFolder();
    const bytes = Buffer.alloc((17 << 20) + 5, 'large');
    const entry = await makeRelease(root, { [image]: bytes });
    await packRelease(entry, packOptions(join(root, 'whole'), { format }), defaultEffects);
    bytes[bytes.length - 1] = 0;
    writeFileSync(join(entry.folder, image), bytes);
    await expect(packRelease(entry, packOptions(join(root, 'out'), { format }), defaultEffects)).rejects.toMatchObject({ code: 'RELEASE_INVALID', found: `sha256:${sha256(bytes)}` });
    expect(readdirSync(root).sort()).toEqual(['releases', 'whole']);
  });
});

test('images that are not carried are counted, and the rest is packed', async () => {
  const root = temporaryFolder();
  const path = 'data/images/C3/1.3/1.3.1/1.3.1.1.dcm';
  const entry = await makeRelease(root, IMAGES, { notCarried: { [path]: 'https://example.org/1' } });
  const report = await packRelease(entry, packOptions(join(root, 'out')), defaultEffects);
  expect(report).toMatchObject({ not_carried: { files: 1, size_bytes: 2000 }, units: 3 });
  expect(readIndex(join(root, 'out')).contents.map(({ case_id }) => case_id)).toEqual(['C1', 'C2', 'C4']);
});

test('a dry run tells the same archives and writes nothing', async () => {
  const root = temporaryFolder();
  const { report } = await pack(root);
  const dry = await packRelease(await makeRelease(root), packOptions(join(root, 'dry'), { dryRun: true }), defaultEffects);
  expect(dry.shards).toEqual(report.shards.map((shard) => ({ ...shard, size_bytes: null, sha256: null })));
  expect(existsSync(join(root, 'dry'))).toBe(false);
});

test('what is there is not replaced; what a killed run left is swept', async () => {
  const root = temporaryFolder();
  const { entry, output } = await pack(root);
  await expect(packRelease(entry, packOptions(output), defaultEffects)).rejects.toMatchObject({ code: 'USAGE' });
  const next = join(root, 'next');
  mkdirSync(packStaging(next));
  writeFileSync(join(packStaging(next), 'test-set-1.0.0-000.tar'), 'half');
  await packRelease(entry, packOptions(next), defaultEffects);
  expect(readFileSync(join(next, 'SHA256SUMS'))).toEqual(readFileSync(join(output, 'SHA256SUMS')));
  expect(readdirSync(root).sort()).toEqual(['next', 'out', 'releases']);
});

test('an interrupted pack leaves nothing', async () => {
  const root = temporaryFolder();
  const entry = await makeRelease(root);
  const aborting = new AbortController();
  const effects = { ...defaultEffects, progress: ({ files }: { files: number }) => void (files === 12 && aborting.abort()) };
  await expect(packRelease(entry, packOptions(join(root, 'out'), { signal: aborting.signal }), effects)).rejects.toMatchObject({ code: 'INTERRUPTED' });
  expect(readdirSync(root)).toEqual(['releases']);
});
