import { createHash, createPublicKey, verify, type KeyObject } from 'node:crypto';
import { ed25519Fingerprint } from './ssh-public-key.js';
import { decodeBase64, SshFormatError } from './ssh-wire.js';

/** Longest line of a signature that is read: a trusted comment has at most 8 kB. */
const MAX_LINE_LENGTH = 16_384;

/** Signatures that one text may hold. */
const MAX_SIGNATURES = 32;

const UNTRUSTED = 'untrusted comment: ';
const TRUSTED = 'trusted comment: ';

/** A public key of minisign. */
export interface MinisignKey {
  /** 16 hex digits, as minisign shows it. */
  id: string;
  /** The fingerprint that OpenSSH gives the same ed25519 key. */
  fingerprint: string;
  /** Whether a signature, and that over its trusted comment, are this key's. */
  verifies(signature: MinisignSignature, message: Buffer): boolean;
}

/** A public key of minisign that a reader trusts, and what it is called: the file that holds it. */
export interface MinisignSigner {
  name: string;
  key: MinisignKey;
}

/** A detached signature in the format of minisign: four lines. */
export interface MinisignSignature {
  /** Id of the key that is said to have made it. */
  keyId: string;
  /** `Ed` signs the message itself, `ED` its BLAKE2b-512. */
  algorithm: 'Ed' | 'ED';
  /** 64 bytes. */
  signature: Buffer;
  /** Bytes of the trusted comment. */
  comment: Buffer;
  /** 64 bytes, over the signature and the trusted comment. */
  globalSignature: Buffer;
  /** The four lines as they stood there. */
  text: string;
}

/**
 * Reads the two lines of a public key file of minisign.
 * @throws {SshFormatError} with what is wrong about it
 */
export function parseMinisignKey(text: string): MinisignKey {
  const lines = text.trimEnd().split(/\r?\n/);
  if (lines.length !== 2 || !lines[0]!.startsWith(UNTRUSTED)) throw new SshFormatError('it is not the two lines of a public key of minisign');
  const bytes = decodeBase64(lines[1]!, 'the key');
  if (bytes.length !== 42 || bytes.toString('latin1', 0, 2) !== 'Ed') throw new SshFormatError('it is no Ed25519 key of minisign');
  const raw = bytes.subarray(10);
  return { id: formatKeyId(bytes.subarray(2, 10)), fingerprint: ed25519Fingerprint(raw), verifies: checker(importKey(raw)) };
}

function importKey(raw: Buffer): KeyObject {
  return createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: raw.toString('base64url') }, format: 'jwk' });
}

function checker(key: KeyObject): MinisignKey['verifies'] {
  return ({ algorithm, signature, comment, globalSignature }, message) => {
    const signed = algorithm === 'ED' ? blake2b512(message) : message;
    return verify(null, signed, key, signature) && verify(null, Buffer.concat([signature, comment]), key, globalSignature);
  };
}

/** BLAKE2b-512 (RFC 7693), which minisign signs in the place of a long message. */
export function blake2b512(message: Buffer): Buffer {
  return createHash('blake2b512').update(message).digest();
}

/** The eight bytes of a key id, least first, as minisign shows them. */
export function formatKeyId(bytes: Buffer): string {
  return Buffer.from(bytes).reverse().toString('hex').toUpperCase();
}

/**
 * The signatures of a text, one after another; minisign itself reads the first.
 * @param bytes the text as bytes: a trusted comment is signed as it stands
 * @throws {SshFormatError} with what is wrong
 */
export function parseMinisignSignatures(bytes: Buffer): MinisignSignature[] {
  const lines = bytes.toString('latin1').split('\n');
  if (lines.at(-1) === '') lines.pop();
  if (lines.length === 0 || lines.length % 4 !== 0) throw new SshFormatError('a signature of minisign has four lines');
  if (lines.length > 4 * MAX_SIGNATURES) throw new SshFormatError(`it holds more than ${MAX_SIGNATURES} signatures`);
  const signatures: MinisignSignature[] = [];
  for (let at = 0; at < lines.length; at += 4) signatures.push(parseSignature(lines.slice(at, at + 4).map((line) => line.replace(/\r$/, ''))));
  return signatures;
}

function parseSignature(lines: string[]): MinisignSignature {
  const [untrusted, head, trusted, tail] = lines as [string, string, string, string];
  if (lines.some((line) => line.length > MAX_LINE_LENGTH)) throw new SshFormatError(`a line is longer than ${MAX_LINE_LENGTH} characters`);
  if (!untrusted.startsWith(UNTRUSTED) || !trusted.startsWith(TRUSTED)) throw new SshFormatError('its first and third line are not comments of minisign');
  const bytes = decodeBase64(head, 'the signature');
  const algorithm = bytes.toString('latin1', 0, 2);
  if (bytes.length !== 74 || (algorithm !== 'Ed' && algorithm !== 'ED')) throw new SshFormatError('it is no Ed25519 signature of minisign');
  const globalSignature = decodeBase64(tail, 'the signature over the trusted comment');
  if (globalSignature.length !== 64) throw new SshFormatError('the signature over the trusted comment has 64 bytes');
  const comment = Buffer.from(trusted.slice(TRUSTED.length), 'latin1');
  return { keyId: formatKeyId(bytes.subarray(2, 10)), algorithm, signature: bytes.subarray(10), comment, globalSignature, text: `${lines.join('\n')}\n` };
}
