import { matchesPatterns, type AllowedSigner } from '../fixity/allowed-signers.js';
import { readRegularFile, UnreadableFileError } from '../fixity/file.js';
import { parseSshSignature, splitSshSignatures, type SshSignature } from '../fixity/ssh-signature.js';
import { SshFormatError } from '../fixity/ssh-wire.js';
import { AMENDMENT_NAMESPACE } from '../model/amendment.js';

/** Larger than any file of so many signatures as are read. */
const MAX_SIGNATURE_BYTES = 1 << 20;

/** Whether an amendment may be acted upon by its signatures, and in words why. */
export interface AmendmentTrust {
  accepted: boolean;
  /** The kind of problem when it is not accepted. */
  fault?: 'signature-invalid' | 'signature-unknown';
  /** Principals of the allowed signer who signed it. */
  signer?: string;
  /** Fingerprint of the key that counts, or of the first that signed. */
  key?: string;
  message: string;
}

/**
 * Judges the signatures beside an amendment. One that does not hold makes it refused, whoever is asked for. With signers named one
 * of them must have signed it, by a key that is valid on its date: a withdrawal is urgent, so one is enough whatever the threshold
 * for releases. Without them an amendment without signature is accepted, and it is said that nobody vouches for it.
 */
export function judgeSignatures(path: string, bytes: Buffer, date: string, signers: readonly AllowedSigner[] | undefined): AmendmentTrust {
  let signatures: SshSignature[];
  try {
    const text = readRegularFile(`${path}.sig`, MAX_SIGNATURE_BYTES).toString('latin1');
    signatures = splitSshSignatures(text).map(parseSshSignature);
  } catch (error) {
    if (error instanceof UnreadableFileError && error.defect === 'missing') return judgeUnsigned(signers);
    if (!(error instanceof UnreadableFileError || error instanceof SshFormatError)) throw error;
    return { accepted: false, fault: 'signature-invalid', message: `its signatures cannot be checked: ${error.message}` };
  }
  const unsound = signatures.find((each) => each.namespace !== AMENDMENT_NAMESPACE || !each.covers(bytes));
  if (unsound !== undefined || signatures.length === 0)
    return { accepted: false, fault: 'signature-invalid', message: `a signature beside it is not over its bytes, or not for amendments (${AMENDMENT_NAMESPACE})` };
  return judgeSigners(signatures, date, signers);
}

function judgeUnsigned(signers: readonly AllowedSigner[] | undefined): AmendmentTrust {
  if (signers === undefined) return { accepted: true, message: 'it has no signature: nobody vouches for it' };
  return { accepted: false, fault: 'signature-unknown', message: 'it has no signature, and none of the allowed signers vouches for it' };
}

function judgeSigners(signatures: readonly SshSignature[], date: string, signers: readonly AllowedSigner[] | undefined): AmendmentTrust {
  const first = signatures[0]?.key.fingerprint;
  const key = first === undefined ? {} : { key: first };
  if (signers === undefined) return { accepted: true, ...key, message: 'it is signed, by a key for which nobody vouches here' };
  for (const signature of signatures) {
    const signer = signers.find((each) => allows(each, signature, date));
    if (signer !== undefined) return { accepted: true, signer: signer.principals, key: signature.key.fingerprint, message: `it is signed by ${signer.principals}` };
  }
  const known = signatures.some((signature) => signers.some((signer) => signer.key.blob.equals(signature.key.blob)));
  const why = known ? `whom the allowed signers do not let sign amendments (${AMENDMENT_NAMESPACE}), or not one of this date` : 'whom the allowed signers do not name';
  return { accepted: false, fault: 'signature-unknown', ...key, message: `it is signed by a key ${why}` };
}

function allows({ key, namespaces, validAfter, validBefore }: AllowedSigner, signature: SshSignature, date: string): boolean {
  if (!key.blob.equals(signature.key.blob)) return false;
  if (namespaces !== null && !matchesPatterns(signature.namespace, namespaces)) return false;
  const time = Date.parse(`${date}T00:00:00Z`);
  return time >= validAfter && time < validBefore;
}
