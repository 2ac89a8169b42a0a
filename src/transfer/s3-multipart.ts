import { md5Hex, sha256Hex } from '../fixity/digest.js';
import { readPieces } from './checked-file.js';
import type { ReleaseFile } from './release-tree.js';
import { statusOf, type Bucket } from '../network/s3-bucket.js';
import { base64Digest } from './s3-object.js';

/** Larger files go in parts of this size; S3 takes up to 10,000 of them, each of 5 MiB at least but the last. */
export const PART_BYTES = 16 << 20;
const MAX_PARTS = 10_000;

/** A part that is at the server. */
interface Part {
  PartNumber: number;
  ETag: string;
  ChecksumSHA256?: string;
}

/** The object, its type and metadata, as requests name them. */
type DescribedObject = object & { Bucket: string; Key: string };

/**
 * Sends a large file in parts, and goes on where an interrupted push stopped: a part that is there is known by its MD5,
 * which is its ETag. The bytes are held against the digest of the release before the last part is sent, so an object of
 * other bytes never comes to be.
 * @returns false when there is an object of that name by now
 * @throws {CurationError} RELEASE_INVALID, TRANSFER_FAILED, INTERRUPTED
 */
export async function uploadParts(bucket: Bucket, folder: string, file: ReleaseFile, described: DescribedObject): Promise<boolean> {
  const upload = (await findUpload(bucket, file, described)) ?? { id: await beginUpload(bucket, file, described), parts: new Map<number, Part>() };
  const partBytes = Math.max(PART_BYTES, Math.ceil(file.size_bytes / MAX_PARTS));
  const parts: Part[] = [];
  for (const bytes of readPieces(folder, file, partBytes)) {
    const number = parts.length + 1;
    const there = upload.parts.get(number);
    parts.push(there?.ETag === `"${md5Hex(bytes)}"` ? there : await sendPart(bucket, file, described, { id: upload.id, number, bytes }));
  }
  return completeUpload(bucket, file, described, upload.id, parts);
}

/** The newest upload of this object that was begun and not ended; null when there is none. */
async function findUpload(bucket: Bucket, { path }: ReleaseFile, { Bucket: name, Key }: DescribedObject): Promise<{ id: string; parts: Map<number, Part> } | null> {
  const { ListMultipartUploadsCommand, ListPartsCommand } = bucket.s3;
  const begun = await bucket.send((client, options) => client.send(new ListMultipartUploadsCommand({ Bucket: name, Prefix: Key }), options), 'looking for parts', path);
  const id = begun.Uploads?.filter((upload) => upload.Key === Key).at(-1)?.UploadId;
  if (id === undefined) return null;
  const parts = new Map<number, Part>();
  let marker: string | undefined;
  do {
    const request = new ListPartsCommand({ Bucket: name, Key, UploadId: id, ...(marker === undefined ? {} : { PartNumberMarker: marker }) });
    const page = await bucket.send((client, options) => client.send(request, options), 'looking for parts', path);
    for (const { PartNumber = 0, ETag = '', ChecksumSHA256 } of page.Parts ?? []) parts.set(PartNumber, { PartNumber, ETag, ...(ChecksumSHA256 === undefined ? {} : { ChecksumSHA256 }) });
    marker = page.IsTruncated === true ? page.NextPartNumberMarker : undefined;
  } while (marker !== undefined);
  return { id, parts };
}

async function beginUpload(bucket: Bucket, { path }: ReleaseFile, described: DescribedObject): Promise<string> {
  const request = new bucket.s3.CreateMultipartUploadCommand({ ...described, ChecksumAlgorithm: 'SHA256' });
  const { UploadId = '' } = await bucket.send((client, options) => client.send(request, options), 'beginning to send', path);
  return UploadId;
}

async function sendPart(bucket: Bucket, { path }: ReleaseFile, { Bucket: name, Key }: DescribedObject, { id, number, bytes }: { id: string; number: number; bytes: Buffer }): Promise<Part> {
  const checksum = base64Digest(sha256Hex(bytes));
  const request = new bucket.s3.UploadPartCommand({ Bucket: name, Key, UploadId: id, PartNumber: number, Body: bytes, ContentLength: bytes.length, ChecksumSHA256: checksum });
  const { ETag = '', ChecksumSHA256 } = await bucket.send((client, options) => client.send(request, options), `sending part ${number}`, path);
  return { PartNumber: number, ETag, ...(ChecksumSHA256 === undefined ? {} : { ChecksumSHA256 }) };
}

async function completeUpload(bucket: Bucket, { path }: ReleaseFile, { Bucket: name, Key }: DescribedObject, UploadId: string, Parts: Part[]): Promise<boolean> {
  const request = new bucket.s3.CompleteMultipartUploadCommand({ Bucket: name, Key, UploadId, MultipartUpload: { Parts }, IfNoneMatch: '*' });
  const answer = await bucket.sendConditionally(
    async (client, options) => {
      try {
        return await client.send(request, options);
      } catch (error) {
        // Another publisher of the same file went on with the same upload and was faster.
        if (statusOf(error) === 404) return null;
        throw error;
      }
    },
    'ending to send',
    path,
  );
  return answer !== null;
}
