import { runLocal } from '../engine/local.js';
import { CurationError } from '../errors.js';
import { unusableModel } from './model-failure.js';
import type { ProbeResult } from './probe-task.js';
import type { ModelSetup } from './session.js';
import type { TagItem, TagResult, TagTaskData } from './tag-task.js';

/** How images are tagged. */
export interface TagRun extends TagTaskData {
  jobs?: number;
  signal?: AbortSignal;
  /** Takes the results of some images; images come in any order. */
  onResults(results: TagResult[]): void | Promise<void>;
}

/**
 * Loads every model once and lets it look at a blank picture, before any image is read.
 * @throws {CurationError} MODEL_INVALID naming the model and what does not fit; INTERRUPTED
 */
export async function probeModels(models: readonly ModelSetup[], signal?: AbortSignal): Promise<void> {
  for (const [index, { name }] of models.entries()) {
    const result = await probeModel(models, index, signal);
    if (result !== null)
      throw unusableModel(name, `it ${result}`, { suggestions: [`Correct input and output of the model ${name} in colophon.yaml, or name another file.`] });
  }
}

async function probeModel(models: readonly ModelSetup[], index: number, signal: AbortSignal | undefined): Promise<ProbeResult> {
  let found: ProbeResult = null;
  try {
    await runLocal<number, ProbeResult>(new URL('./probe-task.js', import.meta.url), [index], {
      jobs: 1,
      taskData: models,
      onResults: ([result = null]) => void (found = result),
      ...(signal === undefined ? {} : { signal }),
    });
  } catch (error) {
    if (error instanceof CurationError) throw error;
    return 'ends the thread that it is loaded in';
  }
  return found;
}

/**
 * Lets models look at images in worker threads: bytes once, decoded once. A file that cannot be read or decoded is a
 * result.
 * @throws {CurationError} INTERRUPTED
 */
export async function tagImages(items: Iterable<TagItem>, { folders, models, limits, jobs, signal, onResults }: TagRun): Promise<void> {
  const taskData: TagTaskData = { folders, models, limits };
  await runLocal<TagItem, TagResult>(new URL('./tag-task.js', import.meta.url), items, {
    taskData,
    // a model may take its time: small chunks keep every thread busy to the end
    chunk: 8,
    describe: ({ source, path }) => `${source}/${path}`,
    onResults,
    ...(jobs === undefined ? {} : { jobs }),
    ...(signal === undefined ? {} : { signal }),
  });
}
