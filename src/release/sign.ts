import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { CurationError } from '../errors.js';
import { writeFileAtomic } from '../fixity/atomic-file.js';
import { readRegularFile } from '../fixity/file.js';
import { parseSshSignature, splitSshSignatures } from '../fixity/ssh-signature.js';
import { RELEASE_FILES, SIGNATURE_NAMESPACE } from '../model/release.js';

const MAX_DOCUMENT_BYTES = 1 << 28;
const MAX_SIGNATURE_BYTES = 1 << 20;

/** What signing did. */
export interface SignOutcome {
  /** `SHA256:` and base64 of the key. */
  key: string;
  /** Signatures that the release has now. */
  signatures: number;
}

/**
 * Signs release.json with `ssh-keygen -Y sign`, which knows agents, hardware tokens and passphrases, and adds the signature
 * to those in release.json.sig; a second signature by one key takes the place of its first.
 * @param key a private key file, or a public one whose private half an agent or a token holds
 * @throws {CurationError} SIGNING_FAILED
 */
export function signRelease(folder: string, key: string): SignOutcome {
  const document = readRegularFile(join(folder, RELEASE_FILES.release), MAX_DOCUMENT_BYTES);
  const armored = signBytes(document, key, SIGNATURE_NAMESPACE);
  const signature = parseSshSignature(armored);
  const path = join(folder, RELEASE_FILES.signature);
  const before = existsSync(path) ? splitSshSignatures(readRegularFile(path, MAX_SIGNATURE_BYTES).toString('latin1')) : [];
  const others = before.filter((block) => !parseSshSignature(block).key.blob.equals(signature.key.blob));
  writeFileAtomic(path, [...others, armored].map((block) => `${block.trim()}\n`).join(''));
  return { key: signature.key.fingerprint, signatures: others.length + 1 };
}

/**
 * An armored signature over some bytes in a namespace, by `ssh-keygen -Y sign`; checked before it is handed out.
 * @throws {CurationError} SIGNING_FAILED
 */
export function signBytes(bytes: Buffer, key: string, namespace: string): string {
  const armored = askKeygen(bytes, key, namespace);
  const signature = parseSshSignature(armored);
  if (signature.namespace !== namespace || !signature.covers(bytes)) throw failed(key, 'the signature it made does not hold');
  return armored;
}

function askKeygen(document: Buffer, key: string, namespace: string): string {
  const path = key.startsWith('~/') ? join(homedir(), key.slice(2)) : key;
  // its questions (passphrase, touch of a token) go to the terminal
  const { error, status, stdout, stderr } = spawnSync('ssh-keygen', ['-Y', 'sign', '-n', namespace, '-f', path], { input: document, maxBuffer: 1 << 20 });
  if (error !== undefined) throw failed(key, 'ssh-keygen, of OpenSSH 8.1 or later, is not there or cannot be run', error);
  if (status === 0) return stdout.toString('latin1');
  const said = stderr.toString('utf8').split('\n').filter((line) => line.trim() !== '' && !line.startsWith('Signing '));
  throw failed(key, said.join(' ').slice(0, 300) || `ssh-keygen ended with status ${status}`);
}

function failed(key: string, found: string, cause?: unknown): CurationError {
  return new CurationError('SIGNING_FAILED', `The release could not be signed with ${key}.`, {
    cause,
    expected: 'a key of OpenSSH that ssh-keygen -Y sign can use',
    found,
    suggestions: [`Try it by hand: ssh-keygen -Y sign -n ${SIGNATURE_NAMESPACE} -f KEY FILE`, 'A key on an agent or token is named by its public file.'],
  });
}
