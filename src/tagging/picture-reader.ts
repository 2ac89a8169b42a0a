import { parseDicomFile, type ByteSource } from '../dicom/dicom-file.js';
import type { TagErrorCode } from '../model/tagging.js';
import { createDecoder, type FrameDecoder } from '../pixels/decode-frame.js';
import { openPixels } from '../pixels/open-pixels.js';
import { pictureOfFrame } from './frame-picture.js';
import type { Picture } from './picture.js';

/** What is decoded at most; the policy's `limits`. */
export interface PictureLimits {
  /** Pixels of a frame. */
  pixels: number;
  /** Bytes that a deflated data set may become. */
  inflated_bytes: number;
}

/** Reads the picture of an image file: of several frames the middle one. One instance a thread. */
export class PictureReader {
  private readonly decoder: FrameDecoder;

  constructor(private readonly limits: PictureLimits) {
    this.decoder = createDecoder(limits.pixels);
  }

  /** The picture in a file, or why there is none. Never throws on what the file holds. */
  read(bytes: ByteSource): Picture | TagErrorCode {
    const file = parseDicomFile(bytes, this.limits.inflated_bytes);
    if ('reason' in file) return 'not-decodable';
    const source = openPixels(file);
    if (source === null) return file.pixels === null && file.whole ? 'no-pixels' : 'not-decodable';
    const frame = this.decoder.decode(source, source.frames >> 1);
    if (frame.kind === 'undecodable') return 'not-decodable';
    return pictureOfFrame(frame, source) ?? 'not-decodable';
  }
}
