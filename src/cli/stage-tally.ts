import type { Progress } from '../effects.js';
import type { FindingCounts, RunCounts } from '../model/run.js';

/** What one stage went through; a stage that begins again, for another source, counts on. */
interface StageTotal {
  /** Of the times before. */
  files: number;
  bytes: number;
  /** Of this time. */
  nowFiles: number;
  nowBytes: number;
}

/** Counts what the stages of a run go through. Stages often read the same files one after the other: so the largest counts, and not their sum. */
export class StageTally {
  readonly #stages = new Map<string, StageTotal>();
  #current = '';
  #findings: FindingCounts | null = null;

  progress({ stage, unit = 'files', files, bytes }: Progress): void {
    const total = this.#stages.get(stage) ?? { files: 0, bytes: 0, nowFiles: 0, nowBytes: 0 };
    this.#stages.set(stage, total);
    const counted = unit.startsWith('files') ? files : 0;
    if (stage !== this.#current || counted < total.nowFiles || bytes < total.nowBytes) {
      total.files += total.nowFiles;
      total.bytes += total.nowBytes;
    }
    this.#current = stage;
    total.nowFiles = counted;
    total.nowBytes = bytes;
  }

  found({ errors, warnings, infos, waived }: FindingCounts): void {
    const before = this.#findings ?? { errors: 0, warnings: 0, infos: 0, waived: 0 };
    this.#findings = { errors: before.errors + errors, warnings: before.warnings + warnings, infos: before.infos + infos, waived: before.waived + waived };
  }

  counts(): RunCounts {
    let [files, bytes] = [0, 0];
    for (const total of this.#stages.values()) {
      files = Math.max(files, total.files + total.nowFiles);
      bytes = Math.max(bytes, total.bytes + total.nowBytes);
    }
    return { files: files === 0 ? null : files, bytes: bytes === 0 ? null : bytes, findings: this.#findings };
  }
}
