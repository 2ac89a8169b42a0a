import type { Subject } from './subject.js';

/** Beyond the pixels only these may stand: signatures and padding, which have rules of their own. */
const KNOWN_BEHIND_PIXELS = new Set([0xfffafffa, 0xfffcfffc]);
const PIXEL_GROUP = 0x7fe0;

/** DID-091: nothing follows the data set, and no element the pixels. */
export function judgeTrailingBytes({ file, report, dataSet }: Subject): void {
  report.looked('DID-091');
  const { trailing } = file;
  if (trailing !== null)
    report.add({ code: 'DID-091', message: 'Bytes that belong to no element follow the data set.', hint: 'Whatever is appended travels with the file unseen: cut it off, or mend the broken element before it.', expected: 'the end of the file', found: `${file.size - trailing.offset > 0 ? file.size - trailing.offset : trailing.bytes.length} bytes`, content: `${trailing.offset} ${trailing.bytes.length}` });
  for (const { tag } of dataSet.elements) {
    if (tag >>> 16 <= PIXEL_GROUP || ((tag >>> 16) & 1) === 1 || KNOWN_BEHIND_PIXELS.has(tag)) continue;
    report.add({ code: 'DID-091', message: 'An element that no standard knows follows the pixels.', tag: dataSet.pathOf(tag), expected: 'the end of the data set', found: 'an element', content: String(tag) });
  }
}
