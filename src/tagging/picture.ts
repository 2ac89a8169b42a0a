import type { Samples } from '../pixels/pixel-source.js';

/** One frame of an image as people would see it: brightness in the unit of the image (HU in CT), or colour. */
export interface Picture {
  /** In pixels. */
  width: number;
  height: number;
  /** 1: brightness, bright is high also for MONOCHROME1. 3: red, green, blue from 0 to 255. */
  channels: 1 | 3;
  /** Row by row, the channels of a pixel together; what is seen is sample * slope + intercept. */
  samples: Samples | Float32Array;
  /** Not 0; below 0 where low samples are bright. */
  slope: number;
  intercept: number;
  /** The first WindowCenter and WindowWidth; null when there are none, or for colour. */
  window: { center: number; width: number } | null;
}
