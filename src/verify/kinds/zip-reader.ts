import { AssertionError } from 'node:assert';
import { crc32 } from 'node:zlib';
import type { Entry, LocalFileHeader, ZipFile } from 'yauzl';
import { CurationError } from '../../errors.js';
import { ArchiveStop } from './archive-intake.js';
import type { ArchiveEntry, ArchiveReceiver } from './tar-scanner.js';

const LOCAL_HEADER_BYTES = 30;
const END_BYTES = 22;
/** The end record of zip64 with its locator. */
const END64_BYTES = 76;
/** Flags: sizes and CRC behind the bytes; names in UTF-8. */
const HAS_DESCRIPTOR = 0x8;
const IS_UTF8 = 0x800;
/** A descriptor has 12 bytes, 20 with zip64, and 4 more with its signature. */
const DESCRIPTOR_BYTES = new Set([12, 16, 20, 24]);
const UNICODE_PATH = 0x7075;

/**
 * Reads a zip by its central directory, and holds every local header against it: where the two disagree, programs unpack different
 * things. No two entries share bytes, and no byte belongs to none. What is wrong goes to the receiver.
 * @param check throws when the reading is to stop
 */
export async function readZip(path: string, receiver: ArchiveReceiver, check: () => void): Promise<void> {
  const { openPromise } = await import('yauzl');
  let zip: ZipFile | null = null;
  try {
    zip = await openPromise(path, OPTIONS);
    const next = await readLayout(zip, check);
    if (typeof next === 'string') return receiver.fault(next);
    zip.close();
    zip = await openPromise(path, OPTIONS);
    for await (const entry of zip.eachEntry()) {
      check();
      await readEntry(zip, entry, next, receiver, check);
    }
  } catch (error) {
    if (!isZipError(error)) throw error;
    receiver.fault(`it cannot be read as a zip: ${error.message}`);
  } finally {
    zip?.close();
  }
}

const OPTIONS = { lazyEntries: true, autoClose: false, decodeStrings: false, validateEntrySizes: true };

/** yauzl and zlib throw plain errors; ours and the system's have more to say. */
function isZipError(error: unknown): error is Error {
  // not instanceof: an error of Node's own may come from another realm
  if (typeof error !== 'object' || error === null || !('message' in error) || 'syscall' in error) return false;
  return !(error instanceof CurationError || error instanceof ArchiveStop || error instanceof AssertionError);
}

/** Goes over the directory once, before anything is inflated: by the start of an entry that of the next; or why they do not lie side by side, as a clause. */
async function readLayout(zip: ZipFile, check: () => void): Promise<ReadonlyMap<number, number> | string> {
  const directory = Number(zip.readEntryCursor);
  const spans: [start: number, least: number][] = [];
  for await (const entry of zip.eachEntry()) {
    check();
    spans.push([entry.relativeOffsetOfLocalHeader, LOCAL_HEADER_BYTES + entry.fileNameLength + entry.compressedSize]);
  }
  spans.sort(([a], [b]) => a - b);
  const [first] = spans;
  if ((first?.[0] ?? directory) !== 0) return 'bytes lie before its first entry';
  for (const [at, [start, least]] of spans.entries()) if (start + least > (spans[at + 1]?.[0] ?? directory)) return 'entries of it overlap: the same bytes would be unpacked again and again';
  const rest = zip.fileSize - Number(zip.readEntryCursor) - END_BYTES - zip.comment.length;
  if (rest !== 0 && rest !== END64_BYTES) return 'bytes lie between its directory and its end';
  return new Map(spans.map(([start], at) => [start, spans[at + 1]?.[0] ?? directory]));
}

async function readEntry(zip: ZipFile, entry: Entry, next: ReadonlyMap<number, number>, receiver: ArchiveReceiver, check: () => void): Promise<void> {
  const raw = entry.fileName as unknown as Buffer;
  const name = raw.toString('latin1');
  const kind = kindOf(entry, name);
  const local = await zip.readLocalFileHeaderPromise(entry);
  const difference = compareHeaders(entry, raw, local);
  if (difference !== null) receiver.fault(`its two headers of ${printable(raw)} disagree about ${difference}`);
  if (entry.extraFields.some(({ id, data }) => id === UNICODE_PATH && !data.subarray(5).equals(raw))) receiver.fault(`it gives ${printable(raw)} two names`);
  const gap = (next.get(entry.relativeOffsetOfLocalHeader) ?? 0) - local.fileDataStart - entry.compressedSize;
  const hasDescriptor = (entry.generalPurposeBitFlag & HAS_DESCRIPTOR) !== 0;
  if (gap !== 0 && !(hasDescriptor && DESCRIPTOR_BYTES.has(gap))) receiver.fault(gap < 0 ? `${printable(raw)} overlaps what follows it` : `${gap} bytes behind ${printable(raw)} belong to nothing`);
  receiver.begin({ name, kind, size_bytes: entry.uncompressedSize });
  try {
    if (entry.isEncrypted()) receiver.fault(`${printable(raw)} is encrypted`);
    else if (kind === 'file') await readData(zip, entry, raw, receiver, check);
    else if (kind === 'folder' && entry.uncompressedSize > 0) receiver.fault(`the folder ${printable(raw)} has bytes of its own`);
  } finally {
    receiver.end();
  }
}

async function readData(zip: ZipFile, entry: Entry, raw: Buffer, receiver: ArchiveReceiver, check: () => void): Promise<void> {
  let crc = 0;
  try {
    for await (const chunk of await zip.openReadStreamPromise(entry)) {
      check();
      crc = crc32(chunk as Buffer, crc);
      receiver.data(chunk as Buffer);
    }
    if (crc !== entry.crc32) receiver.fault(`the CRC of ${printable(raw)} is wrong`);
  } catch (error) {
    if (!isZipError(error)) throw error;
    receiver.fault(`${printable(raw)} cannot be unpacked: ${error.message}`);
  }
}

/** What the local header says differently; null when nothing. With a descriptor it may leave sizes and CRC open. */
function compareHeaders(entry: Entry, raw: Buffer, local: LocalFileHeader): string | null {
  if (!local.fileName.equals(raw)) return `its name, which is also ${printable(local.fileName)}`;
  if (local.compressionMethod !== entry.compressionMethod) return 'its compression';
  const flags = 1 | HAS_DESCRIPTOR | IS_UTF8;
  if ((local.generalPurposeBitFlag & flags) !== (entry.generalPurposeBitFlag & flags)) return 'its flags';
  const isOpen = (entry.generalPurposeBitFlag & HAS_DESCRIPTOR) !== 0;
  const differs = (mine: number, other: number): boolean => mine !== other && mine !== 0xffffffff && !(isOpen && mine === 0);
  if (differs(local.crc32, entry.crc32)) return 'its CRC';
  if (differs(local.compressedSize, entry.compressedSize) || differs(local.uncompressedSize, entry.uncompressedSize)) return 'its size';
  return null;
}

function kindOf(entry: Entry, name: string): ArchiveEntry['kind'] {
  const isUnix = entry.versionMadeBy >> 8 === 3;
  const type = isUnix ? (entry.externalFileAttributes >>> 16) & 0o170000 : 0;
  if (type === 0o120000) return 'link';
  if (type !== 0 && type !== 0o100000 && type !== 0o040000) return 'special';
  return name.endsWith('/') || type === 0o040000 ? 'folder' : 'file';
}

function printable(name: Buffer): string {
  return JSON.stringify(name.toString('utf8').slice(0, 200));
}
