/** What a tar entry is. */
export type TarEntryType = 'file' | 'folder' | 'link' | 'special' | 'pax' | 'pax-global' | 'long-name' | 'long-link';

/** A header block of a tar (POSIX ustar, GNU, and what was before them). */
export interface TarHeader {
  /** Bytes of the name as latin1, so that none is lost. */
  name: string;
  size_bytes: number;
  type: TarEntryType;
}

const BLOCK_BYTES = 512;

const TYPES = new Map<number, TarEntryType>([
  [0, 'file'], [0x30, 'file'], [0x37, 'file'], // '\0', '0', '7': contiguous
  [0x31, 'link'], [0x32, 'link'], // hard and symbolic
  [0x35, 'folder'],
  [0x78, 'pax'], [0x67, 'pax-global'], // 'x', 'g'
  [0x4c, 'long-name'], [0x4b, 'long-link'], // 'L', 'K'
]);

/** Reads a header block; a text says why it is none. Devices, fifos, GNU sparse files and unknown types are all special: none is a plain file. */
export function parseTarHeader(block: Buffer): TarHeader | string {
  if (octal(block, 148, 8) !== checksum(block)) return 'the checksum of a header is wrong';
  const size_bytes = sizeOf(block);
  if (size_bytes === null) return 'a header has no size';
  const flag = block[156] ?? 0;
  const short = text(block, 0, 100);
  const isUstar = text(block, 257, 6) === 'ustar';
  const prefix = isUstar ? text(block, 345, 155) : '';
  const name = prefix === '' ? short : `${prefix}/${short}`;
  const type = TYPES.get(flag) ?? 'special';
  return { name, size_bytes: type === 'folder' || type === 'link' ? 0 : size_bytes, type: type === 'file' && name.endsWith('/') ? 'folder' : type };
}

/** Whether a block is all zero, as the two at the end are. */
export function isZeroBlock(block: Buffer): boolean {
  return block.equals(ZERO);
}

const ZERO = Buffer.alloc(BLOCK_BYTES);

function checksum(block: Buffer): number {
  let sum = 8 * 0x20;
  for (let at = 0; at < BLOCK_BYTES; at++) if (at < 148 || at >= 156) sum += block[at] ?? 0;
  return sum;
}

function text(block: Buffer, from: number, length: number): string {
  const field = block.subarray(from, from + length);
  const end = field.indexOf(0);
  return field.toString('latin1', 0, end === -1 ? length : end);
}

function octal(block: Buffer, from: number, length: number): number | null {
  const digits = text(block, from, length).trim();
  return /^[0-7]{1,20}$/.test(digits) ? Number.parseInt(digits, 8) : null;
}

/** Octal digits, or binary with the first bit set (GNU, for 8 GiB and more). */
function sizeOf(block: Buffer): number | null {
  if ((block[124] ?? 0) !== 0x80) return octal(block, 124, 12);
  let size = 0;
  for (let at = 125; at < 136; at++) size = size * 256 + (block[at] ?? 0);
  return Number.isSafeInteger(size) ? size : null;
}

/** Records of a pax header (`length key=value\n` each); null when they do not fill it exactly. */
export function parsePax(body: Buffer): Map<string, string> | null {
  const records = new Map<string, string>();
  for (let at = 0; at < body.length; ) {
    const blank = body.indexOf(0x20, at);
    const digits = blank === -1 ? '' : body.toString('latin1', at, blank);
    const end = at + Number(digits);
    if (!/^[1-9][0-9]{0,8}$/.test(digits) || end > body.length || end <= blank || body[end - 1] !== 0x0a) return null;
    const equals = body.indexOf(0x3d, blank);
    if (equals === -1 || equals >= end) return null;
    records.set(body.toString('utf8', blank + 1, equals), body.toString('latin1', equals + 1, end - 1));
    at = end;
  }
  return records;
}
