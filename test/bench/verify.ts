/**
 * Measures verify against its floors: bare read-and-hash loops over the same files in the same rounds. Run through main.ts;
 * `node verify.js RELEASE` is one measured run of the library in a process of its own.
 */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { FileDigester } from '../../src/fixity/digest.js';
import { compareBytewise } from '../../src/fixity/order.js';
import { verifyRelease } from '../../src/verify/verify.js';
import { sealRelease } from '../support/release-folder.js';
import { PACKAGE_ROOT } from '../../src/package-root.js';
import { IMAGES, makeCorpus, makeCorpusOfSize, RADIOGRAPHS, SLICES, SMALL, type Corpus } from './corpus.js';
import { hasCommand, measureAll, nodeSubject, print, printTable, reportPeak, type BenchOptions, type Measurement, type Subject } from './measure.js';

const SELF = new URL('./verify.js', import.meta.url);
const BARE = new URL('./bare-loop.js', import.meta.url);
/** The Python that has bagit; not by test/support/python.js, which is for tests. */
const PYTHON = process.env.COLOPHON_TEST_PYTHON;
const OURS = 'colophon verify';
const LIBRARY = 'verifyRelease()';
const SUMS = 'sha256sum -c, 1 process';
const BAGIT = 'bagit.py --validate --processes 2';
const FLOOR = 'bare Node loop, 2 workers';

/** What is asked of a corpus: times the floor, at most; times as fast as `sha256sum -c` and as bagit.py, at least. */
interface Bars {
  floor: number;
  sums?: number;
  bagit: number;
}

/**
 * 2,000 images of together 4 GB, half of `--bytes` as slices and half as radiographs, then 10,000 and 100,000 files of 4 KiB.
 * bagit.py is a subject where COLOPHON_TEST_PYTHON names a Python that has it.
 */
export async function bench(options: BenchOptions): Promise<void> {
  await compare(makeCorpus(IMAGES, 2000, options.folder), options, { floor: 1.1, sums: 6, bagit: 1 });
  await compare(makeCorpusOfSize(SLICES, options.bytes / 2, options.folder), options);
  await compare(makeCorpusOfSize(RADIOGRAPHS, options.bytes / 2, options.folder), options);
  const few = await compare(makeCorpus(SMALL, 10_000, options.folder), options);
  const many = await compare(makeCorpus(SMALL, 100_000, options.folder), options, { floor: 1.15, bagit: 4 });
  print(`\ngrowth with 10 times the files: time x ${((many?.seconds ?? 0) / (few?.seconds ?? 1)).toFixed(1)}, peak memory of the library ${few?.peak_mb} to ${many?.peak_mb} MB`);
}

async function compare(corpus: Corpus, options: BenchOptions, bars?: Bars): Promise<Measurement | undefined> {
  seal(corpus);
  const files = corpus.paths.length;
  const list = `${corpus.paths.map((path) => join(corpus.root, path)).join('\n')}\n`;
  const spread = (command: string): string[] => ['-d', '\\n', '-P', '2', '-n', String(Math.min(500, Math.ceil(files / 8))), ...command.split(' ')];
  const check = (stdout: string): void => expectFiles(stdout, files);
  const subjects: Subject[] = [
    { name: OURS, command: process.execPath, args: [join(PACKAGE_ROOT, 'bin/run.js'), 'verify', corpus.root, '--jobs', '2', '--no-remember', '--json'], check: (stdout) => expectFiles(`files=${(JSON.parse(stdout) as { files: number }).files - 8}`, files) },
    nodeSubject(LIBRARY, SELF, [corpus.root], { check }),
    nodeSubject(FLOOR, BARE, [join(corpus.root, 'data'), '2'], { check }),
    ...['openssl dgst -sha256', 'sha256sum']
      .filter((command) => hasCommand(command.split(' ')[0] ?? ''))
      .map((command) => ({ name: `${command}, 2 processes`, command: 'xargs', args: spread(command), input: list })),
    ...(bars === undefined ? [] : peers(corpus)),
  ];
  const measurements = await measureAll(subjects, options.rounds);
  printTable(`verify ${corpus.kind.name}`, measurements, [FLOOR, SUMS, BAGIT], { files, bytes: corpus.bytes });
  const secondsOf = (name: string): number => measurements.find((each) => each.name === name)?.seconds ?? NaN;
  if (bars !== undefined) printBars(secondsOf, bars);
  const ours = measurements.find(({ name }) => name === OURS);
  return ours === undefined ? undefined : { ...ours, peak_mb: measurements.find(({ name }) => name === LIBRARY)?.peak_mb ?? null };
}

/** What people use today. */
function peers({ root }: Corpus): Subject[] {
  const sums = hasCommand('sha256sum') ? [{ name: SUMS, command: 'sh', args: ['-c', 'cd "$0" && sha256sum -c --quiet manifest-sha256.txt', root] }] : [];
  const tool = PYTHON === undefined ? '' : join(dirname(PYTHON), 'bagit.py');
  return [...sums, ...(PYTHON !== undefined && existsSync(tool) ? [{ name: BAGIT, command: PYTHON, args: [tool, '--quiet', '--validate', '--processes', '2', root] }] : [])];
}

function printBars(secondsOf: (name: string) => number, { floor, sums, bagit }: Bars): void {
  const ours = secondsOf(OURS);
  print(`asked: at most ${floor} times the floor: ${(ours / secondsOf(FLOOR)).toFixed(2)}`);
  if (sums !== undefined) print(`asked: at least ${sums} times as fast as ${SUMS}: ${(secondsOf(SUMS) / ours).toFixed(2)}`);
  print(`asked: at least ${bagit} times as fast as ${BAGIT}: ${(secondsOf(BAGIT) / ours).toFixed(2)}`);
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
