import type { DicomFile } from '../dicom/dicom-file.js';
import type { FileReport } from '../model/inspection.js';
import type { GatePolicy } from '../model/policy.js';
import { judgeElements } from './data-set-walk.js';
import { judgeDates } from './dates.js';
import { judgeEncapsulatedDocument } from './encapsulated-document.js';
import { judgeFileMeta } from './file-meta.js';
import { judgeFrames } from './frames.js';
import { judgeEmbeddedOverlays } from './graphics.js';
import { judgeKnownIdentifiers } from './known-identifiers.js';
import { judgeBurnedInMarker, judgeMarkerAgreement, judgeMarkers, judgeMethodCodes } from './markers.js';
import { judgePatientId } from './person-names.js';
import { judgePreamble } from './preamble.js';
import { openSubject, type DeidentificationTools, type Subject } from './subject.js';
import { judgeTrailingBytes } from './trailing-bytes.js';
import { judgeUnread } from './unread.js';
import { judgeAudio } from './waveforms.js';

/** The rules of de-identification about one file, in order: what it declares, every element, what lies beside them. */
const STEPS: readonly ((subject: Subject) => void)[] = [
  judgeUnread,
  judgeMarkers,
  judgeMethodCodes,
  judgeMarkerAgreement,
  judgePatientId,
  judgeElements,
  judgeDates,
  judgeBurnedInMarker,
  judgeEmbeddedOverlays,
  judgeEncapsulatedDocument,
  judgeAudio,
  judgePreamble,
  judgeTrailingBytes,
  judgeFrames,
  judgeFileMeta,
  judgeKnownIdentifiers,
];

/**
 * Judges one file by the rules DID-001 to DID-099 that need no other file and no decoded pixels (PS3.15 Annex E, 45 CFR
 * 164.514(b)(2)). What reading the file throws passes through.
 */
export function judgeDeidentification(file: DicomFile, policy: GatePolicy, report: FileReport, tools: DeidentificationTools): void {
  const subject = openSubject(file, policy, report, tools);
  for (const step of STEPS) step(subject);
}
