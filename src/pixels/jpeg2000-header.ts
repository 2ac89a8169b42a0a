/** What a JPEG 2000 codestream says about its picture (ISO/IEC 15444-1 A.5.1). */
export interface Jpeg2000Header {
  rows: number;
  columns: number;
  components: { precision: number; signed: boolean; horizontal: number; vertical: number }[];
  /** Tiles the picture is cut into. */
  tiles: number;
  /** Whether a CAP marker announces high throughput coding (15444-15). */
  highThroughput: boolean;
}

const SOC = 0xff4f;
const SIZ = 0xff51;
const CAP = 0xff50;

/** Reads the SIZ segment of a codestream, which follows its first marker; null when it is none. A JP2 box file is none. */
export function readJpeg2000Header(bytes: Buffer): Jpeg2000Header | null {
  if (bytes.length < 42 || bytes.readUInt16BE(0) !== SOC || bytes.readUInt16BE(2) !== SIZ) return null;
  const length = bytes.readUInt16BE(4);
  const count = bytes.readUInt16BE(40);
  if (length !== 38 + 3 * count || bytes.length < 4 + length || count === 0) return null;
  const [width, height, left, top, tileWidth, tileHeight, tileLeft, tileTop] = Array.from({ length: 8 }, (_, index) => bytes.readUInt32BE(8 + 4 * index)) as [
    number, number, number, number, number, number, number, number,
  ];
  if (width <= left || height <= top || tileWidth === 0 || tileHeight === 0) return null;
  const components = Array.from({ length: count }, (_, index) => {
    const at = 42 + 3 * index;
    const size = bytes[at] as number;
    return { precision: (size & 0x7f) + 1, signed: size > 0x7f, horizontal: bytes[at + 1] as number, vertical: bytes[at + 2] as number };
  });
  return {
    rows: height - top,
    columns: width - left,
    components,
    tiles: Math.ceil((width - tileLeft) / tileWidth) * Math.ceil((height - tileTop) / tileHeight),
    highThroughput: bytes.length >= 6 + length && bytes.readUInt16BE(4 + length) === CAP,
  };
}
