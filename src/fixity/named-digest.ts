import { closeSync, readSync } from 'node:fs';
import { createHash, getHashes, type Hash } from 'node:crypto';
import { SizeError } from './digest.js';
import { asUnreadable, openRegularFileCoarse, UnreadableFileError } from './file.js';

/** Signatures and pairs of hashes that node:crypto lists too, and hashes that have no length of their own. */
const NO_PLAIN_HASH = /rsa|^id-|^ssl|^md5-sha1$|^shake/i;

let known: ReadonlyMap<string, { name: string; digits: number }> | null = null;

/** An algorithm as node:crypto calls it, and the hex digits of its digests. */
export interface NamedAlgorithm {
  name: string;
  digits: number;
}

/** The algorithm of a manifest by the name it has there (`sha256`, `SHA-256`, `sha3-512`, `blake2b512`); null when node:crypto has none such. */
export function namedAlgorithm(name: string): NamedAlgorithm | null {
  known ??= new Map(getHashes().filter((each) => !NO_PLAIN_HASH.test(each)).map((each) => [plain(each), { name: each, digits: createHash(each).digest('hex').length }]));
  return known.get(ALIASES.get(plain(name)) ?? plain(name)) ?? null;
}

/** Names of others. `b2sum` writes BLAKE2b. */
const ALIASES = new Map([['b2', 'blake2b512'], ['blake2b', 'blake2b512'], ['blake2s', 'blake2s256'], ['sha', 'sha1'], ['rmd160', 'ripemd160']]);

function plain(name: string): string {
  return name.toLowerCase().replace(/[-_/]/g, '');
}

/** Digests by several algorithms of node:crypto over bytes that come in pieces. */
export class RunningDigests {
  readonly #hashes: Hash[];

  constructor(algorithms: readonly string[]) {
    this.#hashes = algorithms.map((algorithm) => createHash(algorithm));
  }

  update(bytes: Uint8Array): void {
    for (const hash of this.#hashes) hash.update(bytes);
  }

  /** In lower-case hex and in the order of the algorithms; ends the run. */
  hex(): string[] {
    return this.#hashes.map((hash) => hash.digest('hex'));
  }
}

const BUFFER = Buffer.allocUnsafeSlow(1 << 20);

/**
 * Digests of a regular file by several algorithms of node:crypto from one read; never through a link.
 * @param expectedBytes null when any size will do
 * @throws {UnreadableFileError}
 * @throws {SizeError} when it has another size; it was not read then
 */
export function digestFileBy(path: string, algorithms: readonly string[], expectedBytes: number | null): { size_bytes: number; digests: string[] } {
  const { descriptor, stat } = openRegularFileCoarse(path);
  try {
    if (expectedBytes !== null && stat.size !== expectedBytes) throw new SizeError(path, expectedBytes, stat.size);
    const running = new RunningDigests(algorithms);
    let size = 0;
    for (let read = readSync(descriptor, BUFFER); read > 0; read = readSync(descriptor, BUFFER)) {
      running.update(BUFFER.subarray(0, read));
      size += read;
    }
    if (size !== stat.size) throw new UnreadableFileError('changed', null, path);
    return { size_bytes: size, digests: running.hex() };
  } catch (error) {
    throw error instanceof SizeError ? error : asUnreadable(error, path);
  } finally {
    closeSync(descriptor);
  }
}
