import { FATAL_FAULTS } from '../dicom/parse-note.js';
import type { Subject } from './subject.js';

/** A file that was not read to its end was not judged to its end: DID-010 cannot be kept by what nobody saw. */
export function judgeUnread({ file, report }: Subject): void {
  report.looked('DID-010');
  const fault = file.notes.find((note) => FATAL_FAULTS.has(note.fault))?.fault;
  if (file.whole && fault === undefined) return;
  // What follows a broken end is said by DID-091.
  if (file.trailing !== null && (fault === undefined || fault === 'truncated')) return;
  report.add({ code: 'DID-010', message: 'The data set could not be read to its end, so the rest of it was not judged.', hint: 'See DCM-003 for what is broken.', expected: 'a data set that ends where the file does', found: fault ?? 'a broken element', content: fault ?? 'broken' });
}
