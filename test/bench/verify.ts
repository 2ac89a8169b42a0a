/**
 * Measures verify against its floors: bare read-and-hash loops over the same files in the same rounds. Run through main.ts;
 * `node verify.js RELEASE` is one measured run of the library in a process of its own.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { FileDigester } from '../../src/fixity/digest.js';
import { compareBytewise } from '../../src/fixity/order.js';
import { verifyRelease } from '../../src/verify/verify.js';
import { sealRelease } from '../support/release-folder.js';
import { makeCorpus, makeCorpusOfSize, RADIOGRAPHS, SLICES, SMALL, type Corpus } from './corpus.js';
import { hasCommand, measureAll, nodeSubject, print, printTable, reportPeak, type BenchOptions, type Measurement, type Subject } from './measure.js';

const SELF = new URL('./verify.js', import.meta.url);
const BARE = new URL('./bare-loop.js', import.meta.url);
const OURS = 'colophon verify';
const FLOOR = 'bare Node loop, 2 workers';

/** Half of the bytes as slices, half as radiographs, then 10,000 and 100,000 files of 4 KiB for the growth. */
export async function bench(options: BenchOptions): Promise<void> {
  await compare(makeCorpusOfSize(SLICES, options.bytes / 2, options.folder), options);
  await compare(makeCorpusOfSize(RADIOGRAPHS, options.bytes / 2, options.folder), options);
  const few = await compare(makeCorpus(SMALL, 10_000, options.folder), options);
  const many = await compare(makeCorpus(SMALL, 100_000, options.folder), options);
  print(`\ngrowth with 10 times the files: time x ${((many?.seconds ?? 0) / (few?.seconds ?? 1)).toFixed(1)}, peak memory ${few?.peak_mb} to ${many?.peak_mb} MB`);
}

async function compare(corpus: Corpus, options: BenchOptions): Promise<Measurement | undefined> {
  seal(corpus);
  const list = `${corpus.paths.map((path) => join(corpus.root, path)).join('\n')}\n`;
  const spread = (command: string): string[] => ['-d', '\\n', '-P', '2', '-n', String(Math.min(500, Math.ceil(corpus.paths.length / 8))), ...command.split(' ')];
  const subjects: Subject[] = [
    nodeSubject(OURS, SELF, [corpus.root], { check: (stdout) => expectFiles(stdout, corpus.paths.length) }),
    nodeSubject(FLOOR, BARE, [join(corpus.root, 'data'), '2'], { check: (stdout) => expectFiles(stdout, corpus.paths.length) }),
    ...['openssl dgst -sha256', 'sha256sum']
      .filter((command) => hasCommand(command.split(' ')[0] ?? ''))
      .map((command) => ({ name: `${command}, 2 processes`, command: 'xargs', args: spread(command), input: list })),
  ];
  const measurements = await measureAll(subjects, options.rounds);
  printTable(`verify ${corpus.kind.name}`, measurements, [FLOOR, 'openssl dgst -sha256, 2 processes', 'sha256sum, 2 processes'], { files: corpus.paths.length, bytes: corpus.bytes });
  return measurements.find(({ name }) => name === OURS);
}

/** Makes a release of a corpus: lists and release.json beside its data/. */
function seal({ root, paths }: Corpus): void {
  if (existsSync(join(root, 'release.json'))) return;
  const digester = new FileDigester();
  const entries = [...paths].sort(compareBytewise).map((path) => {
    const { sha256, size_bytes } = digester.digestFile(join(root, path));
    return { path, sha256, size: size_bytes };
  });
  sealRelease(root, entries);
}

function expectFiles(stdout: string, files: number): void {
  const found = Number(/^files=([0-9]+)$/m.exec(stdout)?.[1]);
  if (found !== files) throw new Error(`expected ${files} files, found ${stdout}`);
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const report = await verifyRelease(process.argv[2] ?? '.', { jobs: 2 });
  if (!report.ok) throw new Error(JSON.stringify(report.problems.slice(0, 3)));
  print(`files=${report.files - 8}`);
  reportPeak();
}
