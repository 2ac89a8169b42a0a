import type { FileInspection, PixelFactsRow } from '../model/inspection.js';
import type { GatePolicy } from '../model/policy.js';
import { createDecoder } from '../pixels/decode-frame.js';
import { openPixels } from '../pixels/open-pixels.js';
import { digestPixels, findPixelFacts } from '../pixels/pixel-facts.js';
import { createFileTask, type InspectionItem } from './file-task.js';

/** What the task is made with. */
export interface PixelTaskData {
  root: string;
  policy: GatePolicy;
  /** The digest of all pixels, of files whose probe is not theirs alone; else what tells most files apart. */
  digest: boolean;
}

/** Facts of decoded pixels: what is the same, or looks the same, as another image. */
export function createTask({ root, policy, digest }: PixelTaskData): (item: InspectionItem) => FileInspection<PixelFactsRow> {
  const decoder = createDecoder(policy.limits.pixels);
  return createFileTask(root, policy.limits.inflated_bytes, (file, report) => {
    const pixels = openPixels(file);
    if (pixels === null) return null;
    for (const code of ['DUP-003', 'DUP-004']) report.looked(code);
    if (digest) return { pixel_digest: digestPixels(pixels, decoder), pixel_probe: null, perceptual_hash: null, perceptual_detail: null };
    const { undecodable, ...facts } = findPixelFacts(pixels, decoder, policy.limits.pixels);
    if (undecodable !== null)
      report.add({
        code: 'DUP-003',
        level: 'warning',
        message: 'The pixels could not be decoded, so they were compared with no other image.',
        tag: 'PixelData',
        hint: 'Write the image in a transfer syntax that this version decodes, and pull again.',
        expected: 'pixels as the header describes them, in a common transfer syntax',
        found: undecodable,
        content: undecodable,
      });
    return facts;
  });
}
