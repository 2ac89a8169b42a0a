import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { shardFiles } from '../engine/shards/shard-files.js';
import { CurationError } from '../errors.js';
import { makeParentFolder, writeFileAtomic } from '../fixity/atomic-file.js';

/** Holds the name of the plan that was made last, which commands mean that name none. */
const CURRENT = 'current';

/** Where the shard folders of a workspace are. */
export function shardsRoot(cache: string): string {
  return join(cache, 'shards');
}

/** Notes the plan that was made last. */
export function rememberPlan(root: string, name: string): void {
  makeParentFolder(join(root, CURRENT));
  writeFileAtomic(join(root, CURRENT), `${name}\n`);
}

/**
 * The shard folder that was named, or the one of the last plan of the workspace.
 * @param cache of the workspace; null when there is none
 * @throws {CurationError} SHARD_INVALID when there is no plan, USAGE when none is named and there is no workspace
 */
export function locatePlan(named: string | undefined, cache: string | null): string {
  if (named !== undefined) return resolve(named);
  if (cache === null) throw new CurationError('USAGE', 'No shard folder was named, and there is no workspace here.', { suggestions: ['Name the folder that `colophon shards plan` told.'] });
  const current = join(shardsRoot(cache), CURRENT);
  const name = existsSync(current) ? readFileSync(current, 'utf8').trim() : '';
  // our own file, and yet it must not lead elsewhere
  if (/^[0-9a-f]{16}$/.test(name) && existsSync(shardFiles.plan(join(shardsRoot(cache), name)))) return join(shardsRoot(cache), name);
  throw new CurationError('SHARD_INVALID', 'There is no plan in this workspace.', { suggestions: ['Make one: colophon shards plan', 'Or name the folder of a plan.'] });
}
