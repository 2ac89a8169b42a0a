import { createPrivateKey, createPublicKey, sign, type KeyObject } from 'node:crypto';
import { blake2b512, formatKeyId } from './minisign.js';
import { decodeBase64, SshFormatError } from './ssh-wire.js';

/** Ed25519 private keys in PKCS #8 (RFC 8410 §7): these bytes, then the seed. */
const PKCS8_HEAD = Buffer.from('302e020100300506032b657004220420', 'hex');

/** A secret key of minisign without a password. */
export interface MinisignSecret {
  keyId: string;
  /** Makes the four lines of a signature, prehashed as minisign makes them by default. */
  sign(message: Buffer, trustedComment: string): string;
}

/**
 * Reads a secret key file of minisign.
 * @returns null when a password protects it: only minisign itself can open it then
 * @throws {SshFormatError} when it is none, or its two halves are of different keys
 */
export function parseMinisignSecret(text: string): MinisignSecret | null {
  const lines = text.trimEnd().split(/\r?\n/);
  if (lines.length !== 2 || !lines[0]!.startsWith('untrusted comment: ')) throw new SshFormatError('it is not the two lines of a secret key of minisign');
  const bytes = decodeBase64(lines[1]!, 'the key');
  if (bytes.length !== 158 || bytes.toString('latin1', 0, 2) !== 'Ed') throw new SshFormatError('it is no Ed25519 secret key of minisign');
  if (bytes.readUInt16BE(2) !== 0) return null;
  const [id, seed, raw] = [bytes.subarray(54, 62), bytes.subarray(62, 94), bytes.subarray(94, 126)];
  const key = createPrivateKey({ key: Buffer.concat([PKCS8_HEAD, seed]), format: 'der', type: 'pkcs8' });
  if (createPublicKey(key).export({ format: 'jwk' }).x !== raw.toString('base64url')) throw new SshFormatError('its secret half does not belong to its public half');
  return { keyId: formatKeyId(id), sign: (message, comment) => formatSignature(key, id, message, comment) };
}

function formatSignature(key: KeyObject, id: Buffer, message: Buffer, comment: string): string {
  if (/[\r\n]/.test(comment)) throw new SshFormatError('a trusted comment is one line');
  const signature = sign(null, blake2b512(message), key);
  const head = Buffer.concat([Buffer.from('ED'), id, signature]).toString('base64');
  const tail = sign(null, Buffer.concat([signature, Buffer.from(comment)]), key).toString('base64');
  return `untrusted comment: signature of Colophon\n${head}\ntrusted comment: ${comment}\n${tail}\n`;
}
