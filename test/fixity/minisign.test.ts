import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { parseMinisignKey, parseMinisignSignatures } from '../../src/fixity/minisign.js';
import { parseMinisignSecret } from '../../src/fixity/minisign-secret.js';
import { SshFormatError } from '../../src/fixity/ssh-wire.js';
import { PACKAGE_ROOT } from '../../src/package-root.js';
import { useTemporaryFolders } from '../support/temporary-folder.js';

const FIXTURES = join(PACKAGE_ROOT, 'test/fixtures/minisign');
const read = (name: string) => readFileSync(join(FIXTURES, name));
const key = (name: string) => parseMinisignKey(read(name).toString());
const MESSAGE = read('message.txt');
const temporaryFolder = useTemporaryFolders();
const hasMinisign = spawnSync('minisign', ['-v']).error === undefined;

describe('signatures that minisign made', () => {
  test.each([['prehashed.minisig', 'plain.pub', 'ED'], ['legacy.minisig', 'plain.pub', 'Ed'], ['password.minisig', 'password.pub', 'ED']])('%s is over its message only, by its key only', (name, pub, algorithm) => {
    const [signature, ...others] = parseMinisignSignatures(read(name));
    expect(others).toEqual([]);
    expect(signature).toMatchObject({ algorithm, keyId: key(pub).id });
    expect(read(pub).toString()).toContain(key(pub).id);
    expect(key(pub).verifies(signature!, MESSAGE)).toBe(true);
    expect(key(pub).verifies(signature!, Buffer.concat([MESSAGE, Buffer.from('\n')]))).toBe(false);
    expect(key('other.pub').verifies(signature!, MESSAGE)).toBe(false);
  });

  test('the trusted comment is signed as its bytes stand', () => {
    const [signature] = parseMinisignSignatures(read('prehashed.minisig'));
    expect(signature!.comment.toString('utf8')).toBe('a trusted comment, with ünïcode');
    expect(key('plain.pub').verifies({ ...signature!, comment: Buffer.from('another') }, MESSAGE)).toBe(false);
  });

  test('the two algorithms do not stand for each other', () => {
    const [signature] = parseMinisignSignatures(read('prehashed.minisig'));
    expect(key('plain.pub').verifies({ ...signature!, algorithm: 'Ed' }, MESSAGE)).toBe(false);
  });

  test('whatever byte of the signed lines is changed, it is refused or proves nothing', () => {
    const bytes = read('prehashed.minisig');
    const start = bytes.indexOf('\n') + 1;
    fc.assert(
      fc.property(fc.integer({ min: start, max: bytes.length - 2 }), fc.integer({ min: 1, max: 127 }), (at, flip) => {
        const changed = Buffer.from(bytes);
        changed[at] = changed[at]! ^ flip;
        try {
          const signatures = parseMinisignSignatures(changed);
          expect(signatures.every((signature) => signature.keyId === key('plain.pub').id && key('plain.pub').verifies(signature, MESSAGE))).toBe(false);
        } catch (error) {
          expect(error).toBeInstanceOf(SshFormatError);
        }
      }),
      { numRuns: 400 },
    );
  });

  test.each(['', 'hello\n', `${read('prehashed.minisig').toString()}more\n`, read('plain.pub').toString(), read('prehashed.minisig').toString().repeat(33)])('what is no signature is refused (%#)', (text) => {
    expect(() => parseMinisignSignatures(Buffer.from(text))).toThrow(SshFormatError);
  });

  test('what is no public key is refused', () => {
    for (const text of ['', 'RWQ', read('prehashed.minisig').toString(), read('test-secret.key').toString(), `${read('plain.pub').toString()}x`]) expect(() => parseMinisignKey(text)).toThrow(SshFormatError);
  });
});

describe('signing in process', () => {
  const secret = () => parseMinisignSecret(read('test-secret.key').toString())!;

  test('a key without a password signs what its public half accepts', () => {
    const [signature] = parseMinisignSignatures(Buffer.from(secret().sign(MESSAGE, 'comment')));
    expect(signature!.keyId).toBe(key('plain.pub').id);
    expect(key('plain.pub').verifies(signature!, MESSAGE)).toBe(true);
    expect(() => secret().sign(MESSAGE, 'two\nlines')).toThrow(/one line/);
  });

  test('a key with a password is left to minisign; one whose halves differ is refused', () => {
    const text = read('test-secret.key').toString();
    const bytes = Buffer.from(text.split('\n')[1]!, 'base64');
    const write = (change: (copy: Buffer) => void) => {
      const copy = Buffer.from(bytes);
      change(copy);
      return `${text.split('\n')[0]}\n${copy.toString('base64')}\n`;
    };
    expect(parseMinisignSecret(write((copy) => copy.write('Sc', 2)))).toBeNull();
    expect(() => parseMinisignSecret(write((copy) => copy.fill(1, 62, 70)))).toThrow(/does not belong/);
    expect(() => parseMinisignSecret(read('plain.pub').toString())).toThrow(SshFormatError);
  });

  // what was signed here is judged by minisign itself, where it is on the PATH
  (hasMinisign ? test : test.skip)('minisign accepts it, and its signatures are accepted here', () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'm'), MESSAGE);
    writeFileSync(join(folder, 'ours'), secret().sign(MESSAGE, 'ünïcode'));
    const said = execFileSync('minisign', ['-V', '-Q', '-p', join(FIXTURES, 'plain.pub'), '-x', join(folder, 'ours'), '-m', join(folder, 'm')]).toString();
    expect(said).toBe('ünïcode\n');
    for (const flags of [[], ['-l']]) {
      execFileSync('minisign', ['-S', ...flags, '-s', join(FIXTURES, 'test-secret.key'), '-x', join(folder, 'theirs'), '-m', join(folder, 'm')]);
      const [signature] = parseMinisignSignatures(readFileSync(join(folder, 'theirs')));
      expect(key('plain.pub').verifies(signature!, MESSAGE)).toBe(true);
    }
  });
});
