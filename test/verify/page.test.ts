import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, unlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { verifyRelease } from '../../src/verify/verify.js';
import { PACKAGE_ROOT } from '../../src/package-root.js';
import { cutPaged, type PagedRelease } from '../support/paged-release.js';
import { resealTagManifest } from '../support/release-folder.js';
import { useTemporaryFolders } from '../support/temporary-folder.js';

const temporaryFolder = useTemporaryFolders();
let original: PagedRelease;
let release: PagedRelease;
beforeAll(async () => {
  original = await cutPaged(mkdtempSync(join(tmpdir(), 'colophon-test-')));
});
afterAll(() => rmSync(join(original.folder, '../..'), { recursive: true }));
beforeEach(() => {
  release = { ...original, folder: join(temporaryFolder(), '1.0.0') };
  cpSync(original.folder, release.folder, { recursive: true });
});

/** Rewrites a file beside data/ and, as somebody who covers his tracks, the tag manifest. */
function rewrite(name: string, change: (text: string) => string): void {
  const path = join(release.folder, name);
  const before = readFileSync(path, 'utf8');
  const after = change(before);
  expect(after).not.toBe(before);
  writeFileSync(path, after);
  resealTagManifest(release.folder);
}

async function problems(): Promise<string[]> {
  const { problems: found } = await verifyRelease(release.folder, { jobs: 1 });
  return found.map(({ kind, path }) => `${kind} ${path}`);
}

test('the page shows the digest of the release that vouches for it', async () => {
  expect(release.html).toContain(`sha256:<span id="digest"><!--release-digest-->${release.digest}<!--/release-digest--></span>`);
  const report = await verifyRelease(release.folder, { jobs: 1 });
  expect(report).toMatchObject({ ok: true, digest: `sha256:${release.digest}` });
  expect(report.not_checked.join()).not.toMatch(/index\.html|CHANGES\.md/);
});

describe('a page that was tampered with is told, though the tag manifest was rewritten', () => {
  test.each<[name: string, change: (html: string) => string]>([
    ['a script beside', (html) => html.replace('</body>', '<script>alert(1)</script></body>')],
    ['a script in the place of the digest', (html) => html.replace(release.digest, '<script>alert(1)</script>')],
    ['a script behind the digest', (html) => html.replace(release.digest, `${release.digest}<script>alert(1)</script>`)],
    ['the digest of another release', (html) => html.replace(release.digest, '0'.repeat(64))],
    ['the digest in upper case', (html) => html.replace(release.digest, 'A'.repeat(64))],
    ['a second place', (html) => html.replace('<footer>', `<!--release-digest-->${release.digest}<!--/release-digest--><footer>`)],
    ['no digest', (html) => html.replace(release.digest, '')],
  ])('%s', async (_name, change) => {
    rewrite('index.html', change);
    expect(await problems()).toEqual(['corrupt index.html']);
  });
});

test('changes are pinned as well', async () => {
  rewrite('CHANGES.md', (text) => `${text}Nothing to see here.\n`);
  expect(await problems()).toEqual(['corrupt CHANGES.md']);
});

test('a page that is gone is missing, though the tag manifest was rewritten', async () => {
  unlinkSync(join(release.folder, 'index.html'));
  resealTagManifest(release.folder);
  expect(await problems()).toEqual(['missing index.html']);
});

test('a line of the tag manifest that was changed is told as such', async () => {
  const path = join(release.folder, 'tagmanifest-sha256.txt');
  writeFileSync(path, readFileSync(path, 'utf8').replace(/^[0-9a-f]{64}(?= {2}index\.html)/m, '0'.repeat(64)));
  expect(await problems()).toEqual(['manifest-tampered tagmanifest-sha256.txt']);
});

test('the check by hand of the format says the same', () => {
  const commands = /^grep -c "\\"page\\"[^\n]*\n[^\n]*\n/m.exec(readFileSync(join(PACKAGE_ROOT, 'releases/README.md'), 'utf8'))![0];
  const run = (): string => execFileSync('bash', ['-c', `${commands}\ntrue`], { cwd: release.folder, encoding: 'utf8' });
  expect(run()).toBe('1\n1\n');
  rewrite('index.html', (html) => html.replace('<footer>', '<footer>!'));
  expect(run()).toBe('0\n1\n');
});
