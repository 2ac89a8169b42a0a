import { closeSync, readSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { asUnreadable, openRegularFileCoarse } from './file.js';

/** Algorithms that manifests of others use, with the hex digits of their digests; the first protects most. */
export const CHECKSUM_DIGITS = { sha512: 128, sha256: 64, sha1: 40, md5: 32 } as const;

export type ChecksumAlgorithm = keyof typeof CHECKSUM_DIGITS;

export const CHECKSUM_ALGORITHMS = Object.keys(CHECKSUM_DIGITS) as ChecksumAlgorithm[];

/** The name as others write it (`SHA-256`, `sha256`) as ours; null for an algorithm that is not known. */
export function checksumAlgorithm(name: string): ChecksumAlgorithm | null {
  const plain = name.toLowerCase().replaceAll('-', '');
  return CHECKSUM_ALGORITHMS.find((each) => each === plain) ?? null;
}

/** Whether a text is a digest of an algorithm, in hex of either case. */
export function isChecksum(text: string, algorithm: ChecksumAlgorithm): boolean {
  return text.length === CHECKSUM_DIGITS[algorithm] && /^[0-9a-fA-F]+$/.test(text);
}

const BUFFER = Buffer.allocUnsafeSlow(1 << 20);

/**
 * Digests of a regular file by several algorithms from one read, in lower-case hex and in the order asked for; never through a link.
 * @throws {UnreadableFileError}
 */
export function checksumFile(path: string, algorithms: readonly ChecksumAlgorithm[]): string[] {
  const { descriptor } = openRegularFileCoarse(path);
  try {
    const hashes = algorithms.map((algorithm) => createHash(algorithm));
    for (;;) {
      const read = readSync(descriptor, BUFFER, 0, BUFFER.length, null);
      if (read === 0) break;
      for (const hash of hashes) hash.update(BUFFER.subarray(0, read));
    }
    return hashes.map((hash) => hash.digest('hex'));
  } catch (error) {
    throw asUnreadable(error, path);
  } finally {
    closeSync(descriptor);
  }
}
