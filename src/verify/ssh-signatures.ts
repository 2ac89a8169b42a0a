import { parseSshSignature, splitSshSignatures, type SshSignature } from '../fixity/ssh-signature.js';
import { SshFormatError } from '../fixity/ssh-wire.js';
import { describeEnd, type KeyTrust, type SignedThing } from './key-trust.js';
import { faulty, type JudgedSignature } from './judged-signature.js';

/** What signatures are checked against. */
export interface SignatureContext {
  /** The file that holds the signatures, relative to the release, for the report. */
  path: string;
  /** The name of what is signed, for people. */
  subject: string;
  thing: SignedThing;
  trust: KeyTrust;
  /** Whether the reader named signers; without them a signature proves only that its key signed. */
  named: boolean;
}

/** Judges the armored signatures of a text, in their order: over these bytes, for this namespace, by a key that counts. */
export function judgeSshSignatures(text: string, message: Buffer, context: SignatureContext): JudgedSignature[] {
  const blocks = guard(() => splitSshSignatures(text));
  if (typeof blocks === 'string') return [faulty(context.path, 'ssh', `The signatures cannot be used: ${blocks}.`)];
  if (blocks.length === 0) return [faulty(context.path, 'ssh', 'There is no signature in the file.')];
  return blocks.map((block) => {
    const signature = guard(() => parseSshSignature(block));
    return typeof signature === 'string' ? faulty(context.path, 'ssh', `A signature cannot be used: ${signature}.`) : judge(signature, message, context);
  });
}

function guard<T>(read: () => T): T | string {
  try {
    return read();
  } catch (error) {
    if (error instanceof SshFormatError) return error.message;
    throw error;
  }
}

function judge(signature: SshSignature, message: Buffer, context: SignatureContext): JudgedSignature {
  const { path, thing, trust, named } = context;
  const { type, fingerprint } = signature.key;
  const fault = findFault(signature, message, context);
  if (fault !== null) return faulty(path, 'ssh', fault, fingerprint);
  const base = { path, format: 'ssh' as const, key: fingerprint };
  const by = `${type} ${fingerprint}`;
  if (!named) return judgeAlone(signature, by, context);
  const verdict = trust.judge(signature.key, thing);
  if (verdict.voucher === null) {
    return { report: { ...base, valid: false, message: `${by}, a key that ${verdict.reason}` }, fault: null, reason: `It is signed by a key that ${verdict.reason}.`, countsFor: null };
  }
  const { signer, via } = verdict.voucher;
  const report = { ...base, valid: true, signer: signer.principals, ...(via.length === 0 ? {} : { via }), message: via.length === 0 ? by : `${by}, which follows ${signer.key.fingerprint}` };
  return { report, fault: null, reason: null, countsFor: signer.key.fingerprint };
}

/** Nobody vouches for a key; its own end is told all the same. */
function judgeAlone({ key }: SshSignature, by: string, { path, thing, trust }: SignatureContext): JudgedSignature {
  const end = trust.endOf(key, thing);
  const message = end === null ? `${by}, for whom nobody vouches here` : `${by}, a key that ${describeEnd(end)}`;
  return { report: { path, format: 'ssh', key: key.fingerprint, valid: end === null, message }, fault: null, reason: null, countsFor: null };
}

function findFault(signature: SshSignature, message: Buffer, { thing, subject, trust }: SignatureContext): string | null {
  if (signature.namespace !== thing.namespace) return `It was made for ${signature.namespace.slice(0, 60)}, not for ${thing.namespace}.`;
  if (!signature.covers(message)) return `It is not over this ${subject}.`;
  const end = trust.endOf(signature.key, thing);
  return end?.by.statement.action === 'revoke' ? `Its key ${describeEnd(end)}.` : null;
}
