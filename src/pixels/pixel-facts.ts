import type { FrameDecoder } from './decode-frame.js';
import { hashThumbnail } from './perceptual-hash.js';
import { identifyPixels, probePixels } from './pixel-digest.js';
import type { PixelSource, UndecodableReason } from './pixel-source.js';
import { makeThumbnail, middleFrame } from './thumbnail.js';

/** Facts of the pixels of one file: what rules about the whole set compare. */
export interface PixelFacts {
  pixel_digest: string | null;
  pixel_probe: string | null;
  perceptual_hash: string | null;
  perceptual_detail: string | null;
  /** Why the pixels could not be decoded; null when they could, or when nothing had to be. */
  undecodable: UndecodableReason | null;
}

/**
 * Finds the facts of the pixels. A native file whose probe tells it apart is read in stripes and rows only and gets no
 * digest: only files with the probe of another one need it (`digestPixels`).
 */
export function findPixelFacts(source: PixelSource, decoder: FrameDecoder, maxPixels: number): PixelFacts {
  const probed = probePixels(source, maxPixels);
  const enough = probed !== null && (probed.kind === 'undecodable' || probed.probe !== null);
  const keeping = keepFrame(decoder, middleFrame(source));
  const identity = enough ? probed : identifyPixels(source, keeping);
  if (identity.kind === 'undecodable') return { ...NO_FACTS, undecodable: identity.reason };
  const thumbnail = makeThumbnail(source, keeping, maxPixels);
  const hash = thumbnail.kind === 'thumbnail' ? hashThumbnail(thumbnail) : null;
  return {
    pixel_digest: identity.digest,
    pixel_probe: identity.probe,
    perceptual_hash: hash?.hash ?? null,
    perceptual_detail: hash?.detail ?? null,
    undecodable: thumbnail.kind === 'undecodable' ? thumbnail.reason : null,
  };
}

/** The digest of all pixels; null when they cannot be decoded, or are of one value. */
export function digestPixels(source: PixelSource, decoder: FrameDecoder): string | null {
  const identity = identifyPixels(source, decoder);
  return identity.kind === 'identity' ? identity.digest : null;
}

/** A decoder that decodes frame `kept` of one source once. */
function keepFrame(decoder: FrameDecoder, kept: number): FrameDecoder {
  let frame: ReturnType<FrameDecoder['decode']> | null = null;
  return { decode: (source, index) => (index === kept ? (frame ??= decoder.decode(source, index)) : decoder.decode(source, index)) };
}

const NO_FACTS: PixelFacts = { pixel_digest: null, pixel_probe: null, perceptual_hash: null, perceptual_detail: null, undecodable: null };
