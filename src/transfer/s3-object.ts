/** Name of the metadata in which an object carries the sha256 of its bytes, in hex: `x-amz-meta-sha256`. */
export const SHA256_NAME = 'sha256';

/** A digest in hex as S3 writes checksums. */
export function base64Digest(hex: string): string {
  return Buffer.from(hex, 'hex').toString('base64');
}

const MEDIA_TYPES = new Map([
  ['dcm', 'application/dicom'],
  ['html', 'text/html; charset=utf-8'],
  ['json', 'application/json'],
  ['md', 'text/markdown; charset=utf-8'],
  ['parquet', 'application/vnd.apache.parquet'],
  ['txt', 'text/plain; charset=utf-8'],
]);

/** What browsers and other readers of a bucket are told that a file is. */
export function mediaType(path: string): string {
  return MEDIA_TYPES.get(path.slice(path.lastIndexOf('.') + 1)) ?? 'application/octet-stream';
}
