import { parseMinisignSignatures, type MinisignSignature, type MinisignSigner } from '../fixity/minisign.js';
import { SshFormatError } from '../fixity/ssh-wire.js';
import { faulty, type JudgedSignature } from './judged-signature.js';

/**
 * Judges the signatures of minisign in a file. They name their key by an id only: without the key nothing can be said about
 * them but that they are there.
 */
export function judgeMinisignSignatures(text: Buffer, message: Buffer, path: string, signers: readonly MinisignSigner[] | undefined): JudgedSignature[] {
  try {
    return parseMinisignSignatures(text).map((signature) => judge(signature, message, path, signers));
  } catch (error) {
    if (!(error instanceof SshFormatError)) throw error;
    return [faulty(path, 'minisign', `The signatures of minisign cannot be used: ${error.message}.`)];
  }
}

function judge(signature: MinisignSignature, message: Buffer, path: string, signers: readonly MinisignSigner[] | undefined): JudgedSignature {
  const key = `minisign:${signature.keyId}`;
  const base = { path, format: 'minisign' as const, key };
  // an id is eight bytes that anybody can choose: every key that has it is tried
  const named = (signers ?? []).filter((signer) => signer.key.id === signature.keyId);
  if (named.length === 0) {
    const what = signers === undefined ? 'which was not looked at: that takes the key' : 'which is none of the keys that count';
    const reason = signers === undefined ? null : `It is signed by the minisign key ${signature.keyId}, ${what}.`;
    return { report: { ...base, valid: false, message: `minisign key ${signature.keyId}, ${what}` }, fault: null, reason, countsFor: null };
  }
  const signer = named.find((each) => each.key.verifies(signature, message));
  if (signer === undefined) return faulty(path, 'minisign', `It is not over this release.json and its trusted comment, or not by the key ${signature.keyId} of ${named[0]!.name}.`, key);
  const comment = signature.comment.toString('utf8').slice(0, 200);
  return { report: { ...base, valid: true, signer: signer.name, message: `minisign key ${signature.keyId}, trusted comment: ${comment}` }, fault: null, reason: null, countsFor: signer.key.fingerprint };
}
