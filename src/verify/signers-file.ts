import { readFileSync } from 'node:fs';
import { CurationError, wrapSystemError } from '../errors.js';
import { parseAllowedSigners, type AllowedSigner } from '../fixity/allowed-signers.js';

/**
 * Reads an allowed signers file (ssh-keygen(1), ALLOWED SIGNERS), all of whose lines must be understood: one that is
 * passed over might be the one that narrows what a key may sign.
 * @throws {CurationError} INPUT_INVALID naming the lines; IO_FAILED
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
    suggestions: ['A line reads: steward@example.org namespaces="colophon-release@v1" ssh-ed25519 AAAA...'],
  });
}
