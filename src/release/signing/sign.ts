import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { CurationError } from '../../errors.js';
import { writeFileAtomic } from '../../fixity/atomic-file.js';
import { readRegularFile } from '../../fixity/file.js';
import type { SignedStatement } from '../../fixity/key-statement.js';
import { parseSshSignature, splitSshSignatures, type SshSignature } from '../../fixity/ssh-signature.js';
import { SshFormatError } from '../../fixity/ssh-wire.js';
import { RELEASE_FILES, SIGNATURE_NAMESPACE, type ReleaseDocument } from '../../model/release.js';
import { copyKeyLog } from './key-folder.js';
import { signWithKeygen } from './ssh-keygen.js';

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
 * Signs release.json with `ssh-keygen -Y sign` and adds the signature to those in release.json.sig; a second signature by
 * one key takes the place of its first. The statements about keys come along, so that readers can follow from one to the next.
 * @param key a private key file, or a public one whose private half an agent or a token holds
 * @param statements what was said of the keys of this dataset; none by default
 * @throws {CurationError} SIGNING_FAILED, also for a key that has ended; RELEASE_INVALID when the signatures that are there cannot be read
 */
export function signRelease(folder: string, key: string, statements: readonly SignedStatement[] = []): SignOutcome {
  const document = readRegularFile(join(folder, RELEASE_FILES.release), MAX_DOCUMENT_BYTES);
  const path = join(folder, RELEASE_FILES.signature);
  const before = existsSync(path) ? readSignatures(path) : [];
  const { armored, signature } = signWithKeygen(document, key, SIGNATURE_NAMESPACE);
  assertLives(signature, key, statements, (JSON.parse(document.toString('utf8')) as ReleaseDocument).sequence);
  const others = before.filter((each) => !each.signature.key.blob.equals(signature.key.blob));
  copyKeyLog(statements, folder);
  writeFileAtomic(path, [...others.map(({ block }) => block), armored].map((block) => `${block.trim()}\n`).join(''));
  return { key: signature.key.fingerprint, signatures: others.length + 1 };
}

function readSignatures(path: string): { block: string; signature: SshSignature }[] {
  try {
    return splitSshSignatures(readRegularFile(path, MAX_SIGNATURE_BYTES).toString('latin1')).map((block) => ({ block, signature: parseSshSignature(block) }));
  } catch (error) {
    if (!(error instanceof SshFormatError)) throw error;
    throw new CurationError('RELEASE_INVALID', `The signatures that are there cannot be read: ${path}`, {
      cause: error,
      found: error.message,
      suggestions: ['Bring the file back from a copy, or move it away to sign anew.'],
    });
  }
}

/** Readers refuse what a key signed after its end. */
function assertLives({ key: { fingerprint } }: SshSignature, key: string, statements: readonly SignedStatement[], sequence: number): void {
  const end = statements.find(({ key: ended, statement }) => ended.fingerprint === fingerprint && statement.from_sequence <= sequence);
  if (end === undefined) return;
  const { number, action, from_sequence } = end.statement;
  throw new CurationError('SIGNING_FAILED', `The key ${key} must not sign this release any more.`, {
    expected: end.successor === null ? 'another key' : `its successor ${end.successor.fingerprint}`,
    found: `${fingerprint}, ${action === 'revoke' ? 'revoked' : 'succeeded'} from release ${from_sequence} on by statement ${number}`,
    suggestions: ['Name the new key: --key, or release.signer in colophon.yaml.'],
  });
}
