import { readSync } from 'node:fs';
import { Readable } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import { createGunzip } from 'node:zlib';
import type { RunningSha256 } from '../fixity/digest.js';

const CHUNK_BYTES = 1 << 20;

/** A gzip member can swell a thousandfold; no clinical table is as large as this. */
export const INFLATED_BYTES_MAX = 16 * 2 ** 30;

/** The bytes of a gzip file are damaged, cut off, or inflate beyond all measure. */
export class GzipDefect extends Error {
  override readonly name = 'GzipDefect';
}

/**
 * The bytes of an open file in pieces that end between two UTF-8 characters (unless the text is not UTF-8); every byte
 * as stored on disk goes into `sha256`. A piece is only valid until the next is asked for. Lets other work in between.
 * @throws {GzipDefect}
 */
export async function* readPieces(descriptor: number, gzip: boolean, sha256: RunningSha256): AsyncGenerator<Buffer> {
  let rest = Buffer.alloc(0);
  for await (const chunk of gzip ? inflate(descriptor, sha256) : readChunks(descriptor, sha256)) {
    const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    const end = bytes.length - incompleteTail(bytes);
    rest = Buffer.from(bytes.subarray(end));
    if (end > 0) yield bytes.subarray(0, end);
  }
  if (rest.length > 0) yield rest;
}

async function* readChunks(descriptor: number, sha256: RunningSha256): AsyncGenerator<Buffer> {
  const buffer = Buffer.allocUnsafeSlow(CHUNK_BYTES);
  for (;;) {
    const read = readSync(descriptor, buffer, 0, CHUNK_BYTES, null);
    if (read === 0) return;
    const bytes = buffer.subarray(0, read);
    sha256.update(bytes);
    yield bytes;
    await setImmediate();
  }
}

async function* inflate(descriptor: number, sha256: RunningSha256): AsyncGenerator<Buffer> {
  const gunzip = createGunzip({ chunkSize: CHUNK_BYTES });
  const stored = Readable.from(copies(readChunks(descriptor, sha256)), { objectMode: false });
  stored.on('error', (error) => gunzip.destroy(error));
  let inflated = 0;
  try {
    for await (const bytes of stored.pipe(gunzip) as AsyncIterable<Buffer>) {
      inflated += bytes.length;
      if (inflated > INFLATED_BYTES_MAX) throw new GzipDefect(`The file inflates to more than ${INFLATED_BYTES_MAX} bytes.`);
      yield bytes;
    }
  } catch (error) {
    if (isZlibError(error)) throw new GzipDefect('The gzip file is damaged or cut off.', { cause: error });
    throw error;
  } finally {
    stored.destroy();
    gunzip.destroy();
  }
}

/** zlib works on a chunk while the next one is read, so it gets its own. */
async function* copies(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  for await (const chunk of chunks) yield Buffer.from(chunk);
}

function isZlibError(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'code' in error && String(error.code).startsWith('Z_');
}

/** How many bytes at the end begin a character that is not complete. */
function incompleteTail(bytes: Buffer): number {
  for (let back = 1; back <= 3 && back <= bytes.length; back++) {
    const byte = bytes[bytes.length - back] as number;
    if (byte < 0x80) return 0;
    if (byte < 0xc0) continue;
    const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2;
    return length > back ? back : 0;
  }
  return 0;
}
