/**
 * The floor for anything that reads and hashes files with Node: `node bare-loop.js FOLDER [WORKERS]` lists the folder, has
 * worker threads take files from a shared counter, read them into one buffer each and hash them. Nothing else.
 */
import { createHash, hash } from 'node:crypto';
import { closeSync, fstatSync, openSync, readdirSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { fileURLToPath } from 'node:url';
import { reportPeak } from './measure.js';

interface Share {
  paths: string[];
  counter: Int32Array;
  claim: number;
}

const BUFFER_BYTES = 1 << 20;

function list(folder: string, paths: string[] = []): string[] {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) list(path, paths);
    else paths.push(path);
  }
  return paths;
}

function hashFile(path: string, buffer: Buffer): string {
  const descriptor = openSync(path, 'r');
  const { size } = fstatSync(descriptor);
  let digest: string;
  if (size <= BUFFER_BYTES) {
    readSync(descriptor, buffer, 0, size, null);
    digest = hash('sha256', buffer.subarray(0, size));
  } else {
    const sha256 = createHash('sha256');
    for (let read = 0; (read = readSync(descriptor, buffer, 0, BUFFER_BYTES, null)) > 0; ) sha256.update(buffer.subarray(0, read));
    digest = sha256.digest('hex');
  }
  closeSync(descriptor);
  return digest;
}

if (isMainThread) {
  const [folder = '.', workers = '2'] = process.argv.slice(2);
  const paths = list(folder);
  const share: Share = { paths, counter: new Int32Array(new SharedArrayBuffer(4)), claim: paths.length > 1000 ? 64 : 4 };
  let hashed = 0;
  const done = Array.from({ length: Number(workers) }, () => {
    const worker = new Worker(fileURLToPath(import.meta.url), { workerData: share });
    worker.on('message', (count: number) => (hashed += count));
    return new Promise((resolve, reject) => worker.once('exit', resolve).once('error', reject));
  });
  await Promise.all(done);
  process.stdout.write(`files=${hashed}\n`);
  reportPeak();
} else {
  const { paths, counter, claim } = workerData as Share;
  const buffer = Buffer.allocUnsafeSlow(BUFFER_BYTES);
  const digests: string[] = [];
  for (let start = Atomics.add(counter, 0, claim); start < paths.length; start = Atomics.add(counter, 0, claim)) {
    for (const path of paths.slice(start, start + claim)) digests.push(hashFile(path, buffer));
  }
  parentPort?.postMessage(digests.length);
}
