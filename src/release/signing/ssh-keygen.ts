import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { CurationError } from '../../errors.js';
import { readRegularFile, UnreadableFileError } from '../../fixity/file.js';
import { parsePublicKeyLine, type SshPublicKey } from '../../fixity/ssh-public-key.js';
import { parseSshSignature, type SshSignature } from '../../fixity/ssh-signature.js';
import { SshFormatError } from '../../fixity/ssh-wire.js';

/** Larger files hold no key, in bytes. */
const MAX_KEY_BYTES = 64 << 10;

/** A signature that was just made, and its key. */
export interface MadeSignature {
  armored: string;
  signature: SshSignature;
}

/**
 * Signs bytes with `ssh-keygen -Y sign`, which knows agents, hardware tokens and passphrases, and checks what it made.
 * @param key a private key file, or a public one whose private half an agent or a token holds; `~/` is the home folder
 * @param subject what is signed, for the message: `The release`
 * @throws {CurationError} SIGNING_FAILED
 */
export function signWithKeygen(message: Buffer, key: string, namespace: string, subject = 'The release'): MadeSignature {
  const fail = (found: string, cause?: unknown) => failed(key, namespace, subject, found, cause);
  // its questions (passphrase, touch of a token) go to the terminal
  const { error, status, stdout, stderr } = spawnSync('ssh-keygen', ['-Y', 'sign', '-n', namespace, '-f', expandHome(key)], { input: message, maxBuffer: 1 << 20 });
  if (error !== undefined) throw fail('ssh-keygen, of OpenSSH 8.1 or later, is not there or cannot be run', error);
  if (status !== 0) throw fail(complaintOf(stderr) || `ssh-keygen ended with status ${status}`);
  const armored = stdout.toString('latin1');
  const signature = readMade(armored, fail);
  if (signature.namespace !== namespace || !signature.covers(message)) throw fail('the signature it made does not hold');
  return { armored, signature };
}

/** A key may be good for OpenSSH and still be none that readers accept. */
function readMade(armored: string, fail: (found: string, cause: unknown) => CurationError): SshSignature {
  try {
    return parseSshSignature(armored);
  } catch (error) {
    if (error instanceof SshFormatError) throw fail(`the signature it made would not be accepted: ${error.message}`, error);
    throw error;
  }
}

/**
 * The public half of a key: of a public file itself, else of the `.pub` beside a private one, else as `ssh-keygen -y` tells it.
 * @throws {CurationError} SIGNING_FAILED
 */
export function readPublicKey(path: string): SshPublicKey {
  const place = expandHome(path);
  try {
    const file = existsSync(`${place}.pub`) ? `${place}.pub` : place;
    const text = readRegularFile(file, MAX_KEY_BYTES).toString('utf8');
    return parsePublicKeyLine(text.includes('PRIVATE KEY-----') ? askForPublic(place) : text);
  } catch (error) {
    if (!(error instanceof SshFormatError || error instanceof UnreadableFileError)) throw error;
    throw new CurationError('SIGNING_FAILED', `There is no public key to be had from ${path}.`, {
      cause: error,
      expected: 'a public key file of OpenSSH, or a private one with its .pub beside it',
      found: error.message,
      suggestions: [`Write it out: ssh-keygen -y -f ${path} > ${path}.pub`],
    });
  }
}

function askForPublic(path: string): string {
  const { error, status, stdout, stderr } = spawnSync('ssh-keygen', ['-y', '-f', path], { stdio: ['inherit', 'pipe', 'pipe'], maxBuffer: 1 << 20 });
  if (error === undefined && status === 0) return stdout.toString('utf8');
  throw new SshFormatError(error === undefined ? complaintOf(stderr) : 'ssh-keygen is not there or cannot be run');
}

/** `~/` is the home folder: settings are read without a shell. */
export function expandHome(path: string): string {
  return path.startsWith('~/') ? join(homedir(), path.slice(2)) : path;
}

function complaintOf(stderr: Buffer): string {
  return stderr
    .toString('utf8')
    .split('\n')
    .filter((line) => line.trim() !== '' && !line.startsWith('Signing '))
    .join(' ')
    .slice(0, 300);
}

function failed(key: string, namespace: string, subject: string, found: string, cause?: unknown): CurationError {
  return new CurationError('SIGNING_FAILED', `${subject} could not be signed with ${key}.`, {
    cause,
    expected: 'a key of OpenSSH that ssh-keygen -Y sign can use',
    found,
    suggestions: [`Try it by hand: ssh-keygen -Y sign -n ${namespace} -f KEY FILE`, 'A key on an agent or token is named by its public file.'],
  });
}
