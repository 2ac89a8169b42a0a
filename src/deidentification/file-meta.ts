import { TEXT_VRS, type DicomElement } from '../dicom/data-set.js';
import { readableRuns } from '../text/byte-runs.js';
import { gravestHits } from '../text/gravest-hits.js';
import { maskSecret } from '../text/mask.js';
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
  }  judgeTexts(subject);
}

/** Elements of group 2 that the standard defines and that hold no text of a person: length, version, UIDs. */
const WITHOUT_TEXT = new Set([0x00020000, 0x00020001, 0x00020002, 0x00020003, 0x00020010, 0x00020012, ...TELLING]);

/** DID-093: what else stands in the group, the name of the program among it, names nobody. */
function judgeTexts(subject: Subject): void {
  const { meta } = subject.file;
  for (const element of meta.elements) {
    if (WITHOUT_TEXT.has(element.tag) || isEmpty(element)) continue;
    for (const text of textsOf(subject, element))
      for (const hit of gravestHits(subject.tools.scan(text, { kind: 'description', keyword: 'ImplementationVersionName' })))
        if (hit.level === 'error')
          subject.report.add({ code: 'DID-093', message: `The file meta information holds ${hit.what}.`, tag: meta.pathOf(element.tag), hint: 'Write the file anew, without it.', expected: 'the name of a program', found: maskSecret(text.slice(hit.start, hit.end)), content: contentOf(meta, element) });
  }
}

function* textsOf({ file: { meta } }: Subject, element: DicomElement): Generator<string> {
  if (TEXT_VRS.has(element.vr)) yield* meta.values(element);
  else for (const { text } of readableRuns(element.bytes ?? Buffer.alloc(0))) yield text;
}
