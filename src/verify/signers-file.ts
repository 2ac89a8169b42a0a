import { readFileSync } from 'node:fs';
import { CurationError, wrapSystemError } from '../errors.js';
import { parseMinisignKey, type MinisignSigner } from '../fixity/minisign.js';
import { SshFormatError } from '../fixity/ssh-wire.js';
import { parseAllowedSigners, type AllowedSigner } from '../fixity/allowed-signers.js';

/**
 * Reads an allowed signers file (ssh-keygen(1), ALLOWED SIGNERS), all of whose lines must be understood: one that is
 * passed over might be the one that narrows what a key may sign.
 * @throws {CurationError} USAGE naming the lines; IO_FAILED
 */
export function readSigners(path: string): AllowedSigner[] {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw wrapSystemError(error, 'reading the allowed signers', path);
  }
  const { signers, defects } = parseAllowedSigners(text);
  if (defects.length === 0 && signers.length > 0) return signers;
  const found = defects.slice(0, 5).map(({ line, message }) => `line ${line}: ${message}`);
  throw new CurationError('USAGE', `The allowed signers cannot be used: ${path}`, {
    expected: 'lines of principals, options and a public key, as for ssh-keygen -Y verify',
    found: defects.length === 0 ? 'no signer' : found.join('; '),
    suggestions: ['A line reads: steward@example.org namespaces="colophon-*" ssh-ed25519 AAAA...'],
  });
}

/**
 * Reads public key files of minisign; each is called by its path.
 * @throws {CurationError} USAGE, IO_FAILED
 */
export function readMinisignKeys(paths: readonly string[]): MinisignSigner[] {
  return paths.map((path) => {
    try {
      return { name: path, key: parseMinisignKey(readFileSync(path, 'utf8')) };
    } catch (error) {
      if (!(error instanceof SshFormatError)) throw wrapSystemError(error, 'reading the key of minisign', path);
      throw new CurationError('USAGE', `The key of minisign cannot be used: ${path}`, {
        expected: 'the two lines of a public key file, as minisign -G writes it',
        found: error.message,
        suggestions: ['Name the .pub file, not the secret one or a signature.'],
      });
    }
  });
}
