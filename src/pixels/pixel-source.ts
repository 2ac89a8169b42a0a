/** Red, green and blue of a palette (PS3.3 C.7.6.3.1.5), one entry a mapped value, each scaled to 8 bits. */
export interface Palette {
  /** Stored value that the first entry stands for; smaller ones take the first entry, greater ones the last. */
  first: number;
  red: Uint8Array;
  green: Uint8Array;
  blue: Uint8Array;
}

/** The pixels of one file and what PS3.3 C.7.6.3 says about them; independent of who parsed the file. */
export interface PixelSource {
  rows: number;
  columns: number;
  /** At least 1. */
  frames: number;
  samplesPerPixel: number;
  bitsAllocated: number;
  bitsStored: number;
  highBit: number;
  /** 0: unsigned, 1: two's complement. */
  pixelRepresentation: 0 | 1;
  /** 0: colour by pixel, 1: colour by plane. */
  planarConfiguration: 0 | 1;
  /** Photometric Interpretation (0028,0004), as in the file. */
  photometric: string;
  /** Transfer Syntax UID; '' counts as native. */
  transferSyntax: string;
  /** Whether native samples lie in the file with their high byte first. */
  bigEndian: boolean;
  /**
   * Frame `index`, counted from 0. Encapsulated: its bitstream, all fragments joined. Native: the bytes that hold it; a
   * frame of 1-bit samples need not begin at a byte, so its first bit is bit (index * samples of a frame) mod 8 of what
   * is returned. Shorter than declared, or empty, when the file ends before.
   */
  frame(index: number): Buffer;
  /** Bytes `start` to `end` of native frame `index`, for readers that need little of it; absent: `frame` is read. */
  part?(index: number, start: number, end: number): Buffer;
  /** First values of Window Center and Window Width (0028,1050), (0028,1051), in rescaled units. */
  window?: { center: number; width: number };
  /** Rescale Slope and Intercept (0028,1053), (0028,1052). */
  rescale?: { slope: number; intercept: number };
  palette?: Palette;
}

/** Why a frame could not be decoded. */
export type UndecodableReason =
  /** The description is missing, contradictory or of a kind that PS3.5 section 8 does not know. */
  | 'description'
  /** More pixels a frame than the policy or the codec allows. */
  | 'too-large'
  /** A transfer syntax, or a kind of bitstream within it, that is not decoded here. */
  | 'unsupported'
  /** The bitstream declares other rows, columns, samples or bits than the header. */
  | 'mismatch'
  /** The bytes end before the picture does. */
  | 'truncated'
  /** The bitstream breaks its own rules. */
  | 'corrupt';

/** A frame that could not be decoded: a result, never an exception. */
export interface Undecodable {
  kind: 'undecodable';
  reason: UndecodableReason;
}

/** Samples of a frame in their canonical form. */
export type Samples = Uint8Array | Int8Array | Uint16Array | Int16Array | Uint32Array | Int32Array;

/** A decoded frame. */
export interface DecodedFrame {
  kind: 'frame';
  rows: number;
  columns: number;
  samplesPerPixel: number;
  /** Photometric interpretation of `samples`: what a codec turned into RGB is `RGB`. */
  photometric: string;
  /**
   * Colour by pixel, row after row; masked to the stored bits, shifted down to bit 0, sign extended. 8, 16 or 32 bits
   * wide, the least that hold the stored bits.
   */
  samples: Samples;
}

/** Makes the result for a frame that is not decoded. */
export function undecodable(reason: UndecodableReason): Undecodable {
  return { kind: 'undecodable', reason };
}

/** Samples of one frame. */
export function samplesOfFrame({ rows, columns, samplesPerPixel }: PixelSource): number {
  return rows * columns * samplesPerPixel;
}

const ALLOCATED = [1, 8, 16, 32];

/** Why no frame of `source` can be decoded, judged by its description alone (PS3.5 8.1.1); null when nothing speaks against it. */
export function describeDefect(source: PixelSource, maxPixels: number): Undecodable | null {
  const { rows, columns, frames, samplesPerPixel, bitsAllocated, bitsStored, highBit } = source;
  const whole = [rows, columns, frames, samplesPerPixel, bitsAllocated, bitsStored, highBit].every(Number.isSafeInteger);
  if (!whole || rows < 1 || columns < 1 || frames < 1 || rows > 0xffff_ffff || columns > 0xffff_ffff) return undecodable('description');
  if (!Number.isSafeInteger(rows * columns * frames * samplesPerPixel * bitsAllocated)) return undecodable('description');
  if (samplesPerPixel !== 1 && samplesPerPixel !== 3 && samplesPerPixel !== 4) return undecodable('description');
  if (!ALLOCATED.includes(bitsAllocated) || bitsStored < 1 || bitsStored > bitsAllocated) return undecodable('description');
  if (highBit < bitsStored - 1 || highBit >= bitsAllocated) return undecodable('description');
  return rows * columns > maxPixels ? undecodable('too-large') : null;
}
