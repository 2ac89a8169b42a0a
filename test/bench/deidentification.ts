/**
 * Microseconds to judge one parsed file by the rules of de-identification, and megabytes a second of the sweep for known
 * identifiers: `node dist/test/bench/deidentification.js`.
 */
import { judgeDeidentification } from '../../src/deidentification/judge.js';
import { IdentifierFilter, IdentifierList, type IdentifierSet } from '../../src/deidentification/identifier-set.js';
import { findProfileRule } from '../../src/deidentification/profile.js';
import type { DicomFile } from '../../src/dicom/dicom-file.js';
import { completePolicy } from '../../src/model/policy-profiles.js';
import { createTextScanner } from '../../src/text/scan.js';
import { fileWith, options, parse, type Changes } from '../deidentification/released-file.js';

const policy = completePolicy();
const report = { looked: () => undefined, add: () => undefined };
const scan = createTextScanner(policy);

/** So many elements in all, as slices of scanners have them: numbers, codes, a few texts and a safe private block. */
function slice(count: number): Changes {
  const tags = Array.from({ length: 3 * count }, (_, index) => 0x00189300 + index).filter((tag) => findProfileRule(tag) === undefined);
  const numbers = Object.fromEntries(tags.slice(0, count).map((tag): [string, [string, string]] => [tag.toString(16).padStart(8, '0'), ['DS', '0.123456']]));
  return { ...numbers, '00120064': options('113105', '113107', '113108', '113111'), '00190010': ['LO', 'GEMS_ACQU_01'], '00191023': ['DS', '39.375'], '00191024': ['DS', '1.5'] };
}

/** Pixels like those of a scanner: sixteen bits, twelve used, neighbours alike. */
function pixels(megabytes: number): Buffer {
  const bytes = Buffer.alloc(megabytes * 1024 * 1024);
  let state = 1;
  for (let at = 0; at < bytes.length; at += 2) {
    state = (state * 1103515245 + 12345) & 0x7fffffff;
    bytes.writeUInt16LE((1000 + ((at >> 6) % 800) + ((state >> 16) & 0x3f)) & 0xfff, at);
  }
  return bytes;
}

/** Time of the processor, in microseconds, of the fastest of several rounds: the others measure what else the machine did. */
function fastest(rounds: number, run: () => void): number {
  return Math.min(
    ...Array.from({ length: rounds }, () => {
      const started = process.cpuUsage();
      run();
      return process.cpuUsage(started).user;
    }),
  );
}

const judge = (file: DicomFile, known: IdentifierSet | null = null): void => judgeDeidentification(file, policy, report, { scan, known });

const file = parse(fileWith(slice(110)));
const ROUND = 500;
const single = fastest(20, () => {
  for (let count = 0; count < ROUND; count += 1) judge(file);
});
process.stdout.write(`judging ${file.dataSet.elements.length} elements: ${(single / ROUND).toFixed(1)} us, texts remembered\n`);

const MEGABYTES = 16;
const large = parse(fileWith({ '7fe00010': ['OW', pixels(MEGABYTES)] }));
const identifiers = Array.from({ length: 100_000 }, (_, index) => (index % 2 === 0 ? `MRN${String(index * 7919).padStart(8, '0')}` : `Surname${index} Given${index % 977}`));
const list = new IdentifierList(identifiers);
const key = Buffer.alloc(32, 7);
for (const [name, known] of [['list', list], ['keyed filter', new IdentifierFilter(list.toFilter(key), key)]] as const) {
  const microseconds = fastest(3, () => judge(large, known));
  process.stdout.write(`sweep with a ${name} of ${identifiers.length} identifiers: ${((MEGABYTES * 1e6) / microseconds).toFixed(0)} MB/s\n`);
}
