import { strict as assert } from 'node:assert';
import type { Effects } from '../effects.js';
import { CurationError } from '../errors.js';
import { DEFAULT_RETRY, Retry } from '../network/retry.js';
import { SourceFailure } from '../network/source.js';
import { DEFAULT_CONNECTIONS } from '../sources/remote/connections.js';
import { openRemote } from '../sources/remote/open-remote.js';
import type { ManifestItems } from '../sources/remote/manifest-items.js';
import type { RemoteSource } from '../sources/remote/remote-source.js';
import { imageSources } from '../workspace/source-folders.js';
import type { Workspace } from '../workspace/workspace.js';

/** How long a server may send nothing, in ms. */
const TIMEOUT_MS = 60_000;

/** Files in a row that could not be had, after which the source itself is taken to have failed. */
const MAX_FAILED_IN_ROW = 20;

/** A source with its connections. */
export interface OpenedSource {
  remote: RemoteSource;
  /** Requests at the same time. */
  connections: number;
  /** Aborted by the user, or by `stop`. */
  signal: AbortSignal;
  /** Gives up all requests. */
  stop(): void;
  /** Gives up the connections. */
  close(): void;
}

/**
 * Opens a source of images that colophon.yaml names and that is elsewhere.
 * @throws {CurationError} CONFIG_INVALID
 */
export async function openSource(workspace: Workspace, name: string, options: { effects: Effects; signal?: AbortSignal | undefined; manifest?: ManifestItems | undefined }): Promise<OpenedSource> {
  const config = imageSources(workspace.config).find((source) => source.name === name);
  assert(config !== undefined && config.kind !== 'dicom-folder', `${name} is a source that is elsewhere`);
  const stopped = new AbortController();
  const signal = options.signal === undefined ? stopped.signal : AbortSignal.any([options.signal, stopped.signal]);
  const remote = await openRemote(config, { root: workspace.root, environment: process.env, timeout_ms: TIMEOUT_MS, signal, note: options.effects.warn, ...(options.manifest === undefined ? {} : { manifest: options.manifest }) });
  const stop = (): void => stopped.abort();
  return { remote, connections: config.connections ?? DEFAULT_CONNECTIONS, signal, stop, close: () => remote.close() };
}

/** How often one file is asked for. Files have pauses of their own, so that not all of them ask again at once. */
export function retryOf(path: string, signal: AbortSignal | undefined): Retry {
  let seed = 0;
  for (let at = 0; at < path.length; at++) seed = (Math.imul(seed, 31) + path.charCodeAt(at)) >>> 0;
  return new Retry({ ...DEFAULT_RETRY, seed }, signal);
}

/** Tells a file that cannot be had from a source that cannot be read. */
export class FailureCount {
  #inRow = 0;

  /**
   * Runs `work`; where the source does not give the file, what `otherwise` makes of it.
   * @throws {SourceFailure} of the source as a whole, or the last one of too many in a row
   */
  async judge<T>(work: () => Promise<T>, otherwise: (failure: SourceFailure) => T): Promise<T> {
    try {
      const result = await work();
      this.#inRow = 0;
      return result;
    } catch (error) {
      if (!(error instanceof SourceFailure)) throw error;
      // A manifest may name what its store never had: that is no failure of the store.
      if (error.details.kind === 'missing') return otherwise(error);
      this.#inRow += 1;
      if (error.details.wide === true || this.#inRow >= MAX_FAILED_IN_ROW) throw error;
      return otherwise(error);
    }
  }
}

/** The failure of a source as the user is told it. */
export function sourceFailed(source: string, failure: SourceFailure): CurationError {
  return new CurationError('SOURCE_UNREADABLE', `The source ${source} cannot be read: ${failure.message}.`, { suggestions: failure.details.suggestions ?? [], cause: failure });
}
