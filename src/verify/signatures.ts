import { readRegularFile, UnreadableFileError } from '../fixity/file.js';
import { sha256Hex } from '../fixity/digest.js';
import { RELEASE_FILES, SIGNATURE_NAMESPACE } from '../model/release.js';
import type { Inspection } from './inspection.js';
import type { JudgedSignature } from './judged-signature.js';
import { KeyTrust } from './key-trust.js';
import { judgeMinisignSignatures } from './minisign-signatures.js';
import { judgeSshSignatures } from './ssh-signatures.js';

/** Larger than any file of so many signatures as are read. */
const MAX_SIGNATURE_BYTES = 1 << 20;
const MAX_DOCUMENT_BYTES = 1 << 28;

/**
 * Checks the signatures over release.json: each must be over its bytes and for releases; with signers named, so many of
 * them as were asked for must have signed. A key counts by its dates on the release's own date, so that what was signed in
 * time stays signed; a key that must not be trusted for the past is revoked, or taken out of the file.
 */
export function checkSignatures(inspection: Inspection): void {
  const { rootFiles, signatures } = inspection;
  const trust = trustOf(inspection);
  reportUnfounded(inspection, trust);
  const judged = [
    ...(rootFiles.has(RELEASE_FILES.signature) ? judgeSsh(inspection, trust) : []),
    ...(rootFiles.has(RELEASE_FILES.minisig) ? judgeMinisign(inspection) : []),
  ];
  for (const { report, fault, countsFor } of judged) {
    signatures.push(report);
    if (fault !== null) inspection.report('signature-invalid', report.path, fault, report.key === undefined ? {} : { found: report.key });
    if (countsFor === null) continue;
    inspection.agreed.add(countsFor);
    for (const key of [countsFor, ...(report.via ?? []).map(({ to }) => to)]) inspection.anchors.add(key);
  }
  checkThreshold(inspection, judged);
}

/** Which SSH keys count for this release: also needed for what else is signed beside it. */
export function trustOf({ options, statements }: Inspection): KeyTrust {
  return new KeyTrust(options.signers ?? [], statements, options.threshold);
}

/** Whether the reader said whose signatures count. */
export function namesSigners({ options }: Inspection): boolean {
  return options.signers !== undefined || options.minisignKeys !== undefined;
}

/** A revocation by somebody who may not revoke: somebody put it there, and the reader has to know. */
function reportUnfounded(inspection: Inspection, { unfounded }: KeyTrust): void {
  for (const { key, statement } of unfounded) {
    const what = `Statement ${statement.number} revokes ${key.fingerprint}, but neither that key signed it nor enough of the allowed signers.`;
    if (namesSigners(inspection)) inspection.report('chain-broken', RELEASE_FILES.keys, what);
    else inspection.notChecked.push(`${what} Whether others may is told by --signers.`);
  }
}

function judgeSsh(inspection: Inspection, trust: KeyTrust): JudgedSignature[] {
  const { document } = inspection;
  const path = RELEASE_FILES.signature;
  const read = readBoth(inspection, path);
  if (read === null) return [];
  // a document that cannot be used has no number and no date: no key counts for it
  const thing = { namespace: SIGNATURE_NAMESPACE, sequence: document?.sequence ?? Infinity, date: document?.date ?? '' };
  return judgeSshSignatures(read.signatures.toString('latin1'), read.document, { path, subject: RELEASE_FILES.release, thing, trust, named: namesSigners(inspection) });
}

function judgeMinisign(inspection: Inspection): JudgedSignature[] {
  const path = RELEASE_FILES.minisig;
  const read = readBoth(inspection, path);
  if (read === null) return [];
  const keys = inspection.document === null ? [] : inspection.options.minisignKeys;
  return judgeMinisignSignatures(read.signatures, read.document, path, keys ?? (namesSigners(inspection) ? [] : undefined));
}

/** The signatures of a file, and the bytes that they should be over. */
function readBoth(inspection: Inspection, path: string): { signatures: Buffer; document: Buffer } | null {
  try {
    const document = readRegularFile(inspection.resolve(RELEASE_FILES.release), MAX_DOCUMENT_BYTES);
    // read a second time: what is checked must be what the rest of this run looked at
    if (sha256Hex(document) !== inspection.digest) throw new UnreadableFileError('changed', null, RELEASE_FILES.release);
    return { signatures: readRegularFile(inspection.resolve(path), MAX_SIGNATURE_BYTES), document };
  } catch (error) {
    if (!(error instanceof UnreadableFileError)) throw error;
    inspection.report('signature-invalid', path, `The signatures cannot be checked: ${error.message}.`);
    return null;
  }
}

/** A key counts once, by whatever lines, formats and successors; a stranger's signature harms nobody when enough others are there. */
function checkThreshold(inspection: Inspection, judged: readonly JudgedSignature[]): void {
  if (!namesSigners(inspection)) return;
  const threshold = inspection.options.threshold ?? 1;
  const keys = inspection.agreed.size;
  if (keys >= threshold) return;
  for (const { report, reason } of judged) {
    if (reason !== null) inspection.report('signature-unknown', report.path, reason, report.key === undefined ? {} : { found: report.key });
  }
  const path = inspection.rootFiles.has(RELEASE_FILES.minisig) && !inspection.rootFiles.has(RELEASE_FILES.signature) ? RELEASE_FILES.minisig : RELEASE_FILES.signature;
  const found = judged.length > 0 ? `${keys} of them` : 'no signature';
  inspection.report('signature-unknown', path, 'Not enough of the allowed signers have signed this release.', { expected: `${threshold} of them`, found });
}
