/** What a JPEG or JPEG-LS bitstream says about its picture (ISO/IEC 10918-1 B.2.2, 14495-1 C.2.2). */
export interface JpegHeader {
  /** Low byte of the SOF marker: 0xc0 baseline, 0xc1 extended, 0xc2 progressive, 0xc3 lossless, 0xf7 JPEG-LS. */
  process: number;
  precision: number;
  rows: number;
  columns: number;
  components: { id: number; horizontal: number; vertical: number }[];
  /** Colour transform that an Adobe segment states: 0 none, 1 YCbCr, 2 YCCK; null: not stated. */
  adobeTransform: number | null;
  /** Offset of the SOF marker. */
  offset: number;
}

const SOI = 0xd8;
const SOS = 0xda;
const APP14 = 0xee;

/** Whether a marker begins a frame: SOF0 to SOF15 but DHT, JPG and DAC, and SOF55 of JPEG-LS. */
function isFrameMarker(marker: number): boolean {
  return (marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc) || marker === 0xf7;
}

/** Reads the segments before the first scan; null when the bytes are no JPEG or hold other than one frame header there. */
export function readJpegHeader(bytes: Buffer): JpegHeader | null {
  if (bytes[0] !== 0xff || bytes[1] !== SOI) return null;
  let header: JpegHeader | null = null;
  let adobeTransform: number | null = null;
  let at = 2;
  while (at + 4 <= bytes.length) {
    if (bytes[at] !== 0xff) return null;
    const marker = bytes[at + 1] as number;
    // Any number of 0xff may stand before a marker.
    if (marker === 0xff) {
      at += 1;
      continue;
    }
    if (marker === SOS) return header === null ? null : { ...header, adobeTransform };
    const length = bytes.readUInt16BE(at + 2);
    if (length < 2 || at + 2 + length > bytes.length) return null;
    const segment = bytes.subarray(at + 4, at + 2 + length);
    if (isFrameMarker(marker)) {
      if (header !== null) return null;
      header = readFrameHeader(segment, marker, at);
      if (header === null) return null;
    }
    if (marker === APP14 && segment.length >= 12 && segment.toString('latin1', 0, 5) === 'Adobe') adobeTransform = segment[11] as number;
    at += 2 + length;
  }
  return null;
}

function readFrameHeader(segment: Buffer, process: number, offset: number): JpegHeader | null {
  if (segment.length < 6) return null;
  const count = segment[5] as number;
  if (segment.length < 6 + 3 * count) return null;
  const components = Array.from({ length: count }, (_, index) => {
    const at = 6 + 3 * index;
    const sampling = segment[at + 1] as number;
    return { id: segment[at] as number, horizontal: sampling >> 4, vertical: sampling & 15 };
  });
  return { process, precision: segment[0] as number, rows: segment.readUInt16BE(1), columns: segment.readUInt16BE(3), components, adobeTransform: null, offset };
}

/** Whether the bitstream is closed by EOI; padding of zeros may follow. */
export function isClosed(bytes: Buffer): boolean {
  let end = bytes.length;
  while (end > 0 && bytes[end - 1] === 0) end -= 1;
  return end >= 2 && bytes[end - 1] === 0xd9 && bytes[end - 2] === 0xff;
}
