import { parseDicomFile } from '../dicom/dicom-file.js';
import type { TagErrorCode } from '../model/tagging.js';
import { createDecoder, type FrameDecoder } from '../pixels/decode-frame.js';
import { openPixels } from '../pixels/open-pixels.js';

import { pictureOfFrame } from './frame-picture.js';
import type { Picture } from './picture.js';

/** A deflated data set is inflated to so many bytes at most. */
const MAX_INFLATED_BYTES = 512 * 1024 * 1024;

/** Reads the picture of an image file: of several frames the middle one. One instance a thread. */
export class PictureReader {
  private readonly decoder: FrameDecoder;

  /** @param maxPixels of a frame; larger ones are not decoded */
  constructor(maxPixels: number) {
    this.decoder = createDecoder(maxPixels);
  }

  /** The picture in the bytes of a file, or why there is none. Never throws on what the file holds. */
  read(bytes: Buffer): Picture | TagErrorCode {
    const file = parseDicomFile({ size: bytes.length, readAt: (offset, length) => bytes.subarray(offset, Math.min(bytes.length, offset + length)) }, MAX_INFLATED_BYTES);
    if ('reason' in file) return 'not-decodable';
    const source = openPixels(file);
    if (source === null) return file.pixels === null && file.whole ? 'no-pixels' : 'not-decodable';
    const frame = this.decoder.decode(source, source.frames >> 1);
    if (frame.kind === 'undecodable') return 'not-decodable';
    return pictureOfFrame(frame, source) ?? 'not-decodable';
  }
}
