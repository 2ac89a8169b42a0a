import type { TransferSyntax } from './transfer-syntaxes.js';

/** A marker segment of a JPEG, JPEG-LS or JPEG 2000 stream: its code, and its bytes behind the length. */
interface Segment {
  code: number;
  bytes: Buffer;
}

const SOS = 0xda;
const COD = 0x52;
const SOD = 0x93;
const SOT = 0x90;
const APP14 = 0xee;
/** Bytes of a COD segment before the transformation: Scod, SGcod (4), levels, two block sizes, style. */
const COD_TRANSFORMATION_AT = 9;
/** Start of frame of the JPEG processes; DHT, JPG and DAC are in the same range. */
const isFrame = (code: number): boolean => code >= 0xc0 && code <= 0xcf && code !== 0xc4 && code !== 0xc8 && code !== 0xcc;

/** Marker segments from the start of a stream, up to the first compressed data or the end of the bytes. */
function* segments(stream: Buffer): Generator<Segment> {
  for (let at = 2; at + 4 <= stream.length && stream[at] === 0xff; ) {
    const code = stream[at + 1] as number;
    if (code === 0xff) {
      at += 1;
      continue;
    }
    const length = stream.readUInt16BE(at + 2);
    if (length < 2) return;
    yield { code, bytes: stream.subarray(at + 4, at + 2 + length) };
    if (code === SOS || code === SOD || code === SOT) return;
    at += 2 + length;
  }
}

/** Whether a stream says that it loses information; null when it does not say, or cannot be read. */
export function losesInformation(codec: TransferSyntax['codec'], stream: Buffer | null): boolean | null {
  if (stream === null) return null;
  for (const { code, bytes } of segments(stream)) {
    // The irreversible 9-7 wavelet loses; the reversible 5-3 one may have been cut short, which nothing says (ISO 15444-1 A.6.1).
    if (codec === 'jpeg-2000' && code === COD && bytes.length > COD_TRANSFORMATION_AT) return bytes[COD_TRANSFORMATION_AT] === 0 ? true : null;
    // Ns, two bytes a component, then NEAR (ISO 14495-1 C.2.3).
    if (codec === 'jpeg-ls' && code === SOS) {
      const near = bytes[1 + 2 * (bytes[0] ?? 0)];
      return near === undefined ? null : near > 0;
    }
  }
  return null;
}

/** The colours that a JPEG stream of three components says it has: an Adobe segment decides, else the names of the components; null when neither does. */
export function readColourTransform(stream: Buffer | null): 'rgb' | 'ybr' | null {
  if (stream === null) return null;
  let named: 'rgb' | null = null;
  for (const { code, bytes } of segments(stream)) {
    if (code === APP14 && bytes.length >= 12 && bytes.toString('latin1', 0, 5) === 'Adobe') return bytes[11] === 0 ? 'rgb' : bytes[11] === 1 ? 'ybr' : null;
    if (isFrame(code) && bytes.length >= 15 && bytes[5] === 3) named = bytes[6] === 0x52 && bytes[9] === 0x47 && bytes[12] === 0x42 ? 'rgb' : null;
  }
  return named;
}
