import type { Engine } from '../engine/engine.js';
import type { FileInspection } from '../model/inspection.js';
import { failedInspection, type InspectionItem } from './file-task.js';

/** A stage of looking at files: the module of its worker task, what the task is made with, and how heavy a file is for it. */
export interface StageRun<Item, Facts> {
  engine: Engine;
  task: URL;
  taskData: unknown;
  /** Bytes that the stage reads of a file, for sharing out the work. */
  weigh(item: Item): number;
  jobs?: number;
  signal?: AbortSignal;
  /** Takes what was found out about some files, and these files; they come in any order. */
  onResults(results: FileInspection<Facts>[], items: Item[]): void | Promise<void>;
}

/** The tasks there are. */
export const TASKS = { header: new URL('./header-task.js', import.meta.url), pixels: new URL('./pixel-task.js', import.meta.url), text: new URL('./text-task.js', import.meta.url) } as const;

/**
 * Looks at files in the workers of an engine. Nothing is concluded from a file on which workers die.
 * @throws {CurationError} INTERRUPTED, and what the engine throws
 */
export async function inspectFiles<Item extends InspectionItem, Facts>(items: AsyncIterable<Item> | Iterable<Item>, run: StageRun<Item, Facts>): Promise<void> {
  await run.engine.run<Item, FileInspection<Facts>>(run.task, items, {
    taskData: run.taskData,
    chunk: run.weigh,
    describe: ({ path }) => path,
    onResults: (results, looked) => run.onResults(results, looked),
    onFailure: (item, reason) => run.onResults([failedInspection(item.path, reason)], [item]),
    ...(run.jobs === undefined ? {} : { jobs: run.jobs }),
    ...(run.signal === undefined ? {} : { signal: run.signal }),
  });
}
