import type { Catalog } from '../catalog/catalog.js';
import { beginRun, endRun } from '../catalog/run-history.js';
import type { Effects } from '../effects.js';
import { CurationError, EXIT } from '../errors.js';
import { randomId } from '../fixity/uuid.js';
import { runOutcome, type RunIdentity } from '../model/run.js';
import { readTool } from './tool.js';

/** A piece of work whose summary is kept. */
export interface RecordedWork<T> {
  /** A gerund. */
  doing: string;
  /** Exit status that a result stands for. */
  exitStatus(result: T): number;
}

/** Runs `work` and keeps a summary of it in the catalog, also where it fails. A summary that cannot be written changes nothing of the work. */
export async function recordRun<T>(catalog: Catalog, { doing, exitStatus }: RecordedWork<T>, effects: Effects, work: () => Promise<T>): Promise<T> {
  const number = await beginRun(catalog, effects.run?.identity ?? libraryIdentity(), doing, effects.now());
  const counted = effects.run?.count() ?? (() => ({ files: null, bytes: null, findings: null }));
  const begun = performance.now();
  const end = async (exit_status: number, error_code: string | null): Promise<void> => {
    const seconds = Math.round(performance.now() - begun) / 1000;
    const outcome = runOutcome(exit_status, error_code !== null);
    await endRun(catalog, number, { ended: effects.now(), seconds, outcome, exit_status, error_code, ...counted() });
  };
  let result: T;
  try {
    result = await work();
  } catch (error) {
    const [status, code] = error instanceof CurationError ? [error.exitCode, error.code] : [EXIT.bug, 'BUG'];
    // What went wrong first is what is to be told.
    await end(status, code).catch(() => undefined);
    throw error;
  }
  await end(exitStatus(result), null).catch(() => effects.warn('What this command did is done, but its summary could not be kept in the catalog (table runs).'));
  return result;
}

function libraryIdentity(): RunIdentity {
  return { id: randomId().replaceAll('-', ''), command: 'library', version: readTool().version, engine: null, jobs: null };
}
