import type { SignatureReport } from '../model/verification.js';

/** A signature with all that was found out about it. */
export interface JudgedSignature {
  report: SignatureReport;
  /** A sentence: it proves nothing, whoever the reader trusts; null when it holds. */
  fault: string | null;
  /** A sentence: why it counts for nobody whom the reader named; null when it counts, and when nobody was named. */
  reason: string | null;
  /** Fingerprint of the key that the reader named and that it counts for; null when it counts for none. */
  countsFor: string | null;
}

/** A signature that cannot be used. */
export function faulty(path: string, format: SignatureReport['format'], fault: string, key?: string): JudgedSignature {
  const report = { path, format, valid: false, ...(key === undefined ? {} : { key }), message: fault };
  return { report, fault, reason: null, countsFor: null };
}
