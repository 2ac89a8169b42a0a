import type { DicomFile } from '../dicom/dicom-file.js';
import type { FileFinding, FileReport } from '../model/inspection.js';
import type { GatePolicy } from '../model/policy.js';
import { ElementJudge, judgeCharacterSet } from './element-judge.js';
import { judgeCompression, judgePhotometric } from './compression-judge.js';
import { IodJudge } from './iod-judge.js';
import { iodRules } from './iod-rules.js';
import { judgeOutside } from './outside-judge.js';
import { judgeFormat, judgeMetaUids, judgeParsing } from './part10-judge.js';
import { judgePixels } from './pixel-judge.js';
import { Place } from './place.js';
import { judgeSopClass } from './sop-class-judge.js';
import { judgeUids } from './uid-judge.js';

const SOP_CLASS_UID = 0x00080016;

/** Rules that apply to every file. */
const ALWAYS = ['DCM-001', 'DCM-003', 'DCM-004', 'DCM-008', 'DCM-009', 'DCM-010', 'DCM-018'];
/** Rules that apply where the IOD is known. */
const OF_IOD = ['DCM-005', 'DCM-006', 'DCM-007', 'DCM-016', 'DCM-017'];

/** Judges one file by the rules of conformance to DICOM: DCM-001 to DCM-013 and DCM-016 to DCM-018. Pure. */
export function judgeConformance(file: DicomFile, policy: GatePolicy, report: FileReport): void {
  const add = (finding: FileFinding): void => report.add(finding);
  const top = Place.top(file.dataSet, file.meta);
  for (const code of ALWAYS) report.looked(code);
  judgeFormat(file, policy, add);
  if (judgeMetaUids(file, add)) report.looked('DCM-002');
  judgeParsing(file, add);
  const sopClass = file.dataSet.text(SOP_CLASS_UID) ?? '';
  const rules = iodRules(sopClass);
  judgeSopClass(sopClass, rules !== null, policy, add);
  if (rules !== null) {
    for (const code of OF_IOD) report.looked(code);
    new IodJudge(rules, add).judge(top);
    judgeOutside(file, rules, add);
  }
  const elements = new ElementJudge(top, add);
  elements.judge(file.meta);
  for (const dataSet of file.dataSet.walk()) elements.judge(dataSet);
  judgeCharacterSet(top, add);
  judgeUids(file, add);
  if (file.pixels !== null) {
    for (const code of ['DCM-011', 'DCM-012', 'DCM-013']) report.looked(code);
    judgePixels(file, file.pixels, add);
    judgeCompression(file, file.pixels, add);
    judgePhotometric(file, file.pixels, add);
  }
}
