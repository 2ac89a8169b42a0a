import type { DicomFile } from '../dicom/dicom-file.js';
import type { FileReport } from '../model/inspection.js';
import type { GatePolicy } from '../model/policy.js';

/** The rules about single files, in order: structure, conformance, de-identification. */
export class HeaderJudge {
  constructor(private readonly policy: GatePolicy) {}

  /** Judges a file; returns the texts whose rarity in the set is to be looked at. */
  judge(_path: string, _file: DicomFile, _report: FileReport): string[] {
    void this.policy;
    return [];
  }

  /** What tells pixels apart cheaply; null without pixels. */
  probe(_file: DicomFile): string | null {
    return null;
  }
}
