import { OPTION } from './options.js';
import { isEmpty, showElement, contentOf, type Subject } from './subject.js';
import { judgeUid } from './uids.js';

/** Source, sending and receiving application entity and address; private information: all say where a file was (PS3.10 7.1). */
const TELLING = [0x00020016, 0x00020017, 0x00020018, 0x00020026, 0x00020027, 0x00020028, 0x00020035, 0x00020100, 0x00020102];

const MEDIA_STORAGE_SOP_INSTANCE = 0x00020003;

/** DID-093: the file meta information does not say which machines the file went through. */
export function judgeFileMeta(subject: Subject): void {
  const { meta } = subject.file;
  if (meta.elements.length === 0) return;
  subject.report.looked('DID-093');
  const instance = meta.get(MEDIA_STORAGE_SOP_INSTANCE);
  if (instance !== undefined && (subject.declaration.inForce & OPTION.retainUIDs) === 0) judgeUid(subject, meta, instance);
  for (const tag of TELLING) {
    const element = meta.get(tag);
    if (element === undefined || isEmpty(element)) continue;
    const values = meta.values(element);
    if (values.length > 0 && values.every((value) => subject.dummies.isText(value))) continue;
    subject.report.add({ code: 'DID-093', message: 'The file meta information says through which machine the file went, or holds private information.', tag: meta.pathOf(tag), hint: 'Write the file anew, without it.', expected: 'absent', found: showElement(meta, element), content: contentOf(meta, element) });
  }
}
