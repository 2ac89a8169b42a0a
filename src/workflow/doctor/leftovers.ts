import { basename } from 'node:path';
import { listStaging } from '../../release/staging.js';
import { readLock } from '../../workspace/lock.js';
import type { Workspace } from '../../workspace/workspace.js';
import { failed, ok, warning, type Answer } from './probe.js';

/** Whether a lock or a half-made release was left behind. */
export function findLeftovers({ paths }: Workspace): Answer[] {
  const lock = readLock(paths.lock);
  return [{ what: 'lock', ...judgeLock(lock, paths.lock) }, { what: 'staging', ...judgeStaging(listStaging(paths), lock !== null && !lock.gone) }];
}

function judgeLock(lock: { held: string; gone: boolean } | null, path: string): Answer {
  if (lock === null) return ok('free');
  if (lock.gone) return warning('left behind by a process that is gone', 'The next command takes it over; nothing is to be done.');
  if (lock.held.startsWith('process ')) return warning(lock.held, `Wait for it. If no such process runs any more on that machine, remove ${path}.`);
  return failed(lock.held, `If no command runs in this workspace, remove ${path}.`);
}

function judgeStaging(folders: readonly string[], busy: boolean): Answer {
  if (folders.length === 0) return ok('empty');
  const names = folders.slice(0, 3).map((folder) => basename(folder)).join(', ');
  return busy ? ok(`in work: ${names}`) : warning(`unfinished: ${names}${folders.length > 3 ? ', ...' : ''}`, 'The next `colophon release cut` finishes or sweeps it.');
}
