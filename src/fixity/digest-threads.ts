import { strict as assert } from 'node:assert';
import { hash } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';

/** What goes to a thread at once, in bytes: large enough that the message costs nothing beside the digest. */
const PIECE_BYTES = 512 * 1024;

/** A file up to this size, in bytes, is digested here: a thread would answer later than that takes. */
const HERE_BYTES = 64 * 1024;

/** Two of them digest faster than one thread receives. */
const THREADS = 2;

/** A piece of a file on its way to a thread; its buffer comes back. */
export interface DigestPiece {
  file: number;
  /** In the first piece of a file. */
  algorithms?: readonly string[];
  buffer: ArrayBuffer;
  length: number;
  /** `end`: no piece follows, the digests are wanted. `drop`: they are not wanted any more. */
  then: 'more' | 'end' | 'drop';
}

/** What a thread says of a piece. */
export interface DigestAnswer {
  file: number;
  buffer: ArrayBuffer;
  /** Of a file that has ended, in the order of its algorithms. */
  hex?: string[];
}

/**
 * Threads that digest files which come in pieces, many at once, so that whoever receives them goes on receiving. They are started when
 * the first piece is there for them, and hold half a megabyte a file.
 */
export class DigestThreads {
  readonly #threads: Worker[] = [];
  readonly #free: ArrayBuffer[] = [];
  readonly #waiting: ((buffer: ArrayBuffer) => void)[] = [];
  readonly #ends = new Map<number, { done(hex: string[]): void; fail(error: Error): void }>();
  #buffers = 0;
  #files = 0;
  #failure: Error | null = null;

  /** @param atOnce files that are on their way at once, about */
  constructor(
    readonly atOnce: number,
    readonly count = THREADS,
  ) {}

  /** Begins a file; algorithms as node:crypto calls them. */
  begin(algorithms: readonly string[]): ThreadDigests {
    this.#files += 1;
    return new ThreadDigests(this, this.#files, algorithms);
  }

  /** Ends the threads; digests that are still wanted will not come. */
  close(): void {
    for (const thread of this.#threads) void thread.terminate();
  }

  /** A buffer for the next piece, when there is one. Only those that are not with a thread can be waited for in vain, and they are few. */
  buffer(): ArrayBuffer | Promise<ArrayBuffer> {
    const free = this.#free.pop();
    if (free !== undefined) return free;
    if (this.#buffers >= this.atOnce + 2 * this.count) return new Promise((done) => this.#waiting.push(done));
    this.#buffers += 1;
    return new ArrayBuffer(PIECE_BYTES);
  }

  /** Takes back a buffer that is not needed any more. */
  giveBack(buffer: ArrayBuffer): void {
    if (buffer.byteLength !== PIECE_BYTES) return;
    const waiting = this.#waiting.shift();
    if (waiting === undefined) this.#free.push(buffer);
    else waiting(buffer);
  }

  /** Hands a piece, and its buffer, to the thread of its file. */
  send(piece: DigestPiece): void {
    if (this.#failure !== null) throw this.#failure;
    const at = piece.file % this.count;
    while (this.#threads.length <= at) this.#threads.push(this.#start());
    this.#threads[at]?.postMessage(piece, [piece.buffer]);
  }

  /** Lets a thread forget a file. */
  drop(file: number): void {
    if (this.#failure === null) this.send({ file, buffer: new ArrayBuffer(0), length: 0, then: 'drop' });
  }

  /** The digests of a file whose last piece was sent. */
  ended(file: number): Promise<string[]> {
    return new Promise((done, fail) => {
      if (this.#failure !== null) return fail(this.#failure);
      this.#ends.set(file, { done, fail });
    });
  }

  #start(): Worker {
    const thread = new Worker(fileURLToPath(new URL('./digest-thread.js', import.meta.url)), { execArgv: [] });
    thread.on('message', ({ file, buffer, hex }: DigestAnswer) => {
      this.giveBack(buffer);
      if (hex === undefined) return;
      this.#ends.get(file)?.done(hex);
      this.#ends.delete(file);
    });
    thread.once('error', (error) => this.#fail(error));
    return thread;
  }

  /** No digest comes any more; who waits for a buffer gets one, and fails when it sends it. */
  #fail(error: Error): void {
    this.#failure ??= error;
    for (const { fail } of this.#ends.values()) fail(error);
    this.#ends.clear();
    for (const done of this.#waiting.splice(0)) done(new ArrayBuffer(PIECE_BYTES));
  }
}

/** The digests of one file, of which one piece after the other comes. */
export class ThreadDigests {
  #piece: { buffer: ArrayBuffer; filled: number } | null = null;
  #sent = false;

  constructor(
    readonly threads: DigestThreads,
    readonly file: number,
    readonly algorithms: readonly string[],
  ) {}

  /** Takes the next bytes, which may be used again when it is done; a promise when the threads have to be waited for. */
  update(bytes: Uint8Array): void | Promise<void> {
    const { buffer, filled } = this.#piece ?? { buffer: null, filled: 0 };
    if (buffer === null || bytes.length > PIECE_BYTES - filled) return this.#updateOver(bytes);
    new Uint8Array(buffer, filled).set(bytes);
    this.#piece = { buffer, filled: filled + bytes.length };
  }

  /** The digests in lower-case hex, in the order of the algorithms; ends the file. */
  async hex(): Promise<string[]> {
    const { buffer, filled } = this.#piece ?? { buffer: await this.threads.buffer(), filled: 0 };
    this.#piece = null;
    if (!this.#sent && filled <= HERE_BYTES) {
      const digests = this.algorithms.map((algorithm) => hash(algorithm, new Uint8Array(buffer, 0, filled)));
      this.threads.giveBack(buffer);
      return digests;
    }
    this.#send(buffer, filled, 'end');
    this.#sent = false;
    return this.threads.ended(this.file);
  }

  /** Gives the file up, unless it has ended. */
  drop(): void {
    const piece = this.#piece;
    this.#piece = null;
    if (piece !== null) this.threads.giveBack(piece.buffer);
    if (this.#sent) this.threads.drop(this.file);
    this.#sent = false;
  }

  async #updateOver(bytes: Uint8Array): Promise<void> {
    for (let rest = bytes; rest.length > 0; ) {
      const { buffer, filled } = this.#piece ?? { buffer: await this.threads.buffer(), filled: 0 };
      assert(this.#piece === null || this.#piece.buffer === buffer, 'bytes come one after the other');
      const part = rest.subarray(0, PIECE_BYTES - filled);
      new Uint8Array(buffer, filled).set(part);
      this.#piece = { buffer, filled: filled + part.length };
      rest = rest.subarray(part.length);
      if (this.#piece.filled < PIECE_BYTES || rest.length === 0) continue;
      this.#piece = null;
      this.#send(buffer, PIECE_BYTES, 'more');
    }
  }

  #send(buffer: ArrayBuffer, length: number, then: DigestPiece['then']): void {
    this.threads.send({ file: this.file, buffer, length, then, ...(this.#sent ? {} : { algorithms: this.algorithms }) });
    this.#sent = true;
  }
}
