import { existsSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { CurationError } from '../../errors.js';
import { writeFileAtomic } from '../../fixity/atomic-file.js';
import { canonicalJson } from '../../fixity/canonical-json.js';
import { readRegularFile, UnreadableFileError } from '../../fixity/file.js';
import { parseJsonStrict } from '../../fixity/json.js';
import { compareBytewise } from '../../fixity/order.js';
import { unsafePathReason } from '../../fixity/safe-path.js';
import { RECEIPT_FORMAT, RECEIPT_NAME, type Receipt, type ReceiptFile } from '../../model/fetch.js';
import { RELEASE_FILES } from '../../model/release.js';

/** Larger files are no receipts, in bytes. */
const MAX_RECEIPT_BYTES = 16 << 20;

/**
 * The receipts in a folder of releases; none where there is no such file.
 * @throws {CurationError} RELEASE_INVALID when it cannot be used: what was pinned is not forgotten in silence
 */
export function readReceipts(folder: string): Receipt[] {
  const path = join(folder, RECEIPT_NAME);
  const unusable = (found: string): CurationError => new CurationError('RELEASE_INVALID', `The receipts cannot be used: ${path}`, { expected: RECEIPT_FORMAT, found, suggestions: ['Bring the file back from a copy, or move it away: what it pinned is forgotten then.'] });
  let bytes: Buffer;
  try {
    bytes = readRegularFile(path, MAX_RECEIPT_BYTES);
  } catch (error) {
    if (!(error instanceof UnreadableFileError)) throw error;
    if (error.defect === 'missing') return [];
    throw unusable(error.message);
  }
  const reading = parseJsonStrict(bytes);
  if (!reading.ok) throw unusable(reading.reason);
  const { format, releases } = (reading.value ?? {}) as Partial<ReceiptFile>;
  if (format !== RECEIPT_FORMAT || !Array.isArray(releases) || !releases.every(isReceipt)) throw unusable(`another form${typeof format === 'string' ? ` (${format.slice(0, 40)})` : ''}`);
  return releases;
}

function isReceipt(value: unknown): value is Receipt {
  const { dataset, version, digest, url, sequence, only } = (value ?? {}) as Partial<Receipt>;
  const texts = [dataset, version, digest, url].every((text) => typeof text === 'string');
  return texts && /^sha256:[0-9a-f]{64}$/.test(digest as string) && Number.isSafeInteger(sequence) && (only === null || typeof only === 'string');
}

/** Adds a receipt, in the place of an earlier one of the same release. */
export function writeReceipt(folder: string, receipt: Receipt): void {
  const others = readReceipts(folder).filter(({ dataset, version }) => dataset !== receipt.dataset || version !== receipt.version);
  const releases = [...others, receipt].sort((a, b) => compareBytewise(a.dataset, b.dataset) || a.sequence - b.sequence);
  const file: ReceiptFile = { format: RECEIPT_FORMAT, releases };
  writeFileAtomic(join(folder, RECEIPT_NAME), canonicalJson(file), { mode: 0o644 });
}

/**
 * Refuses another release under a version that was fetched before.
 * @throws {CurationError} RELEASE_INVALID
 */
export function requirePinned(receipts: readonly Receipt[], { dataset, version, digest }: Pick<Receipt, 'dataset' | 'version' | 'digest'>): void {
  const pinned = receipts.find((each) => each.dataset === dataset && each.version === version);
  if (pinned === undefined || pinned.digest === digest) return;
  throw new CurationError('RELEASE_INVALID', `The release ${version} is not the one that was fetched here before.`, { expected: pinned.digest, found: digest, suggestions: ['A published release never changes: ask its publisher.', `What was fetched before is pinned in ${RECEIPT_NAME}.`] });
}

/** The receipt of the release in a folder; null when there is none beside it. */
export function findReceipt(release: string): Receipt | null {
  return readReceipts(dirname(release)).find(({ version }) => version === basename(release)) ?? null;
}

/**
 * What was named, or, where that holds the receipt of one release and is none itself, the folder of that release.
 * @throws {CurationError} USAGE when several were
 */
export function resolveFetched(named: string): string {
  const folder = resolve(named);
  if (existsSync(join(folder, RELEASE_FILES.release)) || !existsSync(join(folder, RECEIPT_NAME))) return named;
  const versions = readReceipts(folder).map(({ version }) => version).filter((version) => unsafePathReason(version) === null && existsSync(join(folder, version)));
  const [only] = versions;
  if (only === undefined) return named;
  if (versions.length === 1) return join(folder, only);
  throw new CurationError('USAGE', `There are several releases in ${named}.`, { expected: 'the folder of one', found: versions.join(', '), suggestions: [`Name one: ${join(named, only)}`] });
}
