import { matchesPatterns, type AllowedSigner } from '../fixity/allowed-signers.js';
import { readRegularFile, UnreadableFileError } from '../fixity/file.js';
import { sha256Hex } from '../fixity/digest.js';
import { parseSshSignature, splitSshSignatures, type SshSignature } from '../fixity/ssh-signature.js';
import { SshFormatError } from '../fixity/ssh-wire.js';
import { RELEASE_FILES, SIGNATURE_NAMESPACE } from '../model/release.js';
import type { Inspection } from './inspection.js';

/** Larger than any file of so many signatures as are read. */
const MAX_SIGNATURE_BYTES = 1 << 20;
const MAX_DOCUMENT_BYTES = 1 << 28;

const PATH = RELEASE_FILES.signature;

/**
 * Checks the signatures over release.json: each must be over its bytes and for releases; with signers named, so many of
 * them as were asked for must have signed. A key counts by its dates on the release's own date, so that what was signed in
 * time stays signed; a key that must not be trusted for the past is taken out of the file.
 */
export function checkSignatures(inspection: Inspection): void {
  const { rootFiles, options, signatures } = inspection;
  const signed = rootFiles.has(PATH) ? readSigned(inspection) : null;
  const agreed = new Set<AllowedSigner>();
  for (const block of signed?.blocks ?? []) {
    const signature = readSignature(inspection, block);
    if (signature === null) continue;
    const fault = findFault(signature, signed!.document);
    const key = signature.key.fingerprint;
    if (fault !== null) {
      signatures.push({ path: PATH, valid: false, key, message: fault });
      inspection.report('signature-invalid', PATH, fault, { found: key });
      continue;
    }
    const signer = options.signers?.find((each) => allows(each, signature, inspection));
    if (signer !== undefined) agreed.add(signer);
    signatures.push(describe(signature, signer, options.signers !== undefined));
    if (signer === undefined && options.signers !== undefined) inspection.report('signature-unknown', PATH, `It is signed by a key that ${reasonOf(signature, options.signers)}.`, { found: key });
  }
  checkThreshold(inspection, agreed);
}

/** The signatures, and the bytes that they should be over. */
function readSigned(inspection: Inspection): { blocks: string[]; document: Buffer } | null {
  try {
    const document = readRegularFile(inspection.resolve(RELEASE_FILES.release), MAX_DOCUMENT_BYTES);
    // read a second time: what is checked must be what the rest of this run looked at
    if (sha256Hex(document) !== inspection.digest) throw new UnreadableFileError('changed', null, RELEASE_FILES.release);
    const text = readRegularFile(inspection.resolve(PATH), MAX_SIGNATURE_BYTES).toString('latin1');
    return { blocks: splitSshSignatures(text), document };
  } catch (error) {
    if (!(error instanceof UnreadableFileError || error instanceof SshFormatError)) throw error;
    inspection.report('signature-invalid', PATH, `The signatures cannot be checked: ${error.message}.`);
    return null;
  }
}

function readSignature(inspection: Inspection, block: string): SshSignature | null {
  try {
    return parseSshSignature(block);
  } catch (error) {
    if (!(error instanceof SshFormatError)) throw error;
    const message = `A signature cannot be used: ${error.message}.`;
    inspection.signatures.push({ path: PATH, valid: false, message });
    inspection.report('signature-invalid', PATH, message);
    return null;
  }
}

function findFault(signature: SshSignature, document: Buffer): string | null {
  if (signature.namespace !== SIGNATURE_NAMESPACE) return `It was made for ${signature.namespace.slice(0, 60)}, not for ${SIGNATURE_NAMESPACE}.`;
  return signature.covers(document) ? null : 'It is not over this release.json.';
}

function sameKey(signer: AllowedSigner, { key }: SshSignature): boolean {
  return signer.key.blob.equals(key.blob);
}

function allows(signer: AllowedSigner, signature: SshSignature, { document }: Inspection): boolean {
  if (!sameKey(signer, signature) || document === null) return false;
  if (signer.namespaces !== null && !matchesPatterns(signature.namespace, signer.namespaces)) return false;
  const date = Date.parse(`${document.date}T00:00:00Z`);
  return date >= signer.validAfter && date < signer.validBefore;
}

function reasonOf(signature: SshSignature, signers: readonly AllowedSigner[]): string {
  return signers.some((signer) => sameKey(signer, signature)) ? 'may not sign releases, or not one of this date' : 'the allowed signers do not name';
}

function describe({ key }: SshSignature, signer: AllowedSigner | undefined, named: boolean): Inspection['signatures'][number] {
  const by = `${key.type} ${key.fingerprint}`;
  if (signer !== undefined) return { path: PATH, valid: true, signer: signer.principals, key: key.fingerprint, message: by };
  return { path: PATH, valid: !named, key: key.fingerprint, message: named ? `${by}, whom the allowed signers do not vouch for` : `${by}, for whom nobody vouches here` };
}

function checkThreshold(inspection: Inspection, agreed: ReadonlySet<AllowedSigner>): void {
  const { options, rootFiles } = inspection;
  if (options.signers === undefined) return;
  const threshold = options.threshold ?? 1;
  // two lines with one key are one signer
  const keys = new Set([...agreed].map(({ key }) => key.fingerprint)).size;
  if (keys >= threshold) return;
  const found = rootFiles.has(PATH) ? `${keys} of them` : 'no signature';
  inspection.report('signature-unknown', PATH, 'Not enough of the allowed signers have signed this release.', { expected: `${threshold} of them`, found });
}
