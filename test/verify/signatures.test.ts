import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { signRelease } from '../../src/release/signing/sign.js';
import { readSigners } from '../../src/verify/signers-file.js';
import { verifyRelease } from '../../src/verify/verify.js';
import { writeRelease } from '../support/release-folder.js';
import { useTemporaryFolders } from '../support/temporary-folder.js';

const temporaryFolder = useTemporaryFolders();
const hasKeygen = spawnSync('ssh-keygen', ['-?']).error === undefined;

/** A new key and the line that allows it. */
function makeKey(folder: string, name: string, options = ''): { path: string; line: string } {
  const path = join(folder, name);
  execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', '', '-f', path]);
  return { path, line: `${name}@example.org ${options} ${readFileSync(`${path}.pub`, 'utf8').trim()}` };
}

function sign(key: string, namespace: string, folder: string): string {
  return execFileSync('ssh-keygen', ['-q', '-Y', 'sign', '-n', namespace, '-f', key], { input: readFileSync(join(folder, 'release.json')), stdio: ['pipe', 'pipe', 'ignore'] }).toString();
}

// a release is signed by OpenSSH's own tool: without it on the PATH there is nothing to check
(hasKeygen ? describe : describe.skip)('signatures of a release (with ssh-keygen on the PATH)', () => {
  let release: string;
  let keys: string;
  beforeEach(() => {
    release = temporaryFolder();
    keys = temporaryFolder();
    writeRelease(release);
  });

  const verify = (lines: string[], threshold?: number) => {
    const path = join(keys, 'allowed_signers');
    writeFileSync(path, `${lines.join('\n')}\n`);
    return verifyRelease(release, { signers: readSigners(path), ...(threshold === undefined ? {} : { threshold }) });
  };

  test('one of the allowed signers is enough, and is named; ssh-keygen says the same', async () => {
    const { path, line } = makeKey(keys, 'steward');
    expect(signRelease(release, path)).toMatchObject({ signatures: 1 });
    const report = await verify([line]);
    expect(report).toMatchObject({ ok: true, signatures: [{ path: 'release.json.sig', valid: true, signer: 'steward@example.org' }] });
    const theirs = spawnSync('ssh-keygen', ['-Y', 'verify', '-f', join(keys, 'allowed_signers'), '-I', 'steward@example.org', '-n', 'colophon-release@v1', '-s', join(release, 'release.json.sig')], {
      input: readFileSync(join(release, 'release.json')),
    });
    expect(theirs.status).toBe(0);
  });

  test('without signers a signature is told and nobody vouches for its key', async () => {
    signRelease(release, makeKey(keys, 'steward').path);
    const report = await verifyRelease(release);
    expect(report.ok).toBe(true);
    expect(report.signatures).toMatchObject([{ valid: true, message: expect.stringContaining('for whom nobody vouches') }]);
    expect(report.not_checked.join(' ')).toMatch(/--signers/);
  });

  test.each([
    ['no signature at all', () => {}, 'signature-unknown'],
    ['a signer nobody named', () => signRelease(release, makeKey(keys, 'stranger').path), 'signature-unknown'],
    ['a signature for something else', () => writeFileSync(join(release, 'release.json.sig'), sign(makeKey(keys, 'other').path, 'git', release)), 'signature-invalid'],
    ['a text that is no signature', () => writeFileSync(join(release, 'release.json.sig'), 'trust me'), 'signature-invalid'],
  ])('%s is refused when signers are named', async (_what, act, kind) => {
    const { line } = makeKey(keys, 'steward');
    act();
    const report = await verify([line]);
    expect(report.ok).toBe(false);
    expect(report.problems.map((problem) => problem.kind)).toContain(kind);
  });

  test('a signature over another release.json is refused, with signers and without', async () => {
    const { path, line } = makeKey(keys, 'steward');
    const other = temporaryFolder();
    writeRelease(other, { 'data/x': 'another' });
    writeFileSync(join(release, 'release.json.sig'), sign(path, 'colophon-release@v1', other));
    for (const report of [await verify([line]), await verifyRelease(release)])
      expect(report.problems).toContainEqual(expect.objectContaining({ kind: 'signature-invalid', path: 'release.json.sig', message: 'It is not over this release.json.' }));
  });

  test('a key counts by the date of the release, and for its namespaces only', async () => {
    const { path, line } = makeKey(keys, 'steward');
    signRelease(release, path);
    const [principal, key] = [line.split(' ')[0], line.split(' ').slice(2).join(' ')];
    const accepts = async (options: string) => (await verify([`${principal} ${options} ${key}`])).ok;
    expect(await accepts('valid-after="20000101Z",valid-before="21000101Z"')).toBe(true);
    expect(await accepts('valid-before="20000101Z"')).toBe(false);
    expect(await accepts('valid-after="21000101Z"')).toBe(false);
    expect(await accepts('namespaces="git"')).toBe(false);
    expect(await accepts('namespaces="colophon-release@*"')).toBe(true);
  });

  test('a threshold counts keys, not lines or signatures, and a second signature by one key replaces its first', async () => {
    const [a, b] = [makeKey(keys, 'a'), makeKey(keys, 'b')];
    signRelease(release, a.path);
    expect(signRelease(release, a.path).signatures).toBe(1);
    expect((await verify([a.line, a.line.replace('a@', 'z@'), b.line], 2)).problems).toMatchObject([{ kind: 'signature-unknown', expected: '2 of them', found: '1 of them' }]);
    expect(signRelease(release, b.path).signatures).toBe(2);
    expect(await verify([a.line, b.line], 2)).toMatchObject({ ok: true, signatures: [{ signer: 'a@example.org' }, { signer: 'b@example.org' }] });
  });

  test('a key that cannot sign leaves no file behind and says what to try', () => {
    expect(() => signRelease(release, join(keys, 'nobody'))).toThrow(expect.objectContaining({ code: 'SIGNING_FAILED' }));
    expect(() => readFileSync(join(release, 'release.json.sig'))).toThrow(/ENOENT/);
  });

  test('an allowed signers file with a line that is not understood is refused as a whole', () => {
    const path = join(keys, 'allowed_signers');
    writeFileSync(path, `${makeKey(keys, 'steward').line}\nx cert-authority ssh-ed25519 AAAA\n`);
    expect(() => readSigners(path)).toThrow(expect.objectContaining({ code: 'USAGE', found: expect.stringContaining('line 2') }));
    writeFileSync(path, '# nobody\n');
    expect(() => readSigners(path)).toThrow(expect.objectContaining({ found: 'no signer' }));
  });
});
