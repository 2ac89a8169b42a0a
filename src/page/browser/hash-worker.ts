import { Sha256 } from './sha256.js';

/** A file to hash; the number comes back with its digest. */
export interface HashJob {
  number: number;
  file: Blob;
}

/** What a worker says: bytes that it went on, and at the end of a file its digest, or why it could not be read. */
export interface HashNews {
  number: number;
  bytes: number;
  sha256?: string;
  failure?: string;
  /** The last file of its batch is done. */
  idle?: true;
}

/** The part of a worker's global scope that is used here. */
interface WorkerScope {
  onmessage: ((event: MessageEvent<HashJob[]>) => void) | null;
  postMessage(news: HashNews): void;
}

const PIECE_BYTES = 4 << 20;

/** Serves as the worker: hashes batches of files, one after the other, a piece in memory at a time. */
export function serveHashing(scope: WorkerScope): void {
  scope.onmessage = ({ data }) => void hashBatch(scope, data);
}

async function hashBatch(scope: WorkerScope, jobs: readonly HashJob[]): Promise<void> {
  for (const [at, { number, file }] of jobs.entries()) {
    const end = at === jobs.length - 1 ? { idle: true as const } : {};
    try {
      scope.postMessage({ number, ...(await hashFile(file, (bytes) => scope.postMessage({ number, bytes }))), ...end });
    } catch (error) {
      scope.postMessage({ number, bytes: 0, failure: error instanceof Error ? error.message : String(error), ...end });
    }
  }
}

/** Files of one piece are hashed by the browser itself, where it does so; it offers that for whole buffers, and to secure pages, only. */
async function hashFile(file: Blob, onProgress: (bytes: number) => void): Promise<{ bytes: number; sha256: string }> {
  const native = (globalThis.crypto as Crypto | undefined)?.subtle as SubtleCrypto | undefined;
  if (file.size <= PIECE_BYTES && native !== undefined) {
    const digest = new Uint8Array(await native.digest('SHA-256', await file.arrayBuffer()));
    return { bytes: file.size, sha256: Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('') };
  }
  const hash = new Sha256();
  for (let at = 0; at < file.size; at += PIECE_BYTES) {
    const piece = new Uint8Array(await file.slice(at, at + PIECE_BYTES).arrayBuffer());
    hash.update(piece);
    onProgress(piece.length);
  }
  return { bytes: 0, sha256: hash.hex() };
}
