import { execFileSync, spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { PACKAGE_ROOT } from '../../src/package-root.js';
import { readMinisignKeys, readSigners } from '../../src/verify/signers-file.js';
import { verifyRelease } from '../../src/verify/verify.js';
import { revokeKey, rotateKey } from '../../src/workflow/key-change.js';
import { signWorkspaceRelease } from '../../src/workflow/sign.js';
import { openWorkspace, type Workspace } from '../../src/workspace/workspace.js';
import { runCli } from '../support/cli.js';
import { writeRelease } from '../support/release-folder.js';
import { useTemporaryFolders } from '../support/temporary-folder.js';

const temporaryFolder = useTemporaryFolders();
const onPath = (tool: string, flag: string) => spawnSync(tool, [flag]).error === undefined;
const hasKeygen = onPath('ssh-keygen', '-?');
const MINISIGN = join(PACKAGE_ROOT, 'test/fixtures/minisign');

let workspace: Workspace;
let keys: string;
let digests: string[];

function makeWorkspace(): void {
  const root = temporaryFolder();
  keys = temporaryFolder();
  digests = [];
  writeFileSync(join(root, 'colophon.yaml'), 'dataset: {id: test-set, title: A test, license: CC-BY-4.0}\nsources: [{name: images, kind: dicom-folder, path: incoming}]\n');
  workspace = openWorkspace(root);
}

/** Publishes a small release as the next of the workspace. */
function publish(): string {
  const sequence = digests.length + 1;
  const version = `${sequence}.0.0`;
  const folder = join(workspace.paths.releases, version);
  mkdirSync(folder, { recursive: true });
  mkdirSync(workspace.paths.releaseLog, { recursive: true });
  const previous = sequence === 1 ? null : { version: `${sequence - 1}.0.0`, digest: digests.at(-1)! };
  digests.push(writeRelease(folder, { 'data/a.txt': version }, { version, sequence, previous }));
  writeFileSync(join(workspace.paths.releaseLog, `${sequence}.json`), readFileSync(join(folder, 'release.json')));
  return version;
}

function makeKey(name: string, type = 'ed25519'): string {
  const path = join(keys, name);
  execFileSync('ssh-keygen', ['-q', '-t', type, '-N', '', '-C', '', '-f', path]);
  return path;
}

function signersOf(...names: string[]): ReturnType<typeof readSigners> {
  writeFileSync(join(keys, 'allowed'), names.map((name) => `${name}@x.org ${readFileSync(join(keys, `${name}.pub`), 'utf8')}`).join(''));
  return readSigners(join(keys, 'allowed'));
}

const verify = (version: string, ...names: string[]) => verifyRelease(join(workspace.paths.releases, version), { jobs: 1, signers: signersOf(...names) });

// statements are signed by OpenSSH's own tool: without it on the PATH nobody can sign
(hasKeygen ? describe : describe.skip)('handing a signing key over (with ssh-keygen on the PATH)', () => {
  beforeEach(makeWorkspace);

  test('from one key to the next: readers who know the first accept all', async () => {
    const [a, b, c] = [makeKey('a'), makeKey('b', 'ecdsa'), makeKey('c')];
    await signWorkspaceRelease(workspace, publish(), { key: a });
    const report = await rotateKey(workspace, { from: a, to: `${b}.pub`, date: '2026-02-01' });
    expect(report).toMatchObject({ dry_run: false, path: 'releases/keys/1.json', statement: { number: 1, action: 'succeed', from_sequence: 2, after: { version: '1.0.0', sequence: 1 } } });
    expect(report.signed_by).toEqual([report.key]);
    await signWorkspaceRelease(workspace, publish(), { key: b });
    await rotateKey(workspace, { from: b, to: `${c}.pub`, date: '2026-02-02' });
    await signWorkspaceRelease(workspace, publish(), { key: c });
    for (const version of ['1.0.0', '2.0.0', '3.0.0']) expect(await verify(version, 'a')).toMatchObject({ ok: true, signatures: [{ valid: true, signer: 'a@x.org' }] });
    expect((await verify('3.0.0', 'a')).signatures[0]!.via).toHaveLength(2);
    rmSync(join(workspace.paths.releases, 'keys'), { recursive: true });
    expect((await verify('3.0.0', 'a')).ok).toBe(true);
  });

  test('a key that has ended signs no later release, and is told what does', async () => {
    const [a, b] = [makeKey('a'), makeKey('b')];
    publish();
    await rotateKey(workspace, { from: a, to: `${b}.pub` });
    await signWorkspaceRelease(workspace, '1.0.0', { key: a });
    const version = publish();
    await expect(signWorkspaceRelease(workspace, version, { key: a })).rejects.toMatchObject({ code: 'SIGNING_FAILED', expected: expect.stringContaining('its successor SHA256:') });
    expect(existsSync(join(workspace.paths.releases, version, 'release.json.sig'))).toBe(false);
  });

  test('a dry run signs and writes nothing', async () => {
    const [a, b] = [makeKey('a'), makeKey('b')];
    expect(await rotateKey(workspace, { from: a, to: `${b}.pub`, dryRun: true })).toMatchObject({ dry_run: true, signed_by: [], statement: { after: null, from_sequence: 1 } });
    expect(existsSync(workspace.paths.releases)).toBe(false);
  });

  test.each<[string, (a: string, b: string) => Promise<unknown>, RegExp, string?]>([
    ['itself as successor', (a) => rotateKey(workspace, { from: a, to: a }), /used before/],
    ['the other way round', async (a, b) => (await rotateKey(workspace, { from: a, to: b }), rotateKey(workspace, { from: b, to: a })), /used before/],
    ['twice', async (a, b) => (await rotateKey(workspace, { from: a, to: b }), rotateKey(workspace, { from: a, to: makeKey('c') })), /had ended/],
    ['with an earlier date', async (a, b) => (await rotateKey(workspace, { from: a, to: b, date: '2026-05-02' }), rotateKey(workspace, { from: b, to: makeKey('c'), date: '2026-05-01' })), /before the statement/],
    ['from a key whose .pub is another one', (a, b) => (writeFileSync(`${a}.pub`, readFileSync(`${makeKey('c')}.pub`)), rotateKey(workspace, { from: a, to: b })), /could not be signed/, 'SIGNING_FAILED'],
  ])('%s is refused, and no file is left that readers would refuse', async (_what, act, reason, code = 'USAGE') => {
    const [a, b] = [makeKey('a'), makeKey('b')];
    await expect(act(a, b)).rejects.toMatchObject({ code, message: expect.stringMatching(reason) });
    const folder = join(workspace.paths.releases, 'keys');
    const left = existsSync(folder) ? readdirSync(folder) : [];
    expect(left.every((name) => name.startsWith('1.json'))).toBe(true);
  });

  test('what is no key is refused with what to do', async () => {
    const a = makeKey('a');
    writeFileSync(join(keys, 'text'), 'hello');
    await expect(rotateKey(workspace, { from: a, to: join(keys, 'text') })).rejects.toMatchObject({ code: 'SIGNING_FAILED' });
    await expect(rotateKey(workspace, { from: join(keys, 'nobody'), to: `${a}.pub` })).rejects.toMatchObject({ code: 'SIGNING_FAILED' });
  });

  test('a key is revoked by itself, or by others who add their signatures', async () => {
    const [a, b, c] = [makeKey('a'), makeKey('b'), makeKey('c')];
    await signWorkspaceRelease(workspace, publish(), { key: a });
    await signWorkspaceRelease(workspace, '1.0.0', { key: b });
    expect(await revokeKey(workspace, { key: `${a}.pub`, by: [b], since: '1.0.0', date: '2026-02-01' })).toMatchObject({ statement: { action: 'revoke', from_sequence: 1 } });
    expect((await revokeKey(workspace, { key: `${a}.pub`, by: [c] })).signed_by).toHaveLength(2);
    expect((await revokeKey(workspace, { key: `${a}.pub`, by: [c] })).signed_by).toHaveLength(2);
    const report = await verify('1.0.0', 'a', 'b', 'c');
    expect(report.problems).toMatchObject([{ kind: 'signature-invalid', message: expect.stringContaining('was revoked from release 1') }]);
    await expect(rotateKey(workspace, { from: a, to: `${makeKey('d')}.pub` })).rejects.toMatchObject({ code: 'USAGE' });
  });

  test('a broken log of keys stops whoever would build upon it', async () => {
    const [a, b] = [makeKey('a'), makeKey('b')];
    await rotateKey(workspace, { from: a, to: `${b}.pub` });
    writeFileSync(join(workspace.paths.releases, 'keys/1.json.sig'), '');
    await expect(rotateKey(workspace, { from: b, to: `${makeKey('c')}.pub` })).rejects.toMatchObject({ code: 'RELEASE_INVALID', found: 'nobody signed it' });
    await expect(signWorkspaceRelease(workspace, publish(), { key: b })).rejects.toMatchObject({ code: 'RELEASE_INVALID' });
  });

  test('signatures that cannot be read are not thrown away by the next one', async () => {
    const version = publish();
    const path = join(workspace.paths.releases, version, 'release.json.sig');
    writeFileSync(path, 'trust me\n');
    await expect(signWorkspaceRelease(workspace, version, { key: makeKey('a') })).rejects.toMatchObject({ code: 'RELEASE_INVALID' });
    expect(readFileSync(path, 'utf8')).toBe('trust me\n');
  });

  test('minisign signs beside SSH, and each again in the place of its first', async () => {
    const version = publish();
    const minisign = join(MINISIGN, 'test-secret.key');
    expect(await signWorkspaceRelease(workspace, version, { minisign })).toMatchObject({ key: expect.stringMatching(/^minisign:[0-9A-F]{16}$/), signatures: 1 });
    expect(await signWorkspaceRelease(workspace, version, { key: makeKey('a'), minisign })).toMatchObject({ key: expect.stringMatching(/^SHA256:/), minisign: { signatures: 1 } });
    const options = { jobs: 1, signers: signersOf('a'), minisignKeys: readMinisignKeys([join(MINISIGN, 'plain.pub')]), threshold: 2 };
    expect(await verifyRelease(join(workspace.paths.releases, version), options)).toMatchObject({ ok: true, signatures: [{ format: 'ssh' }, { format: 'minisign' }] });
    await expect(signWorkspaceRelease(workspace, version, { minisign: join(MINISIGN, 'plain.pub') })).rejects.toMatchObject({ code: 'SIGNING_FAILED' });
  });
});

// the private half is on an agent: where there is none, there is nothing to ask
(hasKeygen && onPath('ssh-agent', '-?') && onPath('ssh-add', '-?') ? test : test.skip)('the command line: a key on an agent signs by its public file (with ssh-agent on the PATH)', async () => {
  makeWorkspace();
  const version = publish();
  const socket = join(keys, 'agent');
  const agent: ChildProcess = spawn('ssh-agent', ['-D', '-a', socket], { stdio: 'ignore' });
  try {
    for (let waited = 0; !existsSync(socket) && waited < 5000; waited += 50) await sleep(50);
    const [key, other] = [makeKey('agent-key', 'ecdsa'), makeKey('other')];
    execFileSync('ssh-add', ['-q', key], { env: { ...process.env, SSH_AUTH_SOCK: socket }, stdio: 'ignore' });
    rmSync(key);
    const run = (...args: string[]) => runCli(args, workspace.root, { SSH_AUTH_SOCK: socket, XDG_STATE_HOME: join(keys, 'state') });
    expect(await run('release', 'sign', version, '--key', `${key}.pub`)).toMatchObject({ status: 0 });
    const rotated = await run('release', 'rotate-key', '--from', `${key}.pub`, '--to', `${other}.pub`, '--json');
    expect([rotated.status, rotated.stderr]).toEqual([0, '']);
    signersOf('agent-key');
    const allowed = join(keys, 'allowed');
    await signWorkspaceRelease(workspace, publish(), { key: other });
    const verified = await run('verify', 'releases/2.0.0', '--signers', allowed, '--min-release', 'latest');
    expect(verified).toMatchObject({ status: 0, stdout: expect.stringContaining('handed over to') });
    const older = await run('verify', 'releases/1.0.0', '--signers', allowed, '--min-release', 'latest', '--json');
    expect(older.status).toBe(1);
    expect(JSON.parse(older.stdout)).toMatchObject({ ok: false, seen: { version: '2.0.0' }, problems: [{ kind: 'rollback' }] });
    expect(await run('verify', 'releases/1.0.0', '--signers', allowed, '--no-remember')).toMatchObject({ status: 0, stdout: expect.not.stringContaining('later release') });
  } finally {
    agent.kill();
    await once(agent, 'exit');
  }
}, 120_000);
