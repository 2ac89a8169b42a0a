import { existsSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { defaultEffects, type Effects } from '../effects.js';
import { readRedisAddress } from '../engine/bullmq/redis-address.js';
import { serveShards } from '../engine/bullmq/worker.js';
import { CurationError } from '../errors.js';
import type { WorkerReport } from '../model/worker.js';
import { workspacePaths } from '../workspace/workspace.js';

/** What a worker serves. */
export interface ServeOptions {
  /** Address of the Redis; may hold a password. */
  redis: string;
  /** Workspaces, or folders in which plans lie. */
  folders: readonly string[];
  /** Shards at once. Default: 1. */
  jobs?: number;
  /** End when no shard waits. */
  once?: boolean;
  /** Aborted: the shards in work are given back. */
  signal: AbortSignal;
}

/**
 * Serves as a worker of `--engine bullmq` until there is nothing to do (`once`) or `signal` is aborted.
 * @throws {CurationError} USAGE; IO_FAILED when a folder is not there; ENGINE_FAILED when the Redis cannot be used
 */
export async function serveAsWorker({ redis, folders, jobs = 1, once = false, signal }: ServeOptions, effects: Effects = defaultEffects): Promise<WorkerReport> {
  const begun = effects.now().getTime();
  const address = readRedisAddress(redis);
  const served = await serveShards({
    address,
    folders: folders.map(planFolder),
    jobs,
    once,
    signal,
    warn: (message) => effects.warn(message),
    onProgress: (files, bytes) => effects.progress({ stage: 'serving shards', files, bytes, unit: 'items' }),
  });
  return { ...served, seconds: (effects.now().getTime() - begun) / 1000 };
}

/** Where the plans of a workspace lie, or of the folder itself. */
function planFolder(given: string): string {
  const folder = resolve(given);
  if (!isFolder(folder)) {
    throw new CurationError('IO_FAILED', `The folder to serve is not there: ${folder}`, {
      suggestions: ['Name a workspace, or the folder in which plans lie, by its path on this machine.', 'Is the shared file system mounted here?'],
    });
  }
  const paths = workspacePaths(folder);
  return existsSync(paths.config) ? join(paths.cache, 'shards') : folder;
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}
