import { createHash } from 'node:crypto';
import { parseSshPublicKey, type SshPublicKey } from './ssh-public-key.js';
import { decodeBase64, SshFormatError, SshReader, sshString } from './ssh-wire.js';

const BEGIN = '-----BEGIN SSH SIGNATURE-----';
const END = '-----END SSH SIGNATURE-----';
const MAGIC = Buffer.from('SSHSIG');

/** Signatures that one text may hold. */
const MAX_SIGNATURES = 32;

/** Longest armored signature that is read: an RSA key of 16,384 bits needs 6 kB. */
const MAX_ARMOR_LENGTH = 16_384;

/** Hashes that the format allows for the message. */
const MESSAGE_HASHES: ReadonlySet<string> = new Set(['sha256', 'sha512']);

/** A detached signature in the format SSHSIG (OpenSSH PROTOCOL.sshsig), as `ssh-keygen -Y sign` makes it. */
export interface SshSignature {
  key: SshPublicKey;
  /** What the signature is for; one that was made for something else proves nothing here. */
  namespace: string;
  /** Whether the signature is over these bytes. */
  covers(message: Buffer): boolean;
}

/**
 * Reads an armored signature.
 * @throws {SshFormatError} with what is wrong about it
 */
export function parseSshSignature(armored: string): SshSignature {
  const reader = new SshReader(dearmor(armored));
  if (!reader.take(MAGIC.length).equals(MAGIC)) throw new SshFormatError('it does not begin with SSHSIG');
  const version = reader.uint32();
  if (version !== 1) throw new SshFormatError(`it is of version ${version}, not 1`);
  const key = parseSshPublicKey(reader.string());
  const namespace = reader.text();
  const reserved = reader.string();
  const hash = reader.text();
  const signature = reader.string();
  reader.end();
  if (namespace === '') throw new SshFormatError('it names no namespace');
  if (!MESSAGE_HASHES.has(hash)) throw new SshFormatError(`the message is hashed by ${hash}, not by sha256 or sha512`);
  const covers = (message: Buffer) => {
    const digest = createHash(hash).update(message).digest();
    try {
      return key.verifies(signature, Buffer.concat([MAGIC, sshString(namespace), sshString(reserved), sshString(hash), sshString(digest)]));
    } catch (error) {
      if (error instanceof SshFormatError) return false;
      throw error;
    }
  };
  return { key, namespace, covers };
}

/** The markers stand on lines of their own, as OpenSSH wants them. */
function dearmor(armored: string): Buffer {
  const text = armored.trim();
  if (text.length > MAX_ARMOR_LENGTH) throw new SshFormatError(`it is longer than ${MAX_ARMOR_LENGTH} characters`);
  const lines = text.split(/\r?\n/);
  if (lines.shift() !== BEGIN || lines.pop() !== END) throw new SshFormatError(`it is not framed by ${BEGIN}`);
  return decodeBase64(lines.join(''), 'it');
}

/**
 * The armored signatures of a text, one after another; what else stands there makes one that cannot be parsed.
 * @throws {SshFormatError} when there are too many
 */
export function splitSshSignatures(text: string): string[] {
  const blocks = text.split(/(?<=-----END SSH SIGNATURE-----)/).filter((block) => block.trim() !== '');
  if (blocks.length > MAX_SIGNATURES) throw new SshFormatError(`it holds more than ${MAX_SIGNATURES} signatures`);
  return blocks;
}
