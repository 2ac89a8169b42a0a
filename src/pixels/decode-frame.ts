import { isClosed, readJpegHeader, type JpegHeader } from './jpeg-header.js';
import { decodeJpegLossless } from './jpeg-lossless.js';
import { readJpeg2000Header } from './jpeg2000-header.js';
import { composeFrame, decodeNative } from './native-samples.js';
import { describeDefect, samplesOfFrame, undecodable, type DecodedFrame, type PixelSource, type Undecodable } from './pixel-source.js';
import { decodeRunLength } from './run-length.js';
import { canonicalise, newSamples } from './sample-form.js';
import { WasmCodec, type WasmPicture } from './wasm-codec.js';

/** Turns frames into samples. Not shared between threads; holds the memory of the codecs. */
export interface FrameDecoder {
  /** Decodes frame `index` of a source; never throws. */
  decode(source: PixelSource, index: number): DecodedFrame | Undecodable;
}

/** Samples of a frame that a WebAssembly codec is given: its memory has 2 GiB, and JPEG 2000 takes up to 16 bytes a sample. */
const MAX_CODEC_SAMPLES = 2 ** 26;

/** Tiles of a JPEG 2000 picture: more is no picture but an attack on the memory of the codec. */
const MAX_TILES = 16_384;

type Method = 'native' | 'run-length' | 'jpeg' | 'jpeg-lossless' | 'jpeg-ls' | 'jpeg-2000';

/** How the pixels of each transfer syntax that is decoded here are coded (PS3.5 annex A). */
const METHODS: ReadonlyMap<string, Method> = new Map([
  ['', 'native'],
  ['1.2.840.10008.1.2', 'native'],
  ['1.2.840.10008.1.2.1', 'native'],
  ['1.2.840.10008.1.2.1.98', 'native'],
  ['1.2.840.10008.1.2.1.99', 'native'],
  ['1.2.840.10008.1.2.2', 'native'],
  ['1.2.840.10008.1.20', 'native'],
  ['1.2.840.113619.5.2', 'native'],
  ['1.2.840.10008.1.2.5', 'run-length'],
  ['1.2.840.10008.1.2.4.50', 'jpeg'],
  ['1.2.840.10008.1.2.4.51', 'jpeg'],
  ['1.2.840.10008.1.2.4.53', 'jpeg'],
  ['1.2.840.10008.1.2.4.55', 'jpeg'],
  ['1.2.840.10008.1.2.4.57', 'jpeg-lossless'],
  ['1.2.840.10008.1.2.4.70', 'jpeg-lossless'],
  ['1.2.840.10008.1.2.4.80', 'jpeg-ls'],
  ['1.2.840.10008.1.2.4.81', 'jpeg-ls'],
  ['1.2.840.10008.1.2.4.90', 'jpeg-2000'],
  ['1.2.840.10008.1.2.4.91', 'jpeg-2000'],
]);

/** Whether the pixels of a transfer syntax lie in the file as they are. */
export function isNative({ transferSyntax }: PixelSource): boolean {
  return METHODS.get(transferSyntax) === 'native';
}

/** Makes a decoder of frames up to `maxPixels` (the policy's `limits.pixels`). Codecs are loaded when first needed. */
export function createDecoder(maxPixels: number): FrameDecoder {
  const jpeg = new WasmCodec('@cornerstonejs/codec-libjpeg-turbo-8bit', 'JPEGDecoder');
  const jpegLs = new WasmCodec('@cornerstonejs/codec-charls', 'JpegLSDecoder');
  const jpeg2000 = new WasmCodec('@cornerstonejs/codec-openjpeg', 'J2KDecoder');
  return {
    decode(source, index) {
      const defect = describeDefect(source, maxPixels);
      if (defect !== null) return defect;
      const method = METHODS.get(source.transferSyntax);
      if (method === 'native') return decodeNative(source, index);
      if (method === undefined || source.bitsAllocated === 1) return undecodable('unsupported');
      const bytes = source.frame(index);
      if (bytes.length === 0) return undecodable('truncated');
      if (method === 'run-length') return decodeRunLength(source, bytes);
      if (samplesOfFrame(source) > MAX_CODEC_SAMPLES) return undecodable('too-large');
      return method === 'jpeg-2000' ? decodeJpeg2000(source, bytes, jpeg2000) : decodeJpeg(source, bytes, method, jpeg, jpegLs);
    },
  };
}

/** The header is read first, so that a bitstream that declares another picture is refused before anything is allocated for it. */
function decodeJpeg(source: PixelSource, bytes: Buffer, method: Method, jpeg: WasmCodec, jpegLs: WasmCodec): DecodedFrame | Undecodable {
  const header = readJpegHeader(bytes);
  if (header === null) return undecodable('corrupt');
  if (!isOfMethod(header, method)) return undecodable('unsupported');
  const { rows, columns, components, precision } = header;
  if (rows !== source.rows || columns !== source.columns || components.length !== source.samplesPerPixel) return undecodable('mismatch');
  if (precision > source.bitsAllocated) return undecodable('mismatch');
  if (method === 'jpeg-lossless') {
    if (components.some(({ horizontal, vertical }) => horizontal !== 1 || vertical !== 1)) return undecodable('unsupported');
    const words = decodeJpegLossless(bytes, header);
    return typeof words === 'string' ? undecodable(words) : composeFrame(source, canonical(source, words));
  }
  if (!isClosed(bytes)) return undecodable('truncated');
  const picture = (method === 'jpeg-ls' ? jpegLs : jpeg).decode(bytes);
  return fromPicture(source, picture, method === 'jpeg' && components.length === 3 ? 'RGB' : source.photometric);
}

function isOfMethod({ process, precision, components }: JpegHeader, method: Method): boolean {
  if (method === 'jpeg-lossless') return process === 0xc3;
  if (method === 'jpeg-ls') return process === 0xf7;
  // Extended JPEG of 12 bits needs another build of the codec; four components are CMYK, which DICOM does not have.
  return (process === 0xc0 || process === 0xc1 || process === 0xc2) && precision === 8 && (components.length === 1 || components.length === 3);
}

function decodeJpeg2000(source: PixelSource, bytes: Buffer, codec: WasmCodec): DecodedFrame | Undecodable {
  const header = readJpeg2000Header(bytes);
  if (header === null) return undecodable('corrupt');
  if (header.highThroughput) return undecodable('unsupported');
  const { rows, columns, components, tiles } = header;
  if (rows !== source.rows || columns !== source.columns || components.length !== source.samplesPerPixel) return undecodable('mismatch');
  const [first] = components;
  if (components.some(({ precision, horizontal, vertical }) => precision !== first?.precision || horizontal !== 1 || vertical !== 1)) return undecodable('unsupported');
  if ((first?.precision ?? 0) > source.bitsAllocated) return undecodable('mismatch');
  if (tiles > MAX_TILES) return undecodable('corrupt');
  const isTransformed = source.photometric === 'YBR_RCT' || source.photometric === 'YBR_ICT';
  return fromPicture(source, codec.decode(bytes), isTransformed ? 'RGB' : source.photometric);
}

/** The samples that a codec gives: bytes up to 8 bits, else words of the machine's order. */
function fromPicture(source: PixelSource, picture: WasmPicture | null, photometric: string): DecodedFrame | Undecodable {
  if (picture === null) return undecodable('corrupt');
  const { width, height, componentCount, bitsPerSample, bytes } = picture;
  if (width !== source.columns || height !== source.rows || componentCount !== source.samplesPerPixel) return undecodable('corrupt');
  const count = samplesOfFrame(source);
  const bytesPerSample = bitsPerSample <= 8 ? 1 : 2;
  if (bitsPerSample > 16) return undecodable('unsupported');
  if (bytes.length !== count * bytesPerSample) return undecodable('truncated');
  const words = bytesPerSample === 1 ? bytes : new Uint16Array(bytes.buffer, bytes.byteOffset, count);
  return composeFrame(source, canonical(source, words), photometric);
}

/** A codec gives samples, not stored words: the high bit is where it should be. */
function canonical(source: PixelSource, words: ArrayLike<number>): DecodedFrame['samples'] {
  const form = { bitsStored: source.bitsStored, shift: 0, signed: source.pixelRepresentation === 1 };
  return canonicalise(words, form, newSamples(form, samplesOfFrame(source)));
}
