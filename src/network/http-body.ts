import type { IncomingMessage } from 'node:http';
import { systemErrorCode } from '../errors.js';
import { interrupted } from './retry.js';
import { SourceFailure } from './source.js';

/**
 * The bytes of an answer. The clock runs only while they are waited for: a reader may take its time.
 * @throws {SourceFailure} when they break off, or none come for `timeout_ms`; INTERRUPTED
 */
export async function* bodyOf(response: IncomingMessage, timeout_ms: number, name: string, signal?: AbortSignal): AsyncGenerator<Uint8Array> {
  const chunks = response[Symbol.asyncIterator]() as AsyncIterator<Uint8Array>;
  try {
    for (;;) {
      const step = await within(timeout_ms, chunks.next(), () => response.destroy(new SourceFailure(`${name} sends nothing for ${timeout_ms / 1000} s`, { retry: true })));
      if (step.done === true) return;
      yield step.value;
    }
  } catch (error) {
    if (signal?.aborted === true) throw interrupted();
    if (error instanceof SourceFailure) throw error;
    throw new SourceFailure(`${name} broke off (${systemErrorCode(error) ?? 'the connection ended'})`, { retry: true, cause: error });
  } finally {
    response.destroy();
  }
}

async function within<T>(timeout_ms: number, step: Promise<T>, onTimeout: () => void): Promise<T> {
  const timer = setTimeout(onTimeout, timeout_ms);
  try {
    return await step;
  } finally {
    clearTimeout(timer);
  }
}
