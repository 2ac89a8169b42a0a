import { createPrivateKey } from 'node:crypto';
import { chmodSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { parseAllowedSigners } from '../../src/fixity/allowed-signers.js';
import { parseMinisignKey } from '../../src/fixity/minisign.js';
import { parseMinisignSecret } from '../../src/fixity/minisign-secret.js';
import type { VerifyReport } from '../../src/model/verification.js';
import { PACKAGE_ROOT } from '../../src/package-root.js';
import type { VerifyOptions } from '../../src/verify/inspection.js';
import { FileMemory, stateFolder } from '../../src/verify/release-memory.js';
import { verifyRelease } from '../../src/verify/verify.js';
import { sha256, writeRelease, type ReleaseFolderOptions } from '../support/release-folder.js';
import { TestKey } from '../support/ssh-key.js';
import { useTemporaryFolders } from '../support/temporary-folder.js';

const temporaryFolder = useTemporaryFolders();
const [key, other] = [new TestKey(), new TestKey()] as [TestKey, TestKey];

let memory: FileMemory;
beforeEach(() => {
  memory = new FileMemory(temporaryFolder());
});

/** A release of some sequence in a folder of its own; `seed` makes another one of the same number. */
function make(sequence: number, signer: TestKey | null = null, seed = '', options: ReleaseFolderOptions = {}): string {
  const release = temporaryFolder();
  const previous = sequence === 1 ? null : { version: `${sequence - 1}.0.0`, digest: sha256(`before ${sequence}`) };
  writeRelease(release, { 'data/a.txt': `${sequence}${seed}` }, { version: `${sequence}.0.0`, sequence, previous, ...options });
  if (signer !== null) writeFileSync(join(release, 'release.json.sig'), signer.sign(readFileSync(join(release, 'release.json')), 'colophon-release@v1'));
  return release;
}

const signersOf = (...keys: TestKey[]) => parseAllowedSigners(keys.map(({ line }) => `a@x.org ${line}`).join('\n')).signers;
const verify = (release: string, options: VerifyOptions = {}): Promise<VerifyReport> => verifyRelease(release, { jobs: 1, memory, ...options });
const signed = { signers: signersOf(key) };

describe('what was seen of a signed dataset', () => {
  test('an older release is told and is nobody\'s fault', async () => {
    expect(await verify(make(2, key), signed)).toMatchObject({ ok: true, seen: null, notes: [] });
    const report = await verify(make(1, key), signed);
    expect(report).toMatchObject({ ok: true, seen: { version: '2.0.0', sequence: 2 } });
    expect(report.notes).toEqual([expect.stringContaining('You have seen a later release before: 2.0.0')]);
    expect(await verify(make(3, key), signed)).toMatchObject({ ok: true, notes: [], seen: { sequence: 2 } });
  });

  test('another release of one number, signed by the same key, is a fork: the highest or an older one', async () => {
    for (const sequence of [1, 2, 3]) await verify(make(sequence, key), signed);
    for (const sequence of [2, 3]) {
      const report = await verify(make(sequence, key, 'forged'), signed);
      expect(report.problems).toMatchObject([{ kind: 'chain-broken', message: expect.stringContaining('two histories') }]);
    }
    // what was refused is not remembered
    expect(await verify(make(2, key), signed)).toMatchObject({ ok: true });
  });

  test('two datasets of one name with different keys do not meet', async () => {
    await verify(make(1, key), signed);
    expect(await verify(make(1, other, 'theirs'), { signers: signersOf(other) })).toMatchObject({ ok: true, seen: null, notes: [] });
    expect(await verify(make(1, key, 'theirs', { dataset: 'second' }), signed)).toMatchObject({ ok: true, seen: null });
  });

  test('a release that nobody of the signers signed is neither compared nor remembered', async () => {
    await verify(make(2, key), signed);
    expect(await verify(make(2, other, 'forged'), signed)).toMatchObject({ ok: false, seen: null });
    expect(await verify(make(2, key), signed)).toMatchObject({ ok: true });
  });

  test('what was damaged, or not read, is not remembered', async () => {
    const damaged = make(5, key);
    writeFileSync(join(damaged, 'data/a.txt'), 'x');
    await verify(damaged, signed);
    await verify(make(6, key), { ...signed, fast: true });
    expect(readdirSync(memory.folder)).toEqual([]);
  });

  test('follows a key to its successor: the reader may know either', async () => {
    const release = make(3, other);
    writeFileSync(join(release, 'release.json.keys'), key.state({ successor: other.line, after: { version: '2.0.0', digest: sha256('before 3'), sequence: 2 } }));
    expect((await verify(release, signed)).ok).toBe(true);
    expect(await verify(make(3, other, 'forged'), { signers: signersOf(other) })).toMatchObject({ ok: false, problems: [{ kind: 'chain-broken' }] });
  });

  test('an end of a key that was seen once stays known where the statement was taken away', async () => {
    const after = { version: '2.0.0', digest: sha256('before 3'), sequence: 2 };
    const release = make(3, other);
    writeFileSync(join(release, 'release.json.keys'), key.state({ successor: other.line, after }));
    const stolen = make(4, key);
    expect((await verify(stolen, { ...signed, memory: new FileMemory(temporaryFolder()) })).ok).toBe(true);
    await verify(release, signed);
    const report = await verify(stolen, signed);
    expect(report.problems[0]).toMatchObject({ kind: 'signature-unknown', message: expect.stringContaining('was succeeded by') });
    const fork = make(4, other);
    writeFileSync(join(fork, 'release.json.keys'), key.state({ successor: other.line, after, date: '2026-02-02' }));
    expect((await verify(fork, signed)).problems.map(({ message }) => message).join()).toContain('what was seen before');
  });
});

describe('without signers', () => {
  test('another release of one number is told only: it may be of another dataset of that name', async () => {
    await verify(make(2));
    const report = await verify(make(2, null, 'other'));
    expect(report.ok).toBe(true);
    expect(report.notes).toEqual([expect.stringContaining('You have seen another release 2 of a dataset of this name')]);
    expect((await verify(make(1))).notes).toEqual([expect.stringContaining('later release before')]);
  });

  test('nothing is remembered unless somebody says where', async () => {
    expect(await verifyRelease(make(1), { jobs: 1 })).toMatchObject({ ok: true, seen: null, notes: [] });
  });
});

describe('the least release', () => {
  test.each([['2', true], ['3', false], ['2.0.0', true], ['2.0.1', false], ['10.0.0', false], ['1.99999999.0', true]])('%s for release 2.0.0 of sequence 2: %p', async (minRelease, ok) => {
    const report = await verify(make(2), { minRelease });
    expect(report.ok).toBe(ok);
    if (!ok) expect(report.problems).toMatchObject([{ kind: 'rollback', path: 'release.json', found: '2.0.0, release 2' }]);
  });

  test('the latest that was seen', async () => {
    expect(await verify(make(2, key), { ...signed, minRelease: 'latest' })).toMatchObject({ ok: true, notes: [expect.stringContaining('nothing says which one')] });
    expect((await verify(make(2, key), { ...signed, minRelease: 'latest' })).ok).toBe(true);
    expect(await verify(make(1, key), { ...signed, minRelease: 'latest' })).toMatchObject({ problems: [{ kind: 'rollback', expected: '2.0.0, release 2 or later' }] });
  });

  test.each(['', '0', '1.2', 'v1.0.0', '-1', '1e3', '01.0.0', 'Latest'])('%p is none', async (minRelease) => {
    await expect(verify(make(1), { minRelease })).rejects.toMatchObject({ code: 'USAGE' });
  });

  test('latest means nothing to who remembers nothing', async () => {
    await expect(verifyRelease(make(1), { minRelease: 'latest' })).rejects.toMatchObject({ code: 'USAGE' });
  });
});

describe('the memory', () => {
  const identity = { dataset: 'x', key: '' };
  const seen = (sequence: number) => ({ version: `${sequence}.0.0`, sequence, digest: `sha256:${'a'.repeat(64)}` });

  test('keeps what was first seen, and orders by number', () => {
    for (const sequence of [9, 10, 2]) memory.remember(identity, seen(sequence));
    memory.remember(identity, { ...seen(9), digest: `sha256:${'b'.repeat(64)}` });
    expect(memory.highest(identity)).toEqual(seen(10));
    expect(memory.at(identity, 9)).toEqual(seen(9));
    expect(memory.at(identity, 3)).toBeNull();
  });

  test('a damaged record is told, and gives no yes to who asks for the latest', async () => {
    await verify(make(2));
    const [place] = readdirSync(join(memory.folder, 'seen'));
    writeFileSync(join(memory.folder, 'seen', place!, '2.json'), '{}');
    const report = await verify(make(2));
    expect(report.ok).toBe(true);
    expect(report.not_checked.join(' ')).toContain('the record of it cannot be used');
    expect((await verify(make(2), { minRelease: 'latest' })).problems).toMatchObject([{ kind: 'unreadable' }]);
  });

  test('that it cannot be written is told, and is no problem', async () => {
    const place = temporaryFolder();
    writeFileSync(join(place, 'file'), '');
    const report = await verify(make(1), { memory: new FileMemory(join(place, 'file')) });
    expect(report.ok).toBe(true);
    expect(report.not_checked.join(' ')).toMatch(/could not be remembered|cannot be used/);
    mkdirSync(join(place, 'closed'));
    chmodSync(join(place, 'closed'), 0o500);
    expect((await verify(make(1), { memory: new FileMemory(join(place, 'closed')) })).ok).toBe(true);
  });

  test('lies where the user keeps state', () => {
    expect(stateFolder({ XDG_STATE_HOME: '/s' })).toBe('/s/colophon');
    for (const environment of [{}, { XDG_STATE_HOME: '' }, { XDG_STATE_HOME: 'relative' }]) expect(stateFolder(environment)).toBe(join(homedir(), '.local/state/colophon'));
  });
});

describe('signatures of minisign', () => {
  const fixtures = join(PACKAGE_ROOT, 'test/fixtures/minisign');
  const read = (name: string) => readFileSync(join(fixtures, name), 'utf8');
  const named = (name: string) => ({ minisignKeys: [{ name, key: parseMinisignKey(read(name)) }] });

  function makeMinisigned(): string {
    const release = make(1);
    writeFileSync(join(release, 'release.json.minisig'), parseMinisignSecret(read('test-secret.key'))!.sign(readFileSync(join(release, 'release.json')), 'the comment'));
    return release;
  }

  test('count like others, by the key that the reader names', async () => {
    const release = makeMinisigned();
    expect(await verify(release, named('plain.pub'))).toMatchObject({ ok: true, signatures: [{ path: 'release.json.minisig', format: 'minisign', valid: true, signer: 'plain.pub', message: expect.stringContaining('the comment') }] });
    expect((await verify(release, named('other.pub'))).problems.map(({ kind }) => kind)).toEqual(['signature-unknown', 'signature-unknown']);
    expect(await verify(release)).toMatchObject({ ok: true, signatures: [{ valid: false }] });
    expect((await verify(release, signed)).problems.map(({ kind }) => kind)).toEqual(['signature-unknown', 'signature-unknown']);
  });

  test('with one of SSH they make two', async () => {
    const release = makeMinisigned();
    writeFileSync(join(release, 'release.json.sig'), key.sign(readFileSync(join(release, 'release.json')), 'colophon-release@v1'));
    expect((await verify(release, { ...signed, ...named('plain.pub'), threshold: 2 })).ok).toBe(true);
    expect((await verify(release, { ...signed, threshold: 2 })).ok).toBe(false);
  });

  test('one key in two formats is one signer', async () => {
    const release = makeMinisigned();
    const seed = Buffer.from(read('test-secret.key').split('\n')[1]!, 'base64').subarray(62, 94);
    const same = new TestKey(createPrivateKey({ key: Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), seed]), format: 'der', type: 'pkcs8' }));
    writeFileSync(join(release, 'release.json.sig'), same.sign(readFileSync(join(release, 'release.json')), 'colophon-release@v1'));
    const options = { signers: signersOf(same), ...named('plain.pub') };
    expect(await verify(release, options)).toMatchObject({ ok: true, signatures: [{ valid: true }, { valid: true }] });
    expect((await verify(release, { ...options, threshold: 2 })).problems).toMatchObject([{ kind: 'signature-unknown', found: '1 of them' }]);
  });

  test('over other bytes, or unreadable, they are a fault', async () => {
    const release = make(1);
    for (const text of [read('prehashed.minisig'), 'trust me\n']) {
      writeFileSync(join(release, 'release.json.minisig'), text);
      expect((await verify(release, named('plain.pub'))).problems.map(({ kind }) => kind)).toContain('signature-invalid');
    }
  });
});
