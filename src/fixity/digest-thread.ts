/** A thread of DigestThreads: takes pieces of files, and gives their buffers back. */
import { strict as assert } from 'node:assert';
import { parentPort } from 'node:worker_threads';
import type { DigestAnswer, DigestPiece } from './digest-threads.js';
import { RunningDigests } from './named-digest.js';

const files = new Map<number, RunningDigests>();

function take({ file, algorithms, buffer, length, then }: DigestPiece): DigestAnswer {
  const running = files.get(file) ?? new RunningDigests(algorithms ?? []);
  if (algorithms !== undefined) files.set(file, running);
  running.update(new Uint8Array(buffer, 0, length));
  if (then === 'more') return { file, buffer };
  files.delete(file);
  return then === 'end' ? { file, buffer, hex: running.hex() } : { file, buffer };
}

assert(parentPort !== null, 'runs in a thread');
const port = parentPort;
port.on('message', (piece: DigestPiece) => {
  const answer = take(piece);
  port.postMessage(answer, [answer.buffer]);
});
