import type { DataSet } from '../dicom/data-set.js';
import { OPTION } from './options.js';
import { addAbout, type Subject } from './subject.js';

/** Bit of the pixel cells that an overlay lies in; 0: it has data of its own. */
const OVERLAY_BIT_POSITION = 0x0102;

/** DID-080: no overlay lies in unused bits of the pixels (retired, PS3.5 8.1.2), unless 113103 says that graphics were cleaned. */
export function judgeEmbeddedOverlays(subject: Subject): void {
  const { dataSet, declaration } = subject;
  for (const element of dataSet.elements) {
    if (element.tag >>> 24 !== 0x60 || ((element.tag >>> 16) & 1) === 1) continue;
    subject.report.looked('DID-080');
    if ((element.tag & 0xffff) !== OVERLAY_BIT_POSITION || (declaration.inForce & OPTION.cleanGraphics) !== 0) continue;
    if (bitPosition(dataSet, element.tag) === 0) continue;
    addAbout(subject, dataSet, element, { code: 'DID-080', message: 'An overlay lies in the unused bits of the pixels.', hint: 'Clear the bits beside BitsStored, and remove the overlay.', expected: '0' });
  }
}

function bitPosition(dataSet: DataSet, tag: number): number {
  return dataSet.numbers(tag)[0] ?? 0;
}
