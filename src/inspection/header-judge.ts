import { judgeConformance } from '../conformance/judge.js';
import { judgeDeidentification } from '../deidentification/judge.js';
import { judgePath } from '../deidentification/paths.js';
import { rareCandidates } from '../deidentification/rare-texts.js';
import type { DeidentificationTools } from '../deidentification/subject.js';
import type { DicomFile } from '../dicom/dicom-file.js';
import type { FileReport, HeaderFacts } from '../model/inspection.js';
import type { GatePolicy } from '../model/policy.js';
import { classifyPixelRisk, judgePixelRisk, readRiskAttributes } from '../pixels/pixel-risk.js';
import { referencedInstances } from './references.js';

/** The rules about single files, in order: structure and conformance, then de-identification. */
export class HeaderJudge {
  constructor(
    private readonly policy: GatePolicy,
    private readonly tools: DeidentificationTools,
  ) {}

  /** Judges a file; returns what rules about the whole set compare. */
  judge(path: string, file: DicomFile, report: FileReport): HeaderFacts {
    judgeConformance(file, this.policy, report);
    judgeDeidentification(file, this.policy, report, this.tools);
    if (file.pixels !== null) judgePixelRisk(file.dataSet, report);
    judgePath(path, report, this.tools.scan);
    return { referenced_instances: referencedInstances(file.dataSet), rare_candidates: rareCandidates(file), pixel_risk: file.pixels !== null && classifyPixelRisk(readRiskAttributes(file.dataSet)).length > 0 };
  }
}
