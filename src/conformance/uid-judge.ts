import type { DicomFile } from '../dicom/dicom-file.js';
import type { FileFinding } from '../model/inspection.js';

/** UIDs that name one thing each. */
const OWN_UIDS: readonly [tag: number, keyword: string][] = [
  [0x0020000d, 'StudyInstanceUID'],
  [0x0020000e, 'SeriesInstanceUID'],
  [0x00080018, 'SOPInstanceUID'],
  [0x00200052, 'FrameOfReferenceUID'],
];
const FRAME_OF_REFERENCE = 0x00200052;

/** Root of the UIDs that the standard itself gives (PS3.5 9). */
const STANDARD_ROOT = '1.2.840.10008.';

/** DCM-018: study, series, instance and frame of reference have UIDs of their own, but for well-known frames none of them the standard's. That each is well-formed is judged with the elements. */
export function judgeUids({ dataSet }: DicomFile, add: (finding: FileFinding) => void): void {
  const seen = new Map<string, string>();
  for (const [tag, keyword] of OWN_UIDS) {
    const uid = dataSet.text(tag) ?? '';
    if (uid === '') continue;
    if (uid.startsWith(STANDARD_ROOT) && tag !== FRAME_OF_REFERENCE) add({ code: 'DCM-018', tag: keyword, message: `${keyword} is under the root of the standard itself, which names no study, series or image.`, expected: 'a UID under a root of its own', content: 'standard root' });
    const other = seen.get(uid);
    if (other !== undefined) add({ code: 'DCM-018', tag: keyword, message: `${keyword} is the same UID as ${other}.`, expected: 'a UID of its own', content: 'same UID' });
    seen.set(uid, keyword);
  }
}
