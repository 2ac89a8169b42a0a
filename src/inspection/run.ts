import { runLocal } from '../engine/local.js';
import type { FileInspection } from '../model/inspection.js';
import type { GatePolicy } from '../model/policy.js';
import type { InspectionItem, InspectionTaskData } from './header-task.js';

/** How files of a source are looked at. */
export interface InspectionRun {
  policy: GatePolicy;
  /** Absolute path of the list of known identifiers; null: none is configured. */
  knownIdentifiers: string | null;
  jobs?: number;
  signal?: AbortSignal;
  /** Takes what was found out about some files; files come in any order. */
  onResults(results: FileInspection[]): void | Promise<void>;
}

/** Weight of a file: its header is read, whatever its size. */
const HEADER_BYTES = 64 * 1024;

/**
 * Judges files below `root` in worker threads by every rule that needs no decoded pixels.
 * @throws {CurationError} INTERRUPTED
 */
export async function inspectHeaders(root: string, items: Iterable<InspectionItem>, run: InspectionRun): Promise<void> {
  const taskData: InspectionTaskData = { root, policy: run.policy, knownIdentifiers: run.knownIdentifiers };
  await runLocal<InspectionItem, FileInspection>(new URL('./header-task.js', import.meta.url), items, {
    taskData,
    chunk: () => HEADER_BYTES,
    describe: ({ path }) => path,
    onResults: run.onResults,
    ...(run.jobs === undefined ? {} : { jobs: run.jobs }),
    ...(run.signal === undefined ? {} : { signal: run.signal }),
  });
}
