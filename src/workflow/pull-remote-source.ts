import { rmSync } from 'node:fs';
import type { Effects } from '../effects.js';
import type { ImageSourceReport } from '../model/pull.js';
import type { RemoteImageSourceConfig } from '../model/source-config.js';
import { KeptFolder } from '../sources/remote/kept-folder.js';
import type { ManifestItems } from '../sources/remote/manifest-items.js';
import { keepsCopies, sourceFolder } from '../workspace/source-folders.js';
import { pullRemote } from './pull-remote.js';
import { openSource } from './remote-access.js';
import type { Session } from './session.js';

/**
 * Pulls a source that colophon.yaml names and that is elsewhere.
 * @throws {CurationError} CONFIG_INVALID, and what `pullRemote` throws
 */
export async function pullRemoteSource({ catalog, workspace }: Session, source: RemoteImageSourceConfig, options: { rehash?: boolean; signal?: AbortSignal; manifest?: ManifestItems }, effects: Effects): Promise<ImageSourceReport> {
  const opened = await openSource(workspace, source.name, { effects, signal: options.signal, manifest: options.manifest });
  const keeps = keepsCopies(source);
  // What an earlier configuration kept is not what this one wants.
  if (!keeps) rmSync(sourceFolder(workspace, source), { recursive: true, force: true });
  const kept = keeps ? new KeptFolder(workspace.paths.sources, source.name) : null;
  try {
    return await pullRemote(catalog, { source: source.name, opened, read: source.read ?? 'whole', kept, md5: workspace.config.release?.md5 === true, rehash: options.rehash === true }, effects);
  } finally {
    opened.close();
    kept?.close();
  }
}
