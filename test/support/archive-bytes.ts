/** Archives byte by byte: what no well-behaved program would write. */
import { crc32, deflateRawSync } from 'node:zlib';

export interface TarPart {
  name: string;
  content?: string | Buffer;
  /** Type flag of the header. */
  type?: string;
  /** Size that the header states, when it is another one. */
  size?: number;
}

const END = Buffer.alloc(1024);

/** A tar of these entries; `end` is what closes it. */
export function tarOf(parts: readonly TarPart[], end = END): Buffer {
  return Buffer.concat([...parts.flatMap(tarEntry), end]);
}

/** Header and padded bytes of a tar entry. */
export function tarEntry({ name, content = '', type = '0', size }: TarPart): Buffer[] {
  const bytes = Buffer.from(content);
  const header = Buffer.alloc(512);
  header.write(name, 0, 100, 'utf8');
  header.write('0000644\0', 100);
  header.write(`${(size ?? bytes.length).toString(8).padStart(11, '0')}\0`, 124);
  header.write('00000000000\0', 136);
  header.write('        ', 148);
  header.write(type, 156);
  header.write('ustar\x0000', 257);
  let sum = 0;
  for (const byte of header) sum += byte;
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return [header, bytes, Buffer.alloc((512 - (bytes.length % 512)) % 512)];
}

/** A record of a pax header. */
export function paxRecord(key: string, value: string): string {
  const rest = ` ${key}=${value}\n`;
  let length = rest.length + 1;
  while (`${length}${rest}`.length !== length) length = `${length}${rest}`.length;
  return `${length}${rest}`;
}

export interface ZipPart {
  name: string;
  content?: string | Buffer;
  deflate?: boolean;
  /** What the local header says instead. */
  localName?: string;
  localCrc?: number;
  localSize?: number;
  /** What the directory says instead. */
  crc?: number;
  size?: number;
  flags?: number;
  /** Unix mode. */
  mode?: number;
  /** Whether the directory points to the entry before. */
  shares?: boolean;
  /** Whether both headers give the sizes in a zip64 field; a number: sizes that they state and that are none. */
  zip64?: true | number;
}

/** The zip64 field of the sizes: APPNOTE.TXT 4.5.3. */
function sizes64(size: number, compressed: number): Buffer {
  const field = Buffer.alloc(20);
  field.writeUInt16LE(1, 0);
  field.writeUInt16LE(16, 2);
  field.writeBigUInt64LE(BigInt(size), 4);
  field.writeBigUInt64LE(BigInt(compressed), 12);
  return field;
}

/** The end record of zip64 and its locator: APPNOTE.TXT 4.3.14 and 4.3.15. */
function end64(entries: number, directory: { at: number; bytes: number }): Buffer {
  const record = Buffer.alloc(76);
  record.writeUInt32LE(0x06064b50, 0);
  record.writeBigUInt64LE(44n, 4);
  record.writeUInt16LE((3 << 8) | 45, 12);
  record.writeUInt16LE(45, 14);
  record.writeBigUInt64LE(BigInt(entries), 24);
  record.writeBigUInt64LE(BigInt(entries), 32);
  record.writeBigUInt64LE(BigInt(directory.bytes), 40);
  record.writeBigUInt64LE(BigInt(directory.at), 48);
  record.writeUInt32LE(0x07064b50, 56);
  record.writeBigUInt64LE(BigInt(directory.at + directory.bytes), 64);
  record.writeUInt32LE(1, 72);
  return record;
}

/** A zip of these entries; `before`, `between` and `after` are bytes that belong to nothing. */
export function zipOf(parts: readonly ZipPart[], { before = '', between = '', after = '' } = {}): Buffer {
  const locals: Buffer[] = [Buffer.from(before)];
  const directory: Buffer[] = [];
  let offset = Buffer.byteLength(before);
  let last = offset;
  for (const part of parts) {
    const bytes = Buffer.from(part.content ?? '');
    const stored = part.deflate === true ? deflateRawSync(bytes) : bytes;
    const method = part.deflate === true ? 8 : 0;
    const crc = part.crc ?? crc32(bytes);
    const size = part.size ?? bytes.length;
    const compressed = part.deflate === true ? stored.length : size;
    const local = Buffer.alloc(30);
    const localName = Buffer.from(part.localName ?? part.name);
    local.writeUInt32LE(0x04034b50, 0);
    local.writeUInt16LE(20, 4);
    local.writeUInt16LE(part.flags ?? 0, 6);
    local.writeUInt16LE(method, 8);
    local.writeUInt32LE(part.localCrc ?? crc, 14);
    local.writeUInt32LE(compressed, 18);
    local.writeUInt32LE(part.localSize ?? size, 22);
    local.writeUInt16LE(localName.length, 26);
    const central = Buffer.alloc(46);
    const name = Buffer.from(part.name);
    central.writeUInt32LE(0x02014b50, 0);
    central.writeUInt16LE((3 << 8) | 20, 4);
    central.writeUInt16LE(20, 6);
    central.writeUInt16LE(part.flags ?? 0, 8);
    central.writeUInt16LE(method, 10);
    central.writeUInt32LE(crc, 16);
    central.writeUInt32LE(compressed, 20);
    central.writeUInt32LE(size, 24);
    central.writeUInt16LE(name.length, 28);
    central.writeUInt32LE(((part.mode ?? 0o100644) << 16) >>> 0, 38);
    central.writeUInt32LE(part.shares === true ? last : offset, 42);
    const extra = part.zip64 === undefined ? Buffer.alloc(0) : part.zip64 === true ? sizes64(size, compressed) : sizes64(part.zip64, part.zip64);
    if (extra.length > 0) {
      for (const [header, at] of [[local, 18], [local, 22], [central, 20], [central, 24]] as const) header.writeUInt32LE(0xffffffff, at);
      local.writeUInt16LE(extra.length, 28);
      central.writeUInt16LE(extra.length, 30);
    }
    directory.push(central, name, extra);
    if (part.shares === true) continue;
    locals.push(local, localName, extra, stored);
    last = offset;
    offset += local.length + localName.length + extra.length + stored.length;
  }
  const body = Buffer.concat([...locals, Buffer.from(between)]);
  const central = Buffer.concat(directory);
  const is64 = parts.length > 0xffff || parts.some(({ zip64 }) => zip64 !== undefined);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(Math.min(parts.length, 0xffff), 8);
  end.writeUInt16LE(Math.min(parts.length, 0xffff), 10);
  end.writeUInt32LE(central.length, 12);
  end.writeUInt32LE(body.length, 16);
  return Buffer.concat([body, central, ...(is64 ? [end64(parts.length, { at: body.length, bytes: central.length })] : []), end, Buffer.from(after)]);
}
