import { statSync } from 'node:fs';
import { CurationError, systemErrorCode, wrapSystemError } from '../errors.js';
import type { Engine } from '../engine/engine.js';
import { unreadableResult, type DicomItem, type DicomResult, type DicomTaskData } from './dicom-task.js';

/** How the files of a folder are read. */
export interface DicomRead {
  engine: Engine;
  md5: boolean;
  jobs?: number;
  signal?: AbortSignal;
  /** Takes the results of some files; files come in any order. */
  onResults(results: DicomResult[]): void | Promise<void>;
}

/**
 * Reads files below `root` in the workers of an engine: bytes once, synchronously, digest and header from the same read. A file
 * on which workers die is unreadable, and the reason is told.
 * @throws {CurationError} INTERRUPTED, and what the engine throws
 */
export async function readDicomFiles(root: string, items: AsyncIterable<DicomItem>, read: DicomRead): Promise<void> {
  const taskData: DicomTaskData = { root, md5: read.md5 };
  await read.engine.run<DicomItem, DicomResult>(new URL('./dicom-task.js', import.meta.url), items, {
    taskData,
    chunk: ({ size_bytes }) => size_bytes,
    describe: ({ path }) => path,
    onResults: (results) => read.onResults(results),
    onFailure: ({ path }, reason) => read.onResults([unreadableResult(path, 'unreadable-file', reason)]),
    ...(read.jobs === undefined ? {} : { jobs: read.jobs }),
    ...(read.signal === undefined ? {} : { signal: read.signal }),
  });
}

/**
 * The folder of a source must be there before anything is compared with it: a share that is not mounted is no reason to
 * drop its rows.
 * @throws {CurationError} SOURCE_MISSING, SOURCE_UNREADABLE
 */
export function assertSourceFolder(name: string, folder: string): void {
  try {
    if (statSync(folder).isDirectory()) return;
  } catch (error) {
    const code = systemErrorCode(error);
    if (code === 'EACCES') throw new CurationError('SOURCE_UNREADABLE', `The source ${name} cannot be read: ${folder} (${code})`, { cause: error });
    if (code !== 'ENOENT' && code !== 'ENOTDIR') throw wrapSystemError(error, `looking at the source ${name}`, folder);
    throw new CurationError('SOURCE_MISSING', `The folder of the source ${name} is not there: ${folder}`, {
      suggestions: [`Correct the path of the source ${name} in colophon.yaml.`, 'Is the disk or the network share mounted?'],
      cause: error,
    });
  }
  throw new CurationError('SOURCE_MISSING', `The path of the source ${name} is a file, not a folder: ${folder}`, {
    suggestions: [`Name the folder that holds the files in colophon.yaml, under sources, ${name}, path.`],
  });
}

/** An empty folder is an unmounted disk or a wrong path far more often than an empty source. */
export function emptySource(name: string, folder: string): CurationError {
  return new CurationError('SOURCE_MISSING', `The folder of the source ${name} is empty: ${folder}`, {
    suggestions: ['Is the disk or the network share mounted?', `Correct the path of the source ${name} in colophon.yaml, or remove the source.`],
  });
}
