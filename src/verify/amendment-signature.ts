import { readRegularFile, UnreadableFileError } from '../fixity/file.js';
import { AMENDMENT_NAMESPACE } from '../model/amendment.js';
import type { Inspection } from './inspection.js';
import { namesSigners, trustOf } from './signatures.js';
import { judgeSshSignatures } from './ssh-signatures.js';

/** Larger than any file of so many signatures as are read. */
const MAX_SIGNATURE_BYTES = 1 << 20;

/** Whether an amendment may be acted upon by its signatures, and in words why. */
export interface AmendmentTrust {
  accepted: boolean;
  /** The kind of problem when it is not accepted. */
  fault?: 'signature-invalid' | 'signature-unknown';
  /** Principals of the allowed signer whose signature counts. */
  signer?: string;
  /** Fingerprint of the key that counts, or of the first that signed. */
  key?: string;
  /** A sentence. */
  message: string;
}

/** An amendment, and where it lies. */
export interface AmendmentToJudge {
  path: string;
  shown: string;
  bytes: Buffer;
  /** Day of its publication, YYYY-MM-DD. */
  date: string;
}

/**
 * Judges the signatures beside an amendment. One that does not hold makes it refused, whoever is asked for. With signers named one
 * of them, or a successor, must have signed it, by a key that counts on its date: a withdrawal is urgent, so one is enough whatever
 * the threshold for releases. Without them an amendment without signature is accepted, and it is said that nobody vouches for it.
 */
export function judgeAmendment(inspection: Inspection, { path, shown, bytes, date }: AmendmentToJudge): AmendmentTrust {
  const named = namesSigners(inspection);
  const text = readSignatures(path);
  if (text === null) return named ? { accepted: false, fault: 'signature-unknown', message: 'It has no signature, and none of the allowed signers vouches for it.' } : { accepted: true, message: 'It has no signature: nobody vouches for it.' };
  if (typeof text !== 'string') return { accepted: false, fault: 'signature-invalid', message: `Its signatures cannot be checked: ${text.message}.` };
  const thing = { namespace: AMENDMENT_NAMESPACE, sequence: null, date };
  const judged = judgeSshSignatures(text, bytes, { path: `${shown}.sig`, subject: 'amendment', thing, trust: trustOf(inspection), named });
  const key = judged[0]?.report.key;
  const first = key === undefined ? {} : { key };
  const fault = judged.find((each) => each.fault !== null)?.fault;
  if (fault !== undefined && fault !== null) return { accepted: false, fault: 'signature-invalid', ...first, message: fault };
  const counting = judged.find(({ countsFor }) => countsFor !== null)?.report;
  if (counting !== undefined) return { accepted: true, ...(counting.signer === undefined ? {} : { signer: counting.signer }), ...(counting.key === undefined ? {} : { key: counting.key }), message: `It is signed by ${counting.message}.` };
  if (!named) return { accepted: true, ...first, message: `It is signed by ${judged[0]?.report.message ?? 'nobody'}.` };
  return { accepted: false, fault: 'signature-unknown', ...first, message: judged.find(({ reason }) => reason !== null)?.reason ?? 'None of the allowed signers has signed it.' };
}

/** Null when there is no file of signatures; the error when it cannot be read. */
function readSignatures(path: string): string | UnreadableFileError | null {
  try {
    return readRegularFile(`${path}.sig`, MAX_SIGNATURE_BYTES).toString('latin1');
  } catch (error) {
    if (!(error instanceof UnreadableFileError)) throw error;
    return error.defect === 'missing' ? null : error;
  }
}
