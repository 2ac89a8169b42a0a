import type { IncomingMessage } from 'node:http';
import { systemErrorCode } from '../errors.js';
import { interrupted } from './retry.js';
import { SourceFailure } from './source.js';

/** Bytes that may wait for a reader who takes his time, before the server is made to wait. */
const HIGH_WATER_BYTES = 512 * 1024;

/**
 * The bytes of an answer. The clock runs only while they are waited for: a reader may take its time. `next` throws `SourceFailure` when
 * they break off, or none come for `timeout_ms`, and INTERRUPTED. A stream's own iterator takes three times as long for a chunk.
 */
export function bodyOf(response: IncomingMessage, timeout_ms: number, name: string, signal?: AbortSignal): AsyncIterableIterator<Uint8Array> {
  return new HttpBody(response, timeout_ms, name, signal);
}

/** One for all: whoever it is told makes his own of it. */
const BROKEN = new Error('The connection ended.');

/** Who waits for the next bytes. */
interface Waiting {
  done(step: IteratorResult<Uint8Array>): void;
  fail(error: Error): void;
}

class HttpBody implements AsyncIterableIterator<Uint8Array> {
  readonly #chunks: Uint8Array[] = [];
  #held = 0;
  #waiting: Waiting | null = null;
  #timer: NodeJS.Timeout | null = null;
  /** Null until it is over; then why, and null again within for an end as it should be. */
  #over: { error: Error | null } | null = null;

  constructor(
    readonly response: IncomingMessage,
    readonly timeout_ms: number,
    readonly name: string,
    readonly signal: AbortSignal | undefined,
  ) {
    response.on('data', (chunk: Uint8Array) => this.#take(chunk));
    response.once('end', () => this.#end(response.complete ? null : BROKEN));
    response.on('error', (error) => this.#end(error));
    response.once('close', () => this.#end(BROKEN));
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  next(): Promise<IteratorResult<Uint8Array>> {
    const chunk = this.#chunks.shift();
    if (chunk !== undefined) {
      this.#held -= chunk.length;
      if (this.#held < HIGH_WATER_BYTES && this.response.isPaused()) this.response.resume();
      return Promise.resolve({ done: false, value: chunk });
    }
    if (this.#over !== null) return this.#last(this.#over.error);
    return new Promise((done, fail) => {
      this.#waiting = { done, fail };
      // One timer for the whole answer: it is set anew whenever bytes are waited for.
      if (this.#timer === null) this.#timer = setTimeout(() => this.#stall(), this.timeout_ms);
      else this.#timer.refresh();
    });
  }

  return(): Promise<IteratorResult<Uint8Array>> {
    this.#end(null);
    this.#chunks.length = 0;
    this.response.destroy();
    return Promise.resolve({ done: true, value: undefined });
  }

  #take(chunk: Uint8Array): void {
    const waiting = this.#waiting;
    if (waiting !== null) {
      this.#waiting = null;
      return waiting.done({ done: false, value: chunk });
    }
    this.#chunks.push(chunk);
    this.#held += chunk.length;
    if (this.#held >= HIGH_WATER_BYTES) this.response.pause();
  }

  #end(error: Error | null): void {
    if (this.#over !== null) return;
    this.#over = { error };
    if (this.#timer !== null) clearTimeout(this.#timer);
    const waiting = this.#waiting;
    this.#waiting = null;
    if (waiting !== null) this.#last(error).then(waiting.done, waiting.fail);
  }

  /** The clock runs on while nobody waits: then it means nothing. */
  #stall(): void {
    if (this.#waiting === null) return;
    this.response.destroy(new SourceFailure(`${this.name} sends nothing for ${this.timeout_ms / 1000} s`, { retry: true }));
  }

  #last(error: Error | null): Promise<IteratorResult<Uint8Array>> {
    return error === null ? Promise.resolve({ done: true, value: undefined }) : Promise.reject(this.#judge(error));
  }

  #judge(error: Error): Error {
    if (this.signal?.aborted === true) return interrupted();
    if (error instanceof SourceFailure) return error;
    return new SourceFailure(`${this.name} broke off (${systemErrorCode(error) ?? 'the connection ended'})`, { retry: true, cause: error });
  }
}
