import { runLocal } from '../engine/local.js';
import type { FileInspection } from '../model/inspection.js';
import type { InspectionItem } from './file-task.js';

/** A stage of looking at files: the module of its worker task, what the task is made with, and how heavy a file is for it. */
export interface StageRun<Facts> {
  task: URL;
  taskData: unknown;
  /** Bytes that the stage reads of a file, for sharing out the work. */
  weigh(item: InspectionItem): number;
  jobs?: number;
  signal?: AbortSignal;
  /** Takes what was found out about some files; files come in any order. */
  onResults(results: FileInspection<Facts>[]): void | Promise<void>;
}

/** The tasks there are. */
export const TASKS = { header: new URL('./header-task.js', import.meta.url), pixels: new URL('./pixel-task.js', import.meta.url), text: new URL('./text-task.js', import.meta.url) } as const;

/**
 * Looks at files in worker threads.
 * @throws {CurationError} INTERRUPTED
 */
export async function inspectFiles<Facts>(items: Iterable<InspectionItem>, run: StageRun<Facts>): Promise<void> {
  await runLocal<InspectionItem, FileInspection<Facts>>(run.task, items, {
    taskData: run.taskData,
    chunk: run.weigh,
    describe: ({ path }) => path,
    onResults: run.onResults,
    ...(run.jobs === undefined ? {} : { jobs: run.jobs }),
    ...(run.signal === undefined ? {} : { signal: run.signal }),
  });
}
