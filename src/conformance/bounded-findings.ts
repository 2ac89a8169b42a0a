import type { FileFinding, FileReport } from '../model/inspection.js';

/** Findings of one rule that one file may have; more are counted. */
const MAX_FINDINGS = 100;

/** Passes findings on, but of one rule and file not without end: a hostile file has a million faults. */
export class BoundedFindings {
  private readonly counts = new Map<string, number>();

  constructor(private readonly report: FileReport) {}

  add(finding: FileFinding): void {
    const count = (this.counts.get(finding.code) ?? 0) + 1;
    this.counts.set(finding.code, count);
    if (count <= MAX_FINDINGS) this.report.add(finding);
  }

  /** Says of which rules there were more; at the catalogue's level, so that nothing graver is lost. */
  finish(): void {
    for (const [code, count] of this.counts) {
      if (count > MAX_FINDINGS) this.report.add({ code, message: `There are more findings of this rule in the file than are listed.`, found: `${count} findings, ${MAX_FINDINGS} of them listed`, content: `${count} findings` });
    }
  }
}
