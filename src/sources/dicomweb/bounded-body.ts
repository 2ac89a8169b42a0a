import { Readable } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';
import type { HttpAnswer } from '../../network/http-client.js';
import { SourceFailure } from '../../network/source.js';

/**
 * The bytes of an answer, decoded where the server encoded them without being asked, as Orthanc may. Its Content-Length then
 * says nothing about them.
 * @throws {SourceFailure} for an encoding that is unknown or broken
 */
export function decodedBody(answer: HttpAnswer): AsyncIterable<Uint8Array> {
  const encoding = answer.headers['content-encoding']?.trim().toLowerCase() ?? 'identity';
  if (encoding === 'identity' || encoding === '') return answer.body;
  const decoder = encoding === 'gzip' || encoding === 'x-gzip' ? createGunzip() : encoding === 'deflate' ? createInflate() : encoding === 'br' ? createBrotliDecompress() : null;
  if (decoder !== null) return decoded(answer, decoder);
  answer.close();
  throw new SourceFailure(`${answer.name} sends its answer in an encoding that was not asked for (${encoding.replace(/[^\w-]/g, '').slice(0, 20)})`, { retry: false });
}

async function* decoded({ body, name, close }: HttpAnswer, decoder: ReturnType<typeof createGunzip>): AsyncGenerator<Uint8Array> {
  const source = Readable.from(body, { objectMode: false });
  source.once('error', (error) => decoder.destroy(error));
  source.pipe(decoder);
  try {
    yield* decoder as AsyncIterable<Uint8Array>;
  } catch (error) {
    if (error instanceof SourceFailure || (error instanceof Error && error.name === 'CurationError')) throw error;
    throw new SourceFailure(`${name} sends an answer whose encoding is broken`, { retry: true, cause: error });
  } finally {
    source.destroy();
    decoder.destroy();
    close();
  }
}

/**
 * The whole body of an answer.
 * @throws {SourceFailure} when it is longer than `limit` bytes
 */
export async function readBounded(answer: HttpAnswer, limit: number): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of decodedBody(answer)) {
    size += chunk.length;
    if (size > limit) throw new SourceFailure(`${answer.name} answers with more than ${limit} bytes`, { retry: false });
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, size);
}
