import { spawnSync } from 'node:child_process';
import { createHash, generateKeyPairSync, sign, type KeyObject } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { parseAllowedSigners } from '../../src/fixity/allowed-signers.js';
import { parsePublicKeyLine, parseSshPublicKey } from '../../src/fixity/ssh-public-key.js';
import { parseSshSignature, splitSshSignatures } from '../../src/fixity/ssh-signature.js';
import { SshFormatError, sshString } from '../../src/fixity/ssh-wire.js';
import { PACKAGE_ROOT } from '../../src/package-root.js';
import { armor, TestKey } from '../support/ssh-key.js';
import { useTemporaryFolders } from '../support/temporary-folder.js';

const FIXTURES = join(PACKAGE_ROOT, 'test/fixtures/ssh');
const MESSAGE = Buffer.from('a message');
const hasKeygen = spawnSync('ssh-keygen', ['-?']).error === undefined;
const temporaryFolder = useTemporaryFolders();

/** A positive number as SSH writes it. */
function mpint(bytes: Buffer): Buffer {
  let start = 0;
  while (start < bytes.length - 1 && bytes[start] === 0) start++;
  const short = bytes.subarray(start);
  return sshString(short[0]! >= 0x80 ? Buffer.concat([Buffer.alloc(1), short]) : short);
}

const raw = (key: KeyObject, member: 'e' | 'n' | 'x' | 'y') => Buffer.from(key.export({ format: 'jwk' })[member]!, 'base64url');

describe('RSA', () => {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const blob = Buffer.concat([sshString('ssh-rsa'), mpint(raw(publicKey, 'e')), mpint(raw(publicKey, 'n'))]);
  const signed = (algorithm: string, hash: string) => parseSshSignature(armor(blob, 'n', (data) => Buffer.concat([sshString(algorithm), sshString(sign(hash, data, privateKey))]), MESSAGE)).covers(MESSAGE);

  test('only SHA-2, by its right name', () => {
    expect(signed('rsa-sha2-256', 'sha256')).toBe(true);
    expect(signed('rsa-sha2-512', 'sha512')).toBe(true);
    expect(signed('ssh-rsa', 'sha1')).toBe(false);
    expect(signed('rsa-sha2-256', 'sha512')).toBe(false);
  });

  test.each(['constructor', '__proto__', 'toString', ''])('the algorithm %p is none, and no crash', (name) => expect(signed(name, 'sha512')).toBe(false));

  const key = (e: Buffer, n: Buffer) => () => parseSshPublicKey(Buffer.concat([sshString('ssh-rsa'), mpint(e), mpint(n)]));
  test('an exponent or a modulus that nobody honest has is refused', () => {
    const n = raw(publicKey, 'n');
    for (const e of [[1], [2], [0, 16], [1, 0, 0, 0, 0, 0, 0, 0, 1]]) expect(key(Buffer.from(e), n)).toThrow(/exponent/);
    expect(key(Buffer.from([1, 0, 1]), Buffer.alloc(255, 0xff))).toThrow(/too weak/);
    expect(key(Buffer.from([1, 0, 1]), Buffer.alloc(2049, 0xff))).toThrow(/too long/);
    expect(key(Buffer.from([1, 0, 1]), n)).not.toThrow();
  });
});

describe('ECDSA', () => {
  const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const [x, y] = [raw(publicKey, 'x'), raw(publicKey, 'y')];
  const point = (...parts: Buffer[]) => () => parseSshPublicKey(Buffer.concat([sshString('ecdsa-sha2-nistp256'), sshString('nistp256'), sshString(Buffer.concat(parts))]));
  test('a point has to be on its curve, uncompressed, and of the curve that the type names', () => {
    expect(point(Buffer.from([4]), x, y)).not.toThrow();
    expect(point(Buffer.from([4]), y, x)).toThrow(/no key/);
    expect(point(Buffer.from([2]), x)).toThrow(/uncompressed/);
    expect(point(Buffer.from([0]))).toThrow(/uncompressed/);
    expect(() => parseSshPublicKey(Buffer.concat([sshString('ecdsa-sha2-nistp256'), sshString('nistp384'), sshString(Buffer.concat([Buffer.from([4]), x, y]))]))).toThrow(/another curve/);
  });

  test('numbers of a signature that are zero, negative or too long sign nothing', () => {
    const blob = Buffer.concat([sshString('ecdsa-sha2-nistp256'), sshString('nistp256'), sshString(Buffer.concat([Buffer.from([4]), x, y]))]);
    const one = sshString(Buffer.from([1]));
    for (const r of [sshString(''), sshString(Buffer.from([0])), sshString(Buffer.from([0x80])), sshString(Buffer.concat([Buffer.from([0]), Buffer.alloc(33, 0xff)]))]) {
      const text = armor(blob, 'n', () => Buffer.concat([sshString('ecdsa-sha2-nistp256'), sshString(Buffer.concat([r, one]))]), MESSAGE);
      expect(parseSshSignature(text).covers(MESSAGE)).toBe(false);
    }
  });
});

/** A hardware token in software: OpenSSH PROTOCOL.u2f written down a second time. */
function tokenKey(kind: 'ed25519' | 'ecdsa') {
  const { privateKey, publicKey } = kind === 'ed25519' ? generateKeyPairSync('ed25519') : generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const type = kind === 'ed25519' ? 'sk-ssh-ed25519@openssh.com' : 'sk-ecdsa-sha2-nistp256@openssh.com';
  const numbers = kind === 'ed25519' ? [sshString(raw(publicKey, 'x'))] : [sshString('nistp256'), sshString(Buffer.concat([Buffer.from([4]), raw(publicKey, 'x'), raw(publicKey, 'y')]))];
  const blob = Buffer.concat([sshString(type), ...numbers, sshString('ssh:')]);
  const digest = (data: string | Buffer) => createHash('sha256').update(data).digest();
  const make = (flags: number, counter: number, told = flags) => (signed: Buffer) => {
    const state = Buffer.from([flags, 0, 0, 0, counter]);
    const data = Buffer.concat([digest('ssh:'), state, digest(signed)]);
    const plain = kind === 'ed25519' ? sign(null, data, privateKey) : sign('sha256', data, { key: privateKey, dsaEncoding: 'ieee-p1363' });
    const numbersOf = kind === 'ed25519' ? plain : Buffer.concat([mpint(plain.subarray(0, 32)), mpint(plain.subarray(32))]);
    return Buffer.concat([sshString(type), sshString(numbersOf), Buffer.from([told, 0, 0, 0, counter])]);
  };
  return { line: `${type} ${blob.toString('base64')}`, sign: (flags: number, counter = 7, told = flags) => armor(blob, 'colophon-release@v1', make(flags, counter, told), MESSAGE) };
}

describe.each(['ed25519', 'ecdsa'] as const)('a hardware token (%s)', (kind) => {
  const token = tokenKey(kind);

  test('counts when a person touched it, and its flags and counter are signed', () => {
    expect(parseSshSignature(token.sign(1)).covers(MESSAGE)).toBe(true);
    expect(parseSshSignature(token.sign(5, 200)).covers(MESSAGE)).toBe(true);
    expect(parseSshSignature(token.sign(1)).covers(Buffer.from('another'))).toBe(false);
    expect(parseSshSignature(token.sign(0)).covers(MESSAGE)).toBe(false);
    expect(parseSshSignature(token.sign(0, 7, 1)).covers(MESSAGE)).toBe(false);
    expect(parseSshSignature(token.sign(5, 7, 1)).covers(MESSAGE)).toBe(false);
  });

  // OpenSSH judges what the code above wrote: without it on the PATH there is no second opinion
  (hasKeygen ? test : test.skip)('ssh-keygen (on the PATH only) accepts the same signature', () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'allowed'), `a@x.org ${token.line}\n`);
    writeFileSync(join(folder, 'sig'), token.sign(1));
    const { status, stderr } = spawnSync('ssh-keygen', ['-Y', 'verify', '-f', join(folder, 'allowed'), '-I', 'a@x.org', '-n', 'colophon-release@v1', '-s', join(folder, 'sig')], { input: MESSAGE });
    expect([status, stderr.toString()]).toEqual([0, '']);
  });
});

describe('one signature has one text', () => {
  const text = readFileSync(join(FIXTURES, 'ed25519.sha512.sig'), 'utf8');

  test('other base64 of the same bytes, and markers that do not stand alone, are refused', () => {
    const padded = readFileSync(join(FIXTURES, 'ecdsa256.sha512.sig'), 'utf8');
    expect(() => parseSshSignature(padded.replace(/(.)(=+\n)/, (_, last: string, rest: string) => `${String.fromCharCode(last.charCodeAt(0) + 1)}${rest}`))).toThrow(/not base64/);
    expect(() => parseSshSignature(padded.replace('=\n', '\n'))).toThrow(/not base64/);
    expect(parseSshSignature(padded).namespace).toBe('colophon-release@v1');
    expect(() => parseSshSignature(text.replace('SIGNATURE-----\n', 'SIGNATURE-----'))).toThrow(/not framed/);
    expect(() => parseSshSignature(`x${text}`)).toThrow(/not framed/);
    expect(parseSshSignature(text.replaceAll('\n', '\r\n')).namespace).toBe('colophon-release@v1');
  });

  test('what stands between or after signatures is one that cannot be read', () => {
    expect(splitSshSignatures(`${text}${text}trust me\n`)).toHaveLength(3);
    expect(() => splitSshSignatures(text.repeat(33))).toThrow(/more than 32/);
  });

  test('a signature for nothing in particular is refused', () => {
    expect(() => parseSshSignature(new TestKey().sign(MESSAGE, ''))).toThrow(/no namespace/);
  });
});

describe('allowed signers are read no more loosely than by OpenSSH', () => {
  const { line } = new TestKey();
  test.each([
    ['an option twice', `a@x.org namespaces="git",namespaces="*" ${line}`],
    ['a quotation mark that is not closed', `a@x.org namespaces="git ${line}`],
    ['a quotation mark before the key', `a@x.org " ${line}`],
    ['an option without quotation marks', `a@x.org namespaces=git ${line}`],
    ['an option without a value', `a@x.org namespaces ${line}`],
    ['principals that only exclude', `!a@x.org ${line}`],
    ['no principals', `"" ${line}`],
    ['a time that never comes', `a@x.org valid-after="20270101Z",valid-before="20260101Z" ${line}`],
    ['a certificate', 'a@x.org ssh-ed25519-cert-v01@openssh.com AAAAIHNzaC1lZDI1NTE5LWNlcnQtdjAxQG9wZW5zc2guY29t'],
    ['base64 with a rest', `a@x.org ${line}=`],
  ])('%s', (_what, text) => {
    const { signers, defects } = parseAllowedSigners(text);
    expect(signers).toEqual([]);
    expect(defects).toHaveLength(1);
  });

  test('comments and wildcards may stand there', () => {
    const { signers, defects } = parseAllowedSigners(`*@x.org,!b@x.org ${line} somebody's "laptop\n`);
    expect([signers.length, defects]).toEqual([1, []]);
    expect(signers[0]!.principals).toBe('*@x.org,!b@x.org');
  });

  test('a public key file is one line', () => {
    expect(parsePublicKeyLine(`${line} comment\n`).fingerprint).toMatch(/^SHA256:/);
    expect(() => parsePublicKeyLine(`${line}\n${line}\n`)).toThrow(SshFormatError);
    expect(() => parsePublicKeyLine('ssh-rsa')).toThrow(SshFormatError);
  });
});
