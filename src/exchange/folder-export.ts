import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { CurationError, wrapSystemError } from '../errors.js';
import { fsyncFolder } from '../fixity/atomic-file.js';
import { RELEASE_FILES } from '../model/release.js';
import { FilePlacer, type PlacerOptions } from './file-placer.js';

/** How a folder is written. */
export interface FolderExport extends Omit<PlacerOptions, 'onProgress'> {
  /** The folder; it must not be there yet. */
  output: string;
  dryRun: boolean;
  onProgress?: ((files: number, bytes: number) => void) | undefined;
}

/** What a folder holds. */
export interface FolderOutcome {
  files: number;
  bytes: number;
}

/**
 * Fills a folder beside its place and renames it into place when it is whole; what a killed run left beside it is gone on with. In a
 * dry run `fill` gets null for the folder and places nothing.
 * @throws {CurationError} USAGE when there is something of that name, or the place is inside a release; DISK_FULL, IO_FAILED, INTERRUPTED
 */
export async function exportFolder(options: FolderExport, fill: (placer: FilePlacer, folder: string | null) => Promise<void>): Promise<FolderOutcome> {
  const output = resolve(options.output);
  refuseTaken(output);
  refuseRelease(output);
  const placer = new FilePlacer(options);
  if (options.dryRun) {
    await fill(placer, null);
    return { files: placer.files, bytes: placer.bytes };
  }
  const staging = `${output}.partial`;
  placer.makeFolder(staging);
  await fill(placer, staging);
  await placer.flush();
  try {
    mkdirSync(dirname(output), { recursive: true });
    renameSync(staging, output);
    fsyncFolder(dirname(output));
  } catch (error) {
    throw wrapSystemError(error, 'putting the export in place', output);
  }
  return { files: placer.files, bytes: placer.bytes };
}

/** Takes away what a run with other options left at a path. */
export function clearFile(path: string): void {
  rmSync(path, { force: true });
}

function refuseTaken(output: string): void {
  if (!existsSync(output)) return;
  throw new CurationError('USAGE', `There is something of that name already: ${output}`, { suggestions: ['Name another folder, or move that one away.'] });
}

/** A published release never changes, so nothing is written into its folder. */
function refuseRelease(output: string): void {
  for (let folder = dirname(output); folder !== dirname(folder); folder = dirname(folder)) {
    if (!existsSync(join(folder, RELEASE_FILES.release)) || !existsSync(join(folder, RELEASE_FILES.bagit))) continue;
    throw new CurationError('USAGE', `The output is inside a release, which never changes: ${folder}`, { suggestions: ['Name a place outside of it.'] });
  }
}
