import type { FileInspection } from '../model/inspection.js';
import type { GatePolicy } from '../model/policy.js';
import { judgeBurnedInText, type BurnedInTools } from '../pixels/burned-in-text.js';
import { createDecoder } from '../pixels/decode-frame.js';
import { openPixels } from '../pixels/open-pixels.js';
import { createTextReader } from '../pixels/text-reader.js';
import { maskSecret } from '../text/mask.js';
import { createTextScanner } from '../text/scan.js';
import { createFileTask, type InspectionItem } from './file-task.js';

/** What the task is made with. */
export interface TextTaskData {
  root: string;
  policy: GatePolicy;
}

/** Text that stands in the pixels, read without a network (DID-072). */
export async function createTask({ root, policy }: TextTaskData): Promise<(item: InspectionItem) => FileInspection<null>> {
  const scan = createTextScanner(policy);
  const tools: BurnedInTools = { reader: await createTextReader(), scan: (text) => scan(text, { kind: 'free-text' }), mask: maskSecret };
  const decoder = createDecoder(policy.limits.pixels);
  return createFileTask<null>(root, policy.limits.inflated_bytes, (file, report) => {
    const pixels = openPixels(file);
    if (pixels !== null) judgeBurnedInText(pixels, decoder, tools, report);
    return null;
  });
}
