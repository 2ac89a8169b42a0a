/** MB/s of the text scanner on one core, without its memory, on text that does not repeat: `node dist/test/bench/text.js`. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PACKAGE_ROOT } from '../../src/package-root.js';
import { scanByteRuns } from '../../src/text/byte-scan.js';
import { createUnremembered, type ScanContext } from '../../src/text/scan.js';

const POLICY = {
  institutions: ['Mercy General Hospital', 'KLM', 'Lankenau'],
  dummy_values: ['ANONYMOUS', 'REMOVED'],
  limits: { text_chars: 1_048_576, inflated_bytes: 1, pixels: 1 },
};
const TOTAL_BYTES = 4_000_000;
const ROUNDS = 4;

const descriptions = readFileSync(join(PACKAGE_ROOT, 'test/fixtures/text/published-study-descriptions.tsv'), 'utf8')
  .split('\n')
  .slice(1)
  .map((line) => line.split('\t')[1] ?? '')
  .filter((text) => text.length > 1 && !text.includes('BAPTIST'));

/** Numbers that repeat from run to run: xorshift. */
function numbers(): () => number {
  let state = 0x9e3779b9;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state >>> 0;
  };
}

/** Different texts of about so many characters, made of descriptions, numbers, and a leak now and then. */
function corpus(charsEach: number, leaks = true): string[] {
  const next = numbers();
  const texts: string[] = [];
  for (let bytes = 0; bytes < TOTAL_BYTES; bytes += texts.at(-1)?.length ?? 0) {
    let text = '';
    while (text.length < charsEach) {
      text += `${descriptions[next() % descriptions.length]} ${next() % 1000} `;
      if (leaks && next() % 200 === 0) text += 'SMITH^JOHN 2020-01-31 ';
    }
    texts.push(text);
  }
  return texts;
}

/** The fastest of several rounds, in MB a second of processor time: wall time measures what else the machine did. */
function best(bytes: number, run: () => void): string {
  const seconds = Array.from({ length: ROUNDS }, () => {
    const started = process.cpuUsage();
    run();
    return process.cpuUsage(started).user / 1e6;
  });
  return `${(bytes / 1e6 / Math.min(...seconds)).toFixed(1).padStart(7)} MB/s`;
}

const scan = createUnremembered(POLICY);

function benchTexts(name: string, charsEach: number, context: ScanContext): void {
  const texts = corpus(charsEach);
  const bytes = texts.reduce((sum, text) => sum + text.length, 0);
  process.stdout.write(`${name.padEnd(44)} ${best(bytes, () => texts.forEach((text) => scan(text, context)))}\n`);
}

function benchBytes(name: string, bytes: Buffer): void {
  process.stdout.write(`${name.padEnd(44)} ${best(bytes.length, () => void scanByteRuns(bytes, scan))}\n`);
}

const next = numbers();
benchTexts('study descriptions, 30 characters each', 30, { kind: 'description' });
benchTexts('comments, 400 characters each', 400, { kind: 'free-text' });
benchTexts('text, 100 000 characters each', 100_000, { kind: 'free-text' });
benchBytes('noise, as bytes', Buffer.from(Array.from({ length: 4_000_000 }, () => next() & 0xff)));
benchBytes('descriptions, as bytes', Buffer.from(corpus(1000, false).join('\0')));
