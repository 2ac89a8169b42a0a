import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import type { VerifyReport } from '../../../src/model/verification.js';
import { verifyRelease } from '../../../src/verify/verify.js';
import { zipOf, type ZipPart } from '../../support/archive-bytes.js';
import { sha256 } from '../../support/release-folder.js';
import { useTemporaryFolders } from '../../support/temporary-folder.js';

const temporaryFolder = useTemporaryFolders();
const SUMS: ZipPart = { name: 'SHA256SUMS', content: `${sha256('alpha')}  a.txt\n` };

function verify(parts: readonly ZipPart[]): Promise<VerifyReport> {
  const path = join(temporaryFolder(), 'x.zip');
  writeFileSync(path, zipOf(parts));
  return verifyRelease(path, { jobs: 1 });
}

test('sizes in fields of zip64 are read', async () => {
  expect(await verify([SUMS, { name: 'a.txt', content: 'alpha', zip64: true }])).toMatchObject({ ok: true, files: 1, problems: [] });
  expect((await verify([SUMS, { name: 'a.txt', content: 'alphA', zip64: true }])).problems).toMatchObject([{ kind: 'corrupt', path: 'a.txt' }]);
});

test.each([2 ** 32, 5 * 2 ** 32, 2 ** 52])('an entry that states %d bytes and has five is refused, and no room is made for them', async (bytes) => {
  const { ok, problems } = await verify([SUMS, { name: 'a.txt', content: 'alpha', zip64: bytes }]);
  expect(ok).toBe(false);
  expect(problems.map(({ kind }) => kind)).toContain('archive-malformed');
});

test('more entries than 65,535 are read, and the last of them is no less checked', async () => {
  const folders = Array.from({ length: 65_600 }, (_, at): ZipPart => ({ name: `d/${at}/`, mode: 0o040755 }));
  expect((await verify([SUMS, ...folders, { name: 'b.txt', content: 'alpha' }])).problems).toMatchObject([{ kind: 'renamed', path: 'a.txt', found: 'b.txt' }]);
}, 240_000);
