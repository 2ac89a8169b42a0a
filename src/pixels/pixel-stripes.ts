/** Stripes that a probe looks at. */
const STRIPES = 16;
/** Samples of a stripe. */
export const STRIPE_SAMPLES = 256;
/** Of all samples looked at, so many must differ from the one before: else the stripes lie in the flat of many pictures. */
export const LEAST_CHANGES = 512;

/** A run of samples within one frame. */
export interface Stripe {
  frame: number;
  /** First sample and the one behind the last, counted in colour by pixel. */
  start: number;
  end: number;
}

/** The fractional part of the golden ratio: its multiples never line up with the columns of a picture. */
const GOLDEN = 0.618_033_988_749_895;

/** Where a probe looks, spread over all frames; a function of the geometry alone. Ascending. */
export function placeStripes(frames: number, samplesOfFrame: number): Stripe[] {
  const total = frames * samplesOfFrame;
  return Array.from({ length: STRIPES }, (_, index) => {
    const place = Math.min(Math.floor(((index + ((index * GOLDEN) % 1)) * total) / STRIPES), total - 1);
    const frame = Math.floor(place / samplesOfFrame);
    const start = place - frame * samplesOfFrame;
    return { frame, start, end: Math.min(start + STRIPE_SAMPLES, samplesOfFrame) };
  });
}
