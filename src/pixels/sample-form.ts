import type { PixelSource, Samples } from './pixel-source.js';

/** What of a stored word is the sample (PS3.5 8.1.1). */
export interface SampleForm {
  bitsStored: number;
  /** Bits below the sample. */
  shift: number;
  signed: boolean;
}

/** The form of a source's native samples. */
export function formOf({ bitsStored, highBit, pixelRepresentation }: PixelSource): SampleForm {
  return { bitsStored, shift: highBit + 1 - bitsStored, signed: pixelRepresentation === 1 };
}

/** Bytes of a canonical sample: the least of 1, 2 and 4 that hold the stored bits. */
export function canonicalBytes(bitsStored: number): 1 | 2 | 4 {
  if (bitsStored <= 8) return 1;
  return bitsStored <= 16 ? 2 : 4;
}

/** Zeros in the canonical form. */
export function newSamples({ bitsStored, signed }: SampleForm, count: number): Samples {
  const bytes = canonicalBytes(bitsStored);
  if (bytes === 1) return signed ? new Int8Array(count) : new Uint8Array(count);
  if (bytes === 2) return signed ? new Int16Array(count) : new Uint16Array(count);
  return signed ? new Int32Array(count) : new Uint32Array(count);
}

/**
 * Fills `out` with the canonical form of words, as many as it is long: shifted down, masked to the stored bits, sign
 * extended. Bits beside the sample, where old files keep overlays (60xx,0102), are dropped.
 */
export function canonicalise(words: ArrayLike<number>, form: SampleForm, out: Samples): Samples {
  const { bitsStored, shift, signed } = form;
  const unused = 32 - bitsStored;
  // Assigning to a narrower typed array keeps the low bits, so both forms of 32-bit arithmetic end in the right sample.
  if (signed) for (let at = 0; at < out.length; at++) out[at] = (((words[at] as number) >> shift) << unused) >> unused;
  else for (let at = 0; at < out.length; at++) out[at] = ((((words[at] as number) >>> shift) << unused) >>> unused);
  return out;
}
