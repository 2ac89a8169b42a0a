import { inflateRawSync } from 'node:zlib';

/** What an archive may hold at most; what is beyond is refused before it is unpacked. */
export interface ZipLimits {
  entries: number;
  /** Unpacked bytes of all entries together. */
  bytes: number;
}

const LOCAL_HEADER = 0x04034b50;
const CENTRAL_HEADER = 0x02014b50;
const END_OF_DIRECTORY = 0x06054b50;
const STORED = 0;
const DEFLATED = 8;

/**
 * Unpacks a ZIP archive by its central directory (PKWARE APPNOTE 6.3.10 §4.3). No declared length is believed: an entry is
 * inflated up to what is left of the limit, then held against its length and CRC-32.
 * @throws {Error} with a short reason when it is no plain archive, is damaged or too large
 */
export function unpackZip(bytes: Buffer, limits: ZipLimits): Map<string, Buffer> {
  const end = findEnd(bytes);
  const count = bytes.readUInt16LE(end + 10);
  if (count > limits.entries) throw new Error(`it holds ${count} files, more than ${limits.entries}`);
  const unpacked = new Map<string, Buffer>();
  let left = limits.bytes;
  let at = bytes.readUInt32LE(end + 16);
  for (let entry = 0; entry < count; entry++) {
    if (at + 46 > end || bytes.readUInt32LE(at) !== CENTRAL_HEADER) throw new Error('its directory is damaged');
    const nameLength = bytes.readUInt16LE(at + 28);
    const name = bytes.toString('utf8', at + 46, at + 46 + nameLength);
    if (unpacked.has(name)) throw new Error('it holds two files of one name');
    const content = unpackEntry(bytes, at, left);
    left -= content.length;
    unpacked.set(name, content);
    at += 46 + nameLength + bytes.readUInt16LE(at + 30) + bytes.readUInt16LE(at + 32);
  }
  return unpacked;
}

/** The end record is last, before a comment of at most 65,535 bytes. */
function findEnd(bytes: Buffer): number {
  for (let at = bytes.length - 22; at >= 0 && at >= bytes.length - 22 - 0xffff; at--)
    if (bytes.readUInt32LE(at) === END_OF_DIRECTORY) return at;
  throw new Error('it is no ZIP archive');
}

function unpackEntry(bytes: Buffer, header: number, limit: number): Buffer {
  const flags = bytes.readUInt16LE(header + 8);
  const method = bytes.readUInt16LE(header + 10);
  const crc = bytes.readUInt32LE(header + 16);
  const packedLength = bytes.readUInt32LE(header + 20);
  const length = bytes.readUInt32LE(header + 24);
  const local = bytes.readUInt32LE(header + 42);
  if ((flags & 1) !== 0) throw new Error('it is encrypted');
  if (length > limit) throw new Error('unpacked it is too large');
  if (local + 30 > bytes.length || bytes.readUInt32LE(local) !== LOCAL_HEADER) throw new Error('its directory is damaged');
  const start = local + 30 + bytes.readUInt16LE(local + 26) + bytes.readUInt16LE(local + 28);
  if (start + packedLength > bytes.length) throw new Error('it is cut off');
  const packed = bytes.subarray(start, start + packedLength);
  const content = method === STORED ? packed : method === DEFLATED ? inflate(packed, length) : null;
  if (content === null) throw new Error(`it uses the compression ${method}`);
  if (content.length !== length || crc32(content) !== crc) throw new Error('a file in it is damaged');
  return content;
}

function inflate(packed: Buffer, length: number): Buffer {
  try {
    return inflateRawSync(packed, { maxOutputLength: length + 1 });
  } catch (error) {
    throw new Error('a file in it is damaged', { cause: error });
  }
}

/**
 * Packs files without compressing them, one local header after the other and the directory last.
 * @param files names are ASCII
 */
export function packZip(files: ReadonlyMap<string, Buffer>): Buffer {
  const chunks: Buffer[] = [];
  const directory: Buffer[] = [];
  let at = 0;
  for (const [name, content] of files) {
    const fields = Buffer.alloc(26);
    fields.writeUInt16LE(20, 0);
    fields.writeUInt32LE(crc32(content), 10);
    fields.writeUInt32LE(content.length, 14);
    fields.writeUInt32LE(content.length, 18);
    fields.writeUInt16LE(name.length, 22);
    const tail = Buffer.alloc(14);
    tail.writeUInt32LE(at, 10);
    directory.push(Buffer.from([0x50, 0x4b, 1, 2, 20, 0]), fields, tail, Buffer.from(name, 'latin1'));
    const local = [Buffer.from([0x50, 0x4b, 3, 4]), fields, Buffer.from(name, 'latin1'), content];
    for (const chunk of local) at += chunk.length;
    chunks.push(...local);
  }
  const end = Buffer.alloc(22);
  end.writeUInt32LE(END_OF_DIRECTORY, 0);
  end.writeUInt16LE(files.size, 8);
  end.writeUInt16LE(files.size, 10);
  end.writeUInt32LE(directory.reduce((sum, { length }) => sum + length, 0), 12);
  end.writeUInt32LE(at, 16);
  return Buffer.concat([...chunks, ...directory, end]);
}

const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit++) value = (value & 1) === 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
  return value;
});

/** CRC-32 of ISO 3309, as ZIP uses it; `zlib.crc32` is younger than the oldest Node.js that this runs on. */
function crc32(bytes: Buffer): number {
  let crc = 0xffffffff;
  for (const byte of bytes) crc = CRC_TABLE[(crc ^ byte) & 0xff]! ^ (crc >>> 8);
  return (crc ^ 0xffffffff) >>> 0;
}
