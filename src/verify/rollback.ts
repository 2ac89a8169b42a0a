import { CurationError } from '../errors.js';
import { UnreadableFileError } from '../fixity/file.js';
import { RELEASE_FILES, type ReleaseDocument } from '../model/release.js';
import type { Inspection } from './inspection.js';
import { belowMinimum, parseMinRelease } from './min-release.js';
import type { DatasetIdentity, ReleaseMemory } from './release-memory.js';
import { namesSigners } from './signatures.js';

const PATH = RELEASE_FILES.release;

/**
 * Compares the release with those of its dataset that were seen before. To verify an old one on purpose is nobody's fault:
 * it is told, and is a problem only below the least release that the reader accepts. Two releases of one number that one key
 * signed are a fork. Without signers two releases may as well be of two datasets of one name, so that is only told.
 */
export function checkRollback(inspection: Inspection): void {
  const { document, digest, options } = inspection;
  if (document === null || digest === null) return;
  const identities = identitiesOf(inspection, document);
  guard(inspection, 'Which releases of this dataset were seen before', () => {
    for (const identity of identities) compare(inspection, identity, document, `sha256:${digest}`, options.memory!);
  });
  const { seen } = inspection;
  if (seen !== null && seen.sequence > document.sequence) inspection.notes.push(`You have seen a later release before: ${seen.version}, release ${seen.sequence} of this dataset. This is release ${document.sequence}.`);
  if (options.minRelease !== undefined) checkMinimum(inspection, document);
}

function checkMinimum(inspection: Inspection, document: ReleaseDocument): void {
  const least = parseMinRelease(inspection.options.minRelease!, inspection.options.memory);
  const minimum = belowMinimum(document, least, inspection.seen);
  if (minimum !== null) inspection.report('rollback', PATH, 'It is older than the least release that is accepted.', { expected: `${minimum} or later`, found: `${document.version}, release ${document.sequence}` });
  else if (least.kind === 'latest' && inspection.seen === null) inspection.notes.push('No release of this dataset was seen before: nothing says which one is the latest.');
}

/** Signed by whom the reader named: the dataset of these keys. By nobody: none. Without names: the dataset of this id. */
function identitiesOf(inspection: Inspection, { dataset: { id } }: ReleaseDocument): DatasetIdentity[] {
  if (inspection.options.memory === undefined) return [];
  return namesSigners(inspection) ? [...inspection.anchors].sort().map((key) => ({ dataset: id, key })) : [{ dataset: id, key: '' }];
}

function compare(inspection: Inspection, identity: DatasetIdentity, { sequence, version }: ReleaseDocument, digest: string, memory: ReleaseMemory): void {
  const highest = memory.highest(identity);
  if (highest !== null && highest.sequence > (inspection.seen?.sequence ?? 0)) inspection.seen = highest;
  const same = memory.at(identity, sequence);
  if (same === null || same.digest === digest) return;
  if (identity.key !== '') {
    inspection.report('chain-broken', PATH, `You have seen another release ${sequence} of this dataset before, ${same.version}, signed by the same key ${identity.key}: there are two histories.`, { expected: same.digest, found: digest });
  } else inspection.notes.push(`You have seen another release ${sequence} of a dataset of this name before: ${same.version} with ${same.digest}, this is ${version}. Only --signers tells two datasets of one name from two histories of one.`);
}

/** Statements about keys that were seen by the signers whom the reader named. */
export function recallKeyLogs(inspection: Inspection, dataset: string): string[] {
  const { memory, signers = [] } = inspection.options;
  if (memory === undefined) return [];
  const logs: string[] = [];
  guard(inspection, 'Which statements about signing keys were seen before', () => {
    for (const key of new Set(signers.map((signer) => signer.key.fingerprint))) {
      const log = memory.keyLog({ dataset, key });
      if (log !== null) logs.push(log);
    }
  });
  return logs;
}

/** Remembers a release in which nothing is wrong, once all of it was read. That it cannot is told, and is no problem. */
export function rememberRelease(inspection: Inspection): void {
  const { document, digest, options, problems, notChecked, agreed, statements } = inspection;
  if (options.memory === undefined || options.fast === true || inspection.selected !== null || problems.length > 0 || document === null || digest === null) return;
  const { memory } = options;
  const { sequence, version, dataset } = document;
  try {
    for (const identity of identitiesOf(inspection, document)) memory.remember(identity, { version, sequence, digest: `sha256:${digest}` });
    if (statements.length === 0) return;
    const log = statements.map(({ text }) => text).join('');
    for (const key of agreed) memory.rememberKeyLog({ dataset: dataset.id, key }, log);
  } catch (error) {
    if (!isUnusable(error)) throw error;
    notChecked.push(`Later releases against this one: it could not be remembered (${error.message}).`);
  }
}

/** Memory that cannot be read is told; who asked for the latest release gets no yes from it. */
function guard(inspection: Inspection, what: string, work: () => void): void {
  try {
    work();
  } catch (error) {
    if (!isUnusable(error)) throw error;
    inspection.notChecked.push(`${what}: the record of it cannot be used (${error.message}).`);
    if (inspection.options.minRelease === 'latest') inspection.report('unreadable', PATH, 'Which release is the latest that was seen cannot be told: the record cannot be used.');
  }
}

function isUnusable(error: unknown): error is Error {
  return error instanceof UnreadableFileError || error instanceof CurationError;
}
