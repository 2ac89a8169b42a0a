import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { CurationError } from '../../errors.js';
import { writeFileAtomic } from '../../fixity/atomic-file.js';
import { sha256Hex } from '../../fixity/digest.js';
import { readRegularFile, UnreadableFileError } from '../../fixity/file.js';
import { parseMinisignSignatures } from '../../fixity/minisign.js';
import { parseMinisignSecret } from '../../fixity/minisign-secret.js';
import { SshFormatError } from '../../fixity/ssh-wire.js';
import { RELEASE_FILES, type ReleaseDocument } from '../../model/release.js';
import type { SignOutcome } from './sign.js';
import { expandHome } from './ssh-keygen.js';

const MAX_DOCUMENT_BYTES = 1 << 28;
const MAX_SIGNATURE_BYTES = 1 << 20;
const MAX_KEY_BYTES = 4096;

/**
 * Signs release.json as minisign does and adds the signature to those in release.json.minisig; a second one by the same key
 * takes the place of its first. A key with a password is left to the program minisign, which asks for it.
 * @param scratch an existing folder for the answer of minisign
 * @throws {CurationError} SIGNING_FAILED
 */
export function signWithMinisign(folder: string, keyFile: string, scratch: string): SignOutcome {
  const place = expandHome(keyFile);
  const documentPath = join(folder, RELEASE_FILES.release);
  const path = join(folder, RELEASE_FILES.minisig);
  try {
    const document = readRegularFile(documentPath, MAX_DOCUMENT_BYTES);
    const before = existsSync(path) ? parseMinisignSignatures(readRegularFile(path, MAX_SIGNATURE_BYTES)) : [];
    const secret = parseMinisignSecret(readRegularFile(place, MAX_KEY_BYTES).toString('latin1'));
    const comment = trustedComment(document);
    const text = secret === null ? askMinisign(place, documentPath, comment, scratch) : Buffer.from(secret.sign(document, comment));
    const [made] = parseMinisignSignatures(text);
    const others = before.filter(({ keyId }) => keyId !== made!.keyId);
    writeFileAtomic(path, Buffer.from([...others, made!].map((signature) => signature.text).join(''), 'latin1'));
    return { key: `minisign:${made!.keyId}`, signatures: others.length + 1 };
  } catch (error) {
    if (!(error instanceof SshFormatError || error instanceof UnreadableFileError)) throw error;
    throw failed(keyFile, error.message, error);
  }
}

/** What the signer vouches for in words: minisign has no namespaces, so the release is named. */
function trustedComment(document: Buffer): string {
  const { dataset, version } = JSON.parse(document.toString('utf8')) as ReleaseDocument;
  return `colophon release ${JSON.stringify(dataset.id)} ${version} sha256:${sha256Hex(document)}`;
}

function askMinisign(key: string, documentPath: string, comment: string, scratch: string): Buffer {
  const folder = mkdtempSync(join(scratch, 'minisign-'));
  const answer = join(folder, 'signature');
  try {
    // its question goes to the terminal, and nothing of it into the result
    const { error, status } = spawnSync('minisign', ['-S', '-s', key, '-m', documentPath, '-x', answer, '-t', comment], { stdio: ['inherit', 2, 2] });
    if (error !== undefined) throw failed(key, 'a password protects it, and minisign is not there to ask for it', error);
    if (status !== 0) throw failed(key, `minisign ended with status ${status}`);
    return readRegularFile(answer, MAX_SIGNATURE_BYTES);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function failed(key: string, found: string, cause?: unknown): CurationError {
  return new CurationError('SIGNING_FAILED', `The release could not be signed with the minisign key ${key}.`, {
    cause,
    expected: 'a secret key file of minisign',
    found,
    suggestions: ['Make one: minisign -G -s KEYFILE -p KEYFILE.pub', `Try it by hand: minisign -S -s KEYFILE -m ${RELEASE_FILES.release}`],
  });
}
