import type { DataSet, DicomElement } from '../dicom/data-set.js';
import { readableRuns } from '../text/byte-runs.js';
import { maskSecret } from '../text/mask.js';
import { pdfTexts } from './pdf-text.js';
import { addAbout, isEmpty, type Subject } from './subject.js';

const DOCUMENT = 0x00420011;
/** Bytes of a document that are looked through. */
const MAX_BYTES = 64 * 1024 * 1024;
const MAX_HITS = 5;

/**
 * DID-082: an encapsulated document. Whatever it holds, a person has to look at it; what can be read in it and
 * identifies somebody is an error, as is a document that cannot be read.
 */
export function judgeEncapsulatedDocument(subject: Subject): void {
  for (const dataSet of subject.dataSet.walk()) {
    const element = dataSet.get(DOCUMENT);
    if (element === undefined) continue;
    subject.report.looked('DID-082');
    if (!isEmpty(element)) judgeDocument(subject, dataSet, element);
  }
}

function judgeDocument(subject: Subject, dataSet: DataSet, element: DicomElement): void {
  const { tools } = subject;
  const bytes = element.bytes?.subarray(0, MAX_BYTES) ?? Buffer.alloc(0);
  const isPdf = bytes.toString('latin1', 0, 5) === '%PDF-';
  const { texts, unread } = isPdf ? pdfTexts(bytes, subject.policy.limits.inflated_bytes) : { texts: [...readableRuns(bytes)].map(({ text }) => text), unread: element.length > bytes.length };
  let hits = 0;
  for (const text of texts)
    for (const hit of tools.scan(text, { kind: isPdf ? 'free-text' : 'bytes' })) {
      if (hit.level !== 'error' || ++hits > MAX_HITS) continue;
      addAbout(subject, dataSet, element, { code: 'DID-082', message: `An encapsulated document holds ${hit.what}.`, found: maskSecret(text.slice(hit.start, hit.end)) });
    }
  if (hits > 0) return;
  addAbout(subject, dataSet, element, {
    code: 'DID-082',
    level: unread ? 'error' : 'warning',
    message: unread ? 'A document is encapsulated, and not all of it could be read.' : 'A document is encapsulated.',
    hint: 'Leave it out, or have a person read it and waive this.',
    expected: 'no document',
    found: `${isPdf ? 'a PDF' : 'a document'} of ${element.length} bytes`,
  });
}
