import { rmSync } from 'node:fs';
import type { Effects } from '../effects.js';
import type { ImageSourceReport } from '../model/pull.js';
import type { RemoteImageSourceConfig } from '../model/source-config.js';
import { DEFAULT_RETRY } from '../network/retry.js';
import { DEFAULT_CONNECTIONS } from '../sources/remote/connections.js';
import { KeptFolder } from '../sources/remote/kept-folder.js';
import { openRemote } from '../sources/remote/open-remote.js';
import { sourceFolder } from '../workspace/source-folders.js';
import { pullRemote } from './pull-remote.js';
import type { Session } from './session.js';

/** How long a server may send nothing, in ms. */
const TIMEOUT_MS = 60_000;

/**
 * Pulls a source that colophon.yaml names and that is elsewhere.
 * @throws {CurationError} CONFIG_INVALID, and what `pullRemote` throws
 */
export async function pullRemoteSource({ catalog, workspace }: Session, source: RemoteImageSourceConfig, options: { rehash?: boolean; signal?: AbortSignal }, effects: Effects): Promise<ImageSourceReport> {
  const { read = 'whole', keep = true, connections = DEFAULT_CONNECTIONS } = source;
  const stop = new AbortController();
  const signal = options.signal === undefined ? stop.signal : AbortSignal.any([options.signal, stop.signal]);
  const remote = await openRemote(source, { root: workspace.root, environment: process.env, timeout_ms: TIMEOUT_MS, signal, note: effects.warn });
  const keeps = read === 'whole' && keep;
  // What an earlier configuration kept is not what this one wants.
  if (!keeps) rmSync(sourceFolder(workspace, source), { recursive: true, force: true });
  const kept = keeps ? new KeptFolder(workspace.paths.sources, source.name) : null;
  try {
    const pull = { source: source.name, remote, read, kept, md5: workspace.config.release?.md5 === true, rehash: options.rehash === true, connections };
    return await pullRemote(catalog, { ...pull, retry: { ...DEFAULT_RETRY, seed: source.name.length }, signal }, effects);
  } finally {
    stop.abort();
    remote.close();
    kept?.close();
  }
}
