import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { matchesPatterns, parseAllowedSigners } from '../../src/fixity/allowed-signers.js';
import { parseSshPublicKey } from '../../src/fixity/ssh-public-key.js';
import { parseSshSignature } from '../../src/fixity/ssh-signature.js';
import { SshFormatError } from '../../src/fixity/ssh-wire.js';
import { PACKAGE_ROOT } from '../../src/package-root.js';

const FIXTURES = join(PACKAGE_ROOT, 'test/fixtures/ssh');
const MESSAGE = readFileSync(join(FIXTURES, 'message.txt'));
const read = (name: string) => readFileSync(join(FIXTURES, name), 'utf8');
const blobOf = (line: string) => Buffer.from(line.split(' ')[1]!, 'base64');
const SIGNATURES = readdirSync(FIXTURES).filter((name) => /\.sha\d+\.sig$/.test(name) && !name.startsWith('rsa1024'));

function rearm(bytes: Buffer): string {
  return `-----BEGIN SSH SIGNATURE-----\n${bytes.toString('base64')}\n-----END SSH SIGNATURE-----\n`;
}

function disarm(armored: string): Buffer {
  return Buffer.from(armored.replace(/-----[A-Z ]+-----/g, ''), 'base64');
}

describe('signatures that OpenSSH made', () => {
  test.each(SIGNATURES)('%s covers its message and no other, and names its key and namespace', (name) => {
    const signature = parseSshSignature(read(name));
    expect(signature.covers(MESSAGE)).toBe(true);
    expect(signature.covers(Buffer.concat([MESSAGE, Buffer.from('\n')]))).toBe(false);
    expect(signature.namespace).toBe('colophon-release@v1');
    expect(signature.key.blob).toEqual(blobOf(read(`${name.split('.')[0]}.pub`)));
  });

  test('the namespace is told, and cannot be changed', () => {
    const other = read('ed25519.other-namespace.sig');
    expect(parseSshSignature(other).namespace).toBe('file');
    const forged = Buffer.from(disarm(other).toString('latin1').replace('\0\0\0\x04file', '\0\0\0\x04fill'), 'latin1');
    expect(parseSshSignature(rearm(forged)).covers(MESSAGE)).toBe(false);
  });

  test('a key that is too weak is refused', () => {
    expect(() => parseSshSignature(read('rsa1024.sha512.sig'))).toThrow(/1024 bits is too weak/);
    expect(() => parseSshPublicKey(blobOf(read('rsa1024.pub')))).toThrow(SshFormatError);
  });

  test.each(SIGNATURES)('whatever bit of %s is changed, it is refused or covers nothing', (name) => {
    const bytes = disarm(read(name));
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.nat(7), (at, bit) => {
        const changed = Buffer.from(bytes);
        changed[at] = changed[at]! ^ (1 << bit);
        let covers: boolean;
        try {
          covers = parseSshSignature(rearm(changed)).covers(MESSAGE);
        } catch (error) {
          expect(error).toBeInstanceOf(SshFormatError);
          return;
        }
        expect(covers).toBe(false);
      }),
      { numRuns: 150 },
    );
  });

  test('whatever is cut off is refused', () => {
    const bytes = disarm(read('ed25519.sha512.sig'));
    for (let length = 0; length < bytes.length; length++) expect(() => parseSshSignature(rearm(bytes.subarray(0, length)))).toThrow(SshFormatError);
    expect(() => parseSshSignature(rearm(Buffer.concat([bytes, Buffer.alloc(1)])))).toThrow(/bytes follow/);
    expect(() => parseSshSignature('hello')).toThrow(/not framed/);
  });
});

describe('allowed signers', () => {
  const key = read('ed25519.pub').split(' ').slice(0, 2).join(' ');

  test('principals, options and keys are read as ssh-keygen reads them', () => {
    const text = ['# stewards', '', `a@x.org,b@x.org namespaces="colophon-*,!colophon-test",valid-after="20260101Z",valid-before="202701011230Z" ${key} comment`, `"c@x.org" ${key}`].join('\n');
    const { signers, defects } = parseAllowedSigners(text);
    expect(defects).toEqual([]);
    expect(signers.map(({ principals, line }) => [principals, line])).toEqual([['a@x.org,b@x.org', 3], ['c@x.org', 4]]);
    expect(signers[0]).toMatchObject({ namespaces: ['colophon-*', '!colophon-test'], validAfter: Date.UTC(2026, 0, 1), validBefore: Date.UTC(2027, 0, 1, 12, 30) });
    expect(signers[1]).toMatchObject({ namespaces: null, validAfter: -Infinity, validBefore: Infinity });
    expect(signers[0]!.key.fingerprint).toMatch(/^SHA256:[A-Za-z0-9+/]{43}$/);
  });

  test('a line that cannot be honoured is told and allows nobody', () => {
    const lines = [`a cert-authority ${key}`, `a valid-after="20260231Z" ${key}`, `a ${key.split(' ')[0]}`, `a ssh-rsa ${key.split(' ')[1]}`, 'a ssh-ed25519 !!!', `a new-option ${key}`];
    const { signers, defects } = parseAllowedSigners(lines.join('\n'));
    expect(signers).toEqual([]);
    expect(defects.map(({ line }) => line)).toEqual([1, 2, 3, 4, 5, 6]);
  });

  test('patterns match as they are told, in linear time', () => {
    expect(matchesPatterns('colophon-release@v1', ['colophon-*'])).toBe(true);
    expect(matchesPatterns('colophon-release@v1', ['*', '!*@v1'])).toBe(false);
    expect(matchesPatterns('abc', ['a?c'])).toBe(true);
    expect(matchesPatterns('abc', ['a?'])).toBe(false);
    expect(matchesPatterns('a'.repeat(20_000), [`${'*a'.repeat(2000)}b`])).toBe(false);
  });
});

const hasKeygen = spawnSync('ssh-keygen', ['-?']).error === undefined;

(hasKeygen ? describe : describe.skip)('ssh-keygen (on the PATH only) and this reader agree', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'colophon-ssh-'));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test.each([['ed25519', '256'], ['ecdsa', '256'], ['ecdsa', '384'], ['ecdsa', '521'], ['rsa', '2048']])('%s of %s bits, twenty messages', (type, bits) => {
    const key = join(folder, `${type}-${bits}`);
    execFileSync('ssh-keygen', ['-q', '-t', type, '-b', bits, '-N', '', '-f', key]);
    for (let at = 0; at < 20; at++) {
      const message = Buffer.from(`message ${at}`);
      const armored = execFileSync('ssh-keygen', ['-q', '-Y', 'sign', '-n', 'test', '-f', key], { input: message, stdio: ['pipe', 'pipe', 'ignore'] }).toString();
      expect(parseSshSignature(armored).covers(message)).toBe(true);
      expect(parseSshSignature(armored).covers(Buffer.from(`message ${at + 1}`))).toBe(false);
    }
  });
});
