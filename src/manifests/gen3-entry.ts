import { checksumAlgorithm, isChecksum, type ChecksumAlgorithm } from '../fixity/checksum.js';
import { expectedFile, type ExpectedFile } from './expected-file.js';
import type { ClaimedFile } from '../fixity/gen3-claim.js';
import type { ManifestLog } from './entry-sink.js';
import { parseGuid } from './guid.js';

/** Where a file lies is told by URLs of these; the first one is kept. */
const URL_FORM = /^(?:s3|gs|https?|ftp|drs):\/\/\S+$/;

/**
 * Judges what a manifest says of a file: id, size and checksums have their forms, or it is told and left out. Null when it names no file.
 */
export function judgeClaim(claim: ClaimedFile, line: number, log: ManifestLog): ExpectedFile | null {
  const guid = claim.id === null ? null : parseGuid(claim.id);
  if (claim.id !== null && guid === null) log.defect(line, 'The id is no GUID.', { expected: 'a UUID, with or without prefix', found: claim.id });
  if (claim.id === null && claim.path === null && claim.urls.length === 0 && claim.checksums.length === 0) {
    log.defect(line, 'The entry names no file: it has no id, name, checksum or URL.');
    return null;
  }
  const known: Partial<ExpectedFile> = {
    id: guid?.guid ?? claim.id,
    path: claim.path,
    size_bytes: readSize(claim.size, line, log),
    url: readUrl(claim.urls, line, log),
    replaced_by: claim.replaced_by,
    origin: guid?.prefix ?? claim.origin,
  };
  return expectedFile(line, { ...known, ...readChecksums(claim.checksums, line, log) });
}

function readSize(size: unknown, line: number, log: ManifestLog): number | null {
  if (size === null || size === undefined || size === '') return null;
  const value = typeof size === 'string' && /^[0-9]{1,16}$/.test(size) ? Number(size) : size;
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return value;
  log.defect(line, 'The size is no number of bytes.', { expected: 'a whole number', found: JSON.stringify(size) ?? '' });
  return null;
}

function readUrl(urls: readonly string[], line: number, log: ManifestLog): string | null {
  const bad = urls.find((url) => !URL_FORM.test(url));
  if (bad !== undefined) log.defect(line, 'A URL is none.', { expected: 's3://, gs://, https://, http://, ftp:// or drs://', found: bad });
  return urls.find((url) => URL_FORM.test(url)) ?? null;
}

function readChecksums(claimed: ClaimedFile['checksums'], line: number, log: ManifestLog): Partial<Record<ChecksumAlgorithm, string>> {
  const checksums: Partial<Record<ChecksumAlgorithm, string>> = {};
  for (const [name, digest] of claimed) {
    const algorithm = checksumAlgorithm(name);
    // Others, such as crc32c and etag, protect nothing that we could check.
    if (algorithm === null) continue;
    if (!isChecksum(digest, algorithm)) log.defect(line, `The ${name} is none.`, { expected: 'hex digits', found: digest });
    else if ((checksums[algorithm] ?? digest.toLowerCase()) !== digest.toLowerCase()) log.defect(line, `The entry gives two different ${name}.`);
    else checksums[algorithm] = digest.toLowerCase();
  }
  return checksums;
}
