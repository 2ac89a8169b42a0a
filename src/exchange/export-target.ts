import { existsSync, lstatSync, mkdirSync, mkdtempSync, renameSync, rmSync, statSync } from 'node:fs';
import { basename, dirname, extname, join, resolve } from 'node:path';
import { CurationError, wrapSystemError } from '../errors.js';
import { fsyncFolder } from '../fixity/atomic-file.js';
import type { ExportedFile } from '../model/exchange.js';
import { RELEASE_FILES } from '../model/release.js';
import { ListWriter } from '../release/list-writer.js';

/** Takes the lines of a text, each with its line end. */
export interface TextSink {
  add(text: string): void;
}

/** A file that an export makes. */
export interface ExportJob {
  /** Name in the output folder; its ending says what it is. */
  name: string;
  /** Writes the file, or with null only computes it. */
  make(path: string | null): Promise<Omit<ExportedFile, 'path'>>;
}

export interface ExportOptions {
  /** Compute, and write nothing. */
  dryRun: boolean;
  /** Replace files that are there. */
  force: boolean;
}

/** A job that writes text through a sink and returns the number of its records. */
export function textJob(name: string, write: (sink: TextSink) => Promise<number>): ExportJob {
  return {
    name,
    async make(path) {
      let bytes = 0;
      const list = path === null ? null : new ListWriter(path);
      const sink: TextSink = {
        add(text) {
          bytes += Buffer.byteLength(text);
          list?.add(text);
        },
      };
      try {
        const records = await write(sink);
        list?.close();
        return { records, size_bytes: bytes };
      } finally {
        list?.abandon();
      }
    },
  };
}

/**
 * Makes files in the output folder; an output whose ending is that of one of them is that file alone. All are written aside first,
 * so that there is a whole file of a name, or none.
 * @throws {CurationError} USAGE when one is there already, or the output is inside a release; DISK_FULL, IO_FAILED
 */
export async function writeExport(output: string, jobs: readonly ExportJob[], options: ExportOptions): Promise<ExportedFile[]> {
  const targets = chooseTargets(output, jobs);
  refuseRelease(resolve(output));
  if (!options.force) for (const { path } of targets) refuseExisting(path);
  if (options.dryRun) {
    const files: ExportedFile[] = [];
    for (const { path, job } of targets) files.push({ path, ...(await job.make(null)) });
    return files;
  }
  return writeTargets(targets);
}

interface Target {
  path: string;
  job: ExportJob;
}

function chooseTargets(output: string, jobs: readonly ExportJob[]): Target[] {
  const ending = extname(output);
  const named = jobs.filter(({ name }) => ending !== '' && extname(name) === ending);
  const isFolder = existsSync(output) && statSync(output).isDirectory();
  if (named.length > 0 && !isFolder) return named.map((job) => ({ path: output, job }));
  return jobs.map((job) => ({ path: join(output, job.name), job }));
}

async function writeTargets(targets: readonly Target[]): Promise<ExportedFile[]> {
  const folder = resolve(dirname(targets[0]?.path ?? '.'));
  let aside: string | null = null;
  try {
    mkdirSync(folder, { recursive: true });
    aside = mkdtempSync(join(folder, '.export-'));
    const files: ExportedFile[] = [];
    for (const { path, job } of targets) files.push({ path, ...(await job.make(join(aside, basename(path)))) });
    for (const { path } of targets) renameSync(join(aside, basename(path)), path);
    fsyncFolder(folder);
    return files;
  } catch (error) {
    throw wrapSystemError(error, 'writing', folder);
  } finally {
    if (aside !== null) rmSync(aside, { recursive: true, force: true });
  }
}

function refuseExisting(path: string): void {
  if (lstatSync(path, { throwIfNoEntry: false }) === undefined) return;
  throw new CurationError('USAGE', `There is a file of that name already: ${path}`, { suggestions: ['Name another output.', 'To replace it: --force'] });
}

/** A published release never changes, so nothing is written into its folder. */
function refuseRelease(output: string): void {
  for (let folder = output; folder !== dirname(folder); folder = dirname(folder)) {
    if (!existsSync(join(folder, RELEASE_FILES.release)) || !existsSync(join(folder, RELEASE_FILES.bagit))) continue;
    throw new CurationError('USAGE', `The output is inside a release, which never changes: ${folder}`, { suggestions: ['Name a place outside of it.'] });
  }
}
