import { createHash, createPublicKey, verify, type KeyObject } from 'node:crypto';
import { decodeBase64, SshFormatError, SshReader, sshString } from './ssh-wire.js';

/** Smallest RSA modulus that is trusted, in bits (NIST SP 800-131A Rev. 2 §3). */
const MIN_RSA_BITS = 2048;

/** Largest RSA modulus that OpenSSL computes with, in bits. */
const MAX_RSA_BITS = 16_384;

/** Hash of each RSA signature algorithm (RFC 8332 §3); `ssh-rsa`, which is over SHA-1, is none. */
const RSA_HASHES: ReadonlyMap<string, string> = new Map([['rsa-sha2-256', 'sha256'], ['rsa-sha2-512', 'sha512']]);

/** A public key as OpenSSH writes it. */
export interface SshPublicKey {
  /** E.g. `ssh-ed25519`. */
  type: string;
  /** The encoded key: two keys are the same when these bytes are. */
  blob: Buffer;
  /** `SHA256:` and the digest of the blob in base64 without padding, as `ssh-keygen -l` shows it. */
  fingerprint: string;
  /** Whether a signature blob (algorithm, then signature) over the data is this key's. */
  verifies(signature: Buffer, data: Buffer): boolean;
}

/** ECDSA curves of RFC 5656 §10.1: SSH name, JWK name, bytes of a coordinate, hash (§6.2.1). */
const CURVES = [
  { name: 'nistp256', crv: 'P-256', size: 32, hash: 'sha256' },
  { name: 'nistp384', crv: 'P-384', size: 48, hash: 'sha384' },
  { name: 'nistp521', crv: 'P-521', size: 66, hash: 'sha512' },
] as const;

type Curve = (typeof CURVES)[number];

/**
 * Reads a key blob: ed25519 (RFC 8709), ECDSA (RFC 5656), RSA (RFC 4253 §6.6), and the first two on hardware tokens
 * (OpenSSH PROTOCOL.u2f).
 * @throws {SshFormatError} when it is malformed, of another type, or weak
 */
export function parseSshPublicKey(blob: Buffer): SshPublicKey {
  const reader = new SshReader(blob);
  const type = reader.text();
  const verifies = readKey(type, reader);
  reader.end();
  return { type, blob, fingerprint: fingerprintOf(blob), verifies };
}

/**
 * Reads a key as it stands in a `.pub` file: type, base64, and a comment that is left aside.
 * @throws {SshFormatError} when it is no such line, or as for `parseSshPublicKey`
 */
export function parsePublicKeyLine(text: string): SshPublicKey {
  const [type, base64] = text.trim().split(/[ \t]+/);
  if (type === undefined || base64 === undefined || /[\r\n]/.test(text.trim())) throw new SshFormatError('it is not one line of a key type and a key');
  const key = parseSshPublicKey(decodeBase64(base64, 'the key'));
  if (key.type !== type) throw new SshFormatError(`the key is of the type ${key.type}, not ${type}`);
  return key;
}

/** The line of a `.pub` file, without a comment. */
export function formatPublicKey({ type, blob }: SshPublicKey): string {
  return `${type} ${blob.toString('base64')}`;
}

/** `SHA256:` and the digest of a key blob in base64 without padding, as `ssh-keygen -l` shows it. */
export function fingerprintOf(blob: Buffer): string {
  return `SHA256:${createHash('sha256').update(blob).digest('base64').replace(/=+$/, '')}`;
}

/** The fingerprint that OpenSSH gives an ed25519 key: one key in two formats is one signer. */
export function ed25519Fingerprint(raw: Buffer): string {
  return fingerprintOf(Buffer.concat([sshString('ssh-ed25519'), sshString(raw)]));
}

function readKey(type: string, reader: SshReader): SshPublicKey['verifies'] {
  if (type === 'ssh-ed25519') return plain(type, ed25519(readEd25519(reader)));
  if (type === 'ssh-rsa') return rsa(readRsa(reader));
  const curve = CURVES.find(({ name }) => type === `ecdsa-sha2-${name}`);
  if (curve !== undefined) return plain(type, ecdsa(readEcdsa(reader, curve), curve));
  if (type === 'sk-ssh-ed25519@openssh.com') {
    const key = readEd25519(reader);
    return onToken(type, ed25519(key), reader.string());
  }
  if (type === 'sk-ecdsa-sha2-nistp256@openssh.com') {
    const key = readEcdsa(reader, CURVES[0]);
    return onToken(type, ecdsa(key, CURVES[0]), reader.string());
  }
  throw new SshFormatError(`a key of the type ${type} cannot be checked here`);
}

type RawVerify = (signature: Buffer, data: Buffer) => boolean;

function plain(algorithm: string, check: RawVerify): SshPublicKey['verifies'] {
  return (blob, data) => {
    const reader = new SshReader(blob);
    if (reader.text() !== algorithm) return false;
    const signature = reader.string();
    reader.end();
    return check(signature, data);
  };
}

/** A token signs digests with its flags and counter between them; bit 0 says that a person touched it. */
function onToken(algorithm: string, check: RawVerify, application: Buffer): SshPublicKey['verifies'] {
  const sha256 = (data: Buffer) => createHash('sha256').update(data).digest();
  return (blob, data) => {
    const reader = new SshReader(blob);
    if (reader.text() !== algorithm) return false;
    const signature = reader.string();
    const state = reader.take(5);
    reader.end();
    return (state[0]! & 1) === 1 && check(signature, Buffer.concat([sha256(application), state, sha256(data)]));
  };
}

function readEd25519(reader: SshReader): KeyObject {
  const x = reader.string();
  if (x.length !== 32) throw new SshFormatError('an ed25519 key has 32 bytes');
  return jwk({ kty: 'OKP', crv: 'Ed25519', x: x.toString('base64url') });
}

function ed25519(key: KeyObject): RawVerify {
  return (signature, data) => signature.length === 64 && verify(null, data, key, signature);
}

function readEcdsa(reader: SshReader, { name, crv, size }: Curve): KeyObject {
  if (reader.text() !== name) throw new SshFormatError('an ECDSA key names another curve than its type');
  const point = reader.string();
  if (point.length !== 1 + 2 * size || point[0] !== 4) throw new SshFormatError('an ECDSA key is an uncompressed point');
  return jwk({ kty: 'EC', crv, x: point.subarray(1, 1 + size).toString('base64url'), y: point.subarray(1 + size).toString('base64url') });
}

function ecdsa(key: KeyObject, { size, hash }: Curve): RawVerify {
  return (signature, data) => {
    const reader = new SshReader(signature);
    const [r, s] = [reader.mpint(), reader.mpint()];
    reader.end();
    if (r.length > size || s.length > size) return false;
    const fixed = Buffer.concat([Buffer.alloc(size - r.length), r, Buffer.alloc(size - s.length), s]);
    return verify(hash, data, { key, dsaEncoding: 'ieee-p1363' }, fixed);
  };
}

function readRsa(reader: SshReader): { key: KeyObject; bytes: number } {
  const [e, n] = [reader.mpint(), reader.mpint()];
  const bits = n.length * 8 - Math.clz32(n[0]!) + 24;
  if (bits < MIN_RSA_BITS) throw new SshFormatError(`an RSA key of ${bits} bits is too weak, ${MIN_RSA_BITS} is the least`);
  if (bits > MAX_RSA_BITS) throw new SshFormatError(`an RSA key of ${bits} bits is too long, ${MAX_RSA_BITS} is the most`);
  // with an exponent of 1 everybody can sign, with an even one nobody; beyond 64 bits only a slow key is meant (CWE-400)
  if ((e.length === 1 && e[0]! < 3) || e.at(-1)! % 2 === 0 || e.length > 8) throw new SshFormatError('the exponent of an RSA key is odd, from 3 to 64 bits');
  return { key: jwk({ kty: 'RSA', e: e.toString('base64url'), n: n.toString('base64url') }), bytes: n.length };
}

/** RSA signatures of RFC 8332. */
function rsa({ key, bytes }: { key: KeyObject; bytes: number }): SshPublicKey['verifies'] {
  return (blob, data) => {
    const reader = new SshReader(blob);
    const hash = RSA_HASHES.get(reader.text());
    const signature = reader.string();
    reader.end();
    if (hash === undefined || signature.length > bytes) return false;
    return verify(hash, data, key, Buffer.concat([Buffer.alloc(bytes - signature.length), signature]));
  };
}

function jwk(key: Record<string, string>): KeyObject {
  try {
    return createPublicKey({ key, format: 'jwk' });
  } catch {
    throw new SshFormatError('its numbers make no key');
  }
}
