import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { commitRelease } from '../../src/release/git.js';

let top: string;
let root: string;
beforeEach(() => {
  top = mkdtempSync(join(tmpdir(), 'colophon-git-'));
  root = join(top, 'sets', 'chest [x]');
  for (const path of ['colophon.yaml', 'releases/1.0.0/release.json', 'releases/1.0.0/data/images/c/i.dcm', 'releases/log/1.json', 'private/key', 'notes.txt', '.colophon/catalog.duckdb']) write(path, path);
});
afterEach(() => rmSync(top, { recursive: true, force: true }));

function write(path: string, text: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}

function git(...args: string[]): string {
  return execFileSync('git', args, { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }).trim();
}

function repository(): void {
  git('init', '--quiet', top);
  git('config', 'user.name', 'A Steward');
  git('config', 'user.email', 'steward@example.org');
}

const OPTIONS = { kept: [], dataset: 'chest', version: '1.0.0', digest: 'sha256:abc', enabled: true };
const commit = () => commitRelease({ ...OPTIONS, root });

test('commits and tags the metadata of the release, and nothing else', async () => {
  repository();
  git('add', 'notes.txt');
  const report = await commit();
  expect(report).toMatchObject({ status: 'committed', tag: 'v1.0.0', message: expect.stringContaining('tagged it v1.0.0') });
  expect(git('ls-tree', '-r', '--name-only', 'HEAD').split('\n')).toEqual(['colophon.yaml', 'releases/1.0.0/release.json', 'releases/log/1.json']);
  expect(git('diff', '--cached', '--name-only', '--relative')).toBe('notes.txt');
  expect(git('cat-file', '-t', 'v1.0.0')).toBe('tag');
  expect(git('log', '-1', '--format=%B')).toBe('Release 1.0.0 of chest\n\nRelease-Digest: sha256:abc');
  expect(report.commit).toBe(git('rev-parse', 'HEAD'));
});

test('what .gitignore leaves out already, as that of every new workspace does, keeps nothing else out', async () => {
  repository();
  write('.gitignore', 'private/\n.colophon/\nreleases/*/data/images/\nsplits/secret.csv\n');
  for (const path of ['splits/secret.csv', 'splits/open.csv', 'releases/index.html']) write(path, path);
  expect(await commitRelease({ ...OPTIONS, root, kept: ['splits/secret.csv'] })).toMatchObject({ status: 'committed' });
  const expected = ['.gitignore', 'colophon.yaml', 'releases/1.0.0/release.json', 'releases/index.html', 'releases/log/1.json', 'splits/open.csv'];
  expect(git('ls-tree', '-r', '--name-only', 'HEAD').split('\n')).toEqual(expected);
});

test('a workspace in no repository, and one that wants no commit, are told', async () => {
  expect(await commit()).toMatchObject({ status: 'no-repository', message: expect.stringContaining('no git repository') });
  expect(await commitRelease({ ...OPTIONS, root, enabled: false })).toMatchObject({ status: 'off' });
});

test('hooks and monitors that the repository configures are not run', async () => {
  repository();
  const evil = join(top, 'evil.sh');
  const mark = join(top, 'ran');
  writeFileSync(evil, `#!/bin/sh\ntouch '${mark}'\n`, { mode: 0o755 });
  writeFileSync(join(top, '.git/hooks/pre-commit'), `#!/bin/sh\ntouch '${mark}'\nexit 1\n`, { mode: 0o755 });
  writeFileSync(join(top, '.git/hooks/post-commit'), `#!/bin/sh\ntouch '${mark}'\n`, { mode: 0o755 });
  git('config', 'core.fsmonitor', evil);
  expect(await commit()).toMatchObject({ status: 'committed' });
  expect(existsSync(mark)).toBe(false);
});

test('a tag that exists and a git that refuses are reported with what to do, and never thrown', async () => {
  repository();
  git('commit', '--quiet', '--allow-empty', '-m', 'x');
  git('tag', 'v1.0.0');
  expect(await commit()).toMatchObject({ status: 'failed', message: expect.stringContaining('the tag v1.0.0 exists already') });
  git('tag', '-d', 'v1.0.0');
  git('config', 'commit.gpgsign', 'true');
  git('config', 'gpg.program', '/nonexistent/gpg');
  expect(await commit()).toMatchObject({ status: 'failed', message: expect.stringContaining('git tag -a v1.0.0') });
});

test('what tells who is hidden stays out of the commit, also where it was in an earlier one, and is named', async () => {
  repository();
  for (const name of ['a.csv', 'a.draws.jsonl', 'a.commitment.json', 'b.csv']) write(`splits/${name}`, name);
  git('add', 'splits/a.draws.jsonl');
  git('commit', '--quiet', '-m', 'earlier');
  write('splits/a.draws.jsonl', 'changed');
  const kept = ['splits/a.csv', 'splits/a.draws.jsonl'];
  const report = await commitRelease({ ...OPTIONS, root, kept });
  expect(report).toMatchObject({ status: 'committed', message: expect.stringContaining('Left out, because they tell who is hidden: splits/a.csv, splits/a.draws.jsonl.') });
  const committed = git('show', '--name-only', '--format=', 'HEAD').split('\n').map((path) => path.replace(/^.*?(splits|releases|colophon)/, '$1'));
  expect(committed).toEqual(['colophon.yaml', 'releases/1.0.0/release.json', 'releases/log/1.json', 'splits/a.commitment.json', 'splits/b.csv']);
});
