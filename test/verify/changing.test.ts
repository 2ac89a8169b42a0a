/** What changes while it is read, and lists that are no lists: never a wrong yes, never more memory than a chunk. */
import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, openSync, closeSync, readFileSync, statSync, truncateSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { FileDigester } from '../../src/fixity/digest.js';
import { PACKAGE_ROOT } from '../../src/package-root.js';
import { verifyRelease } from '../../src/verify/verify.js';
import { writeRelease } from '../support/release-folder.js';
import { useTemporaryFolders } from '../support/temporary-folder.js';

const temporaryFolder = useTemporaryFolders();

test('a file that grows while it is hashed is not taken for the one that was published', async () => {
  const path = join(temporaryFolder(), 'growing.bin');
  writeFileSync(path, '');
  truncateSync(path, 300 << 20);
  const before = statSync(path).size;
  const writer = spawn(process.execPath, ['-e', `const fs = require('fs'); const d = fs.openSync(process.argv[1], 'a'); setInterval(() => fs.writeSync(d, 'x'), 2);`, path], { stdio: 'ignore' });
  try {
    for (let left = 400; left > 0 && statSync(path).size === before; left--) await sleep(25);
    expect(() => new FileDigester().hashFile(path)).toThrow(expect.objectContaining({ defect: 'changed' }));
  } finally {
    writer.kill();
  }
});

test('a table that is replaced when it is opened chooses nothing in secret: the copy is no longer sound', async () => {
  const root = temporaryFolder();
  writeRelease(root, { 'data/images/C1/1.dcm': 'one', 'data/images/C2/2.dcm': 'two', 'data/tables/instances.parquet': 'PAR1 as published' });
  const only = {
    text: 'all of C1',
    async *select(tables: ReadonlyMap<string, string>): AsyncGenerator<string[]> {
      writeFileSync(tables.get('instances')!, 'PAR1 by another');
      yield ['data/images/C1/1.dcm'];
    },
  };
  const { ok, problems } = await verifyRelease(root, { jobs: 1, only });
  expect(ok).toBe(false);
  expect(problems.map(({ path }) => path)).toContain('data/tables/instances.parquet');
});

/** Verifies in a process of its own; what it said, and the largest resident set it had, in MB. */
function verifyApart(root: string): { said: string; peak_mb: number } {
  const program = `const { verifyRelease } = await import(process.argv[1]);
    const said = await verifyRelease(process.argv[2], { jobs: 1 }).then(({ ok, problems }) => JSON.stringify([ok, problems.slice(0, 3)]), (error) => error.code);
    console.log(JSON.stringify({ said, peak_mb: process.resourceUsage().maxRSS / 1000 }));`;
  const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', program, join(PACKAGE_ROOT, 'dist/src/verify/verify.js'), root], { encoding: 'utf8' });
  expect(stderr).toBe('');
  return JSON.parse(stdout) as { said: string; peak_mb: number };
}

/** Makes a file of one line of 1 GB, which takes no room on disk. */
function makeLongLine(path: string, head: string): void {
  writeFileSync(path, head);
  truncateSync(path, 1 << 30);
  const descriptor = openSync(path, 'r+');
  writeSync(descriptor, '\n', (1 << 30) - 1);
  closeSync(descriptor);
}

test('a manifest with one line of 1 GB is refused in little memory: of a release, a bag, a list of checksums', () => {
  const release = temporaryFolder();
  writeRelease(release, { 'data/a.txt': 'a' });
  const line = readFileSync(join(release, 'manifest-sha256.txt'), 'utf8').trimEnd();
  makeLongLine(join(release, 'manifest-sha256.txt'), line);
  const bag = temporaryFolder();
  mkdirSync(join(bag, 'data'));
  writeFileSync(join(bag, 'data/a.txt'), 'a');
  writeFileSync(join(bag, 'bagit.txt'), 'BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n');
  makeLongLine(join(bag, 'manifest-sha256.txt'), line);
  const sums = temporaryFolder();
  writeFileSync(join(sums, 'a.txt'), 'a');
  makeLongLine(join(sums, 'SHA256SUMS'), line);
  for (const root of [release, bag, sums]) {
    const { said, peak_mb } = verifyApart(root);
    expect(said).toMatch(/manifest-malformed|NOT_A_RELEASE/);
    // buffers that are read go when the collector comes by: half of the line would already say that it was held
    expect(peak_mb).toBeLessThan(500);
  }
}, 240_000);
