import { readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { randomId } from '../../fixity/uuid.js';

/** What a plan is called while it is written. */
const UNFINISHED = /^\.plan-[0-9a-f-]{36}$/;

/** A plan that is written gets a further shard every few minutes at the latest; clocks of machines that share a folder differ by less. */
const STALE_MS = 86_400_000;

/** A name for a plan that is begun, which nothing else takes for a plan. */
export function unfinishedName(): string {
  return `.plan-${randomId()}`;
}

/** Removes plans below `root` whose writer was killed: those to which nothing was added for a day. What cannot be looked at stays. */
export function sweepStalePlans(root: string): void {
  for (const name of listFolder(root).filter((each) => UNFINISHED.test(each))) {
    const changed = lastChange(join(root, name));
    if (changed !== null && Date.now() - changed > STALE_MS) rmSync(join(root, name), { recursive: true, force: true });
  }
}

/** When something was added last, in ms since the epoch: to the folder or to its list of items; null when it cannot be told. */
function lastChange(folder: string): number | null {
  try {
    return Math.max(statSync(folder).mtimeMs, statSync(join(folder, 'items'), { throwIfNoEntry: false })?.mtimeMs ?? 0);
  } catch {
    return null;
  }
}

function listFolder(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
