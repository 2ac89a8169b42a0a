/** A part of a compressed image beside the image. */
export interface CodestreamPart {
  /** `comment`: what an encoder or a person wrote; `box`: metadata of no known kind. */
  kind: 'comment' | 'exif' | 'xmp' | 'profile' | 'box';
  /** Its bytes, as far as they were read. */
  text: Buffer;
  /** Its length in bytes. */
  bytes: number;
}

/** What the head of a compressed image holds. */
export interface CodestreamHead {
  parts: CodestreamPart[];
  /** The bytes ended before the image began. */
  endedEarly: boolean;
}

const START_OF_SCAN = 0xda;
const COMMENT = 0xfe;
const J2K_COMMENT = 0x64;
const J2K_START_OF_TILE = 0x90;
/** Segments of one image that are walked. */
const MAX_SEGMENTS = 1000;

/** Application segments that say how the image is coded: JFIF, Adobe, SPIFF, JPEG-LS and JPEG XT. */
const CODING_SEGMENTS = ['JFIF', 'JFXX', 'Adobe', 'SPIFF', 'mrfx', 'HP'];

/** Walks the marker segments before the image data of a JPEG, JPEG-LS or JPEG 2000 codestream; null for anything else. */
export function readJpegHead(bytes: Buffer): CodestreamHead | null {
  if (bytes.length < 4 || bytes[0] !== 0xff) return null;
  if (bytes[1] === 0xd8) return walk(bytes, 2, START_OF_SCAN, jpegPart);
  if (bytes[1] === 0x4f && bytes[2] === 0xff) return walk(bytes, 2, J2K_START_OF_TILE, j2kPart);
  return null;
}

type PartOf = (marker: number, content: Buffer, bytes: number) => CodestreamPart | null;

function walk(bytes: Buffer, start: number, last: number, partOf: PartOf): CodestreamHead {
  const parts: CodestreamPart[] = [];
  let at = start;
  for (let count = 0; count < MAX_SEGMENTS; count += 1) {
    while (bytes[at] === 0xff && bytes[at + 1] === 0xff) at += 1;
    if (at + 4 > bytes.length) return { parts, endedEarly: true };
    const marker = bytes[at + 1] as number;
    if (bytes[at] !== 0xff || marker === last || marker === 0xd9) return { parts, endedEarly: false };
    const length = bytes.readUInt16BE(at + 2);
    if (length < 2) return { parts, endedEarly: false };
    const part = partOf(marker, bytes.subarray(at + 4, at + 2 + length), length - 2);
    if (part !== null) parts.push(part);
    at += 2 + length;
  }
  return { parts, endedEarly: true };
}

function jpegPart(marker: number, content: Buffer, bytes: number): CodestreamPart | null {
  if (marker === COMMENT) return { kind: 'comment', text: content, bytes };
  if (marker < 0xe0 || marker > 0xef) return null;
  const name = content.toString('latin1', 0, 32);
  if (name.startsWith('Exif')) return { kind: 'exif', text: content, bytes };
  if (name.startsWith('http://ns.adobe.com/')) return { kind: 'xmp', text: content, bytes };
  if (name.startsWith('ICC_PROFILE')) return { kind: 'profile', text: content.subarray(14), bytes };
  return CODING_SEGMENTS.some((known) => name.startsWith(known)) || bytes < 8 ? null : { kind: marker === 0xe1 || marker === 0xed ? 'box' : 'comment', text: content, bytes };
}

/** Rcom of ITU-T T.800 A.9.2: two bytes say whether it is text; what is not is read all the same. */
function j2kPart(marker: number, content: Buffer, bytes: number): CodestreamPart | null {
  return marker === J2K_COMMENT ? { kind: 'comment', text: content.subarray(2), bytes } : null;
}
