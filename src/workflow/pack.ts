import { mkdirSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { defaultEffects, type Effects } from '../effects.js';
import { wrapSystemError } from '../errors.js';
import type { ArchiveFormat, PackReport, PackUnitLevel } from '../model/transfer.js';
import { findRelease, readLog } from '../release/release-log.js';
import { packRelease, packStaging } from '../transfer/pack.js';
import { withLock } from '../workspace/lock.js';
import type { Workspace } from '../workspace/workspace.js';
import { ALLOW_WITHDRAWN, refuseWithdrawn } from './withdrawn-content.js';

export interface PackWorkspaceOptions {
  format: ArchiveFormat;
  /** What is never cut in two; a case by default. */
  by?: PackUnitLevel;
  /** Bytes of an archive; 10 GB by default. */
  shardBytes?: number;
  /** Compress the entries of a zip. */
  deflate?: boolean;
  /** Folder for the archives; packs/<version>-<format> of the workspace by default. */
  output?: string;
  /** Also pack a release that holds cases which were withdrawn since. */
  allowWithdrawn?: boolean;
  /** Say what would be packed, write nothing. */
  dryRun?: boolean;
  signal?: AbortSignal;
}

const DEFAULT_SHARD_BYTES = 10e9;

/**
 * Packs a published release into archives.
 * @throws {CurationError} RELEASE_NOT_FOUND, RELEASE_INVALID when it was edited or is damaged, CONTENT_WITHDRAWN, USAGE, LOCKED, DISK_FULL, INTERRUPTED
 */
export async function packWorkspaceRelease(workspace: Workspace, version: string, options: PackWorkspaceOptions, effects: Effects = defaultEffects): Promise<PackReport> {
  const { paths, root } = workspace;
  const log = await readLog(paths);
  const entry = findRelease(log, version, paths);
  if (options.allowWithdrawn !== true) await refuseWithdrawn([entry], paths, [ALLOW_WITHDRAWN]);
  const output = options.output === undefined ? join(root, 'packs', `${version}-${options.format}`) : resolve(options.output);
  const settings = {
    format: options.format,
    by: options.by ?? 'case',
    shardBytes: options.shardBytes ?? DEFAULT_SHARD_BYTES,
    deflate: options.deflate ?? false,
    output,
    dryRun: options.dryRun ?? false,
    signal: options.signal,
  };
  if (settings.dryRun) return packRelease(entry, settings, effects);
  makeParent(output);
  return withLock(`${packStaging(output)}.lock`, { doing: `packing ${version}`, waitMs: 0 }, () => packRelease(entry, settings, effects));
}

function makeParent(output: string): void {
  try {
    mkdirSync(dirname(output), { recursive: true });
  } catch (error) {
    throw wrapSystemError(error, 'making the folder', dirname(output));
  }
}
