/**
 * Measures pull (one read a file: digest, header, catalog) against floors that only read and hash, in the same rounds, and
 * against what a Python user would write. Run through main.ts; `node pull.js FOLDER CATALOG` is one measured run.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Catalog } from '../../src/catalog/catalog.js';
import { defaultEffects } from '../../src/effects.js';
import { pullImages } from '../../src/workflow/pull-images.js';
import { PACKAGE_ROOT } from '../../src/package-root.js';
import { makeCorpus, makeCorpusOfSize, RADIOGRAPHS, SLICES, SMALL, type Corpus } from './corpus.js';
import { hasCommand, measureAll, nodeSubject, print, printTable, reportPeak, type BenchOptions, type Measurement, type Subject } from './measure.js';

const SELF = new URL('./pull.js', import.meta.url);
const BARE = new URL('./bare-loop.js', import.meta.url);
const PYDICOM = join(PACKAGE_ROOT, 'test/bench/pydicom-hashlib.py');
const OURS = 'colophon pull';
const FLOOR = 'bare Node loop, 2 workers';
const OPENSSL = 'openssl dgst -sha256, 2 processes';
const PYTHON = 'pydicom + hashlib, 2 processes';

/** Half of the bytes as slices, half as radiographs, then small files: new, unchanged, and ten times as many. */
export async function bench(options: BenchOptions): Promise<void> {
  await compare(makeCorpusOfSize(SLICES, options.bytes / 2, options.folder), options);
  await compare(makeCorpusOfSize(RADIOGRAPHS, options.bytes / 2, options.folder), options);
  const few = makeCorpus(SMALL, 10_000, options.folder);
  const first = await compare(few, options);
  await compareUnchanged(few, options);
  const many = await compare(makeCorpus(SMALL, 100_000, options.folder), { ...options, rounds: Math.min(options.rounds, 2) });
  print(`\ngrowth with 10 times the files: time x ${((many?.seconds ?? 0) / (first?.seconds ?? 1)).toFixed(1)}, peak memory ${first?.peak_mb} to ${many?.peak_mb} MB`);
}

async function compare(corpus: Corpus, options: BenchOptions): Promise<Measurement | undefined> {
  const images = join(corpus.root, 'data');
  const catalog = catalogPath(options);
  const python = findPydicom();
  const files = `files=${corpus.paths.length}`;
  const check = (stdout: string): void => {
    if (!stdout.includes(files)) throw new Error(`expected ${files}, found ${stdout}`);
  };
  const subjects: Subject[] = [
    nodeSubject(OURS, SELF, [images, catalog], { check, prepare: () => clear(catalog) }),
    nodeSubject(FLOOR, BARE, [images, '2'], { check }),
    ...openssl(corpus),
    ...(python === null ? [] : [{ name: PYTHON, command: python, args: [PYDICOM, images], check }]),
  ];
  const measurements = await measureAll(subjects, options.rounds);
  printTable(`pull ${corpus.kind.name}`, measurements, [FLOOR, OPENSSL, PYTHON], { files: corpus.paths.length, bytes: corpus.bytes });
  return measurements.find(({ name }) => name === OURS);
}

/** A second pull of the same files, and the start-up it includes: a pull of a folder with one file. */
async function compareUnchanged(corpus: Corpus, options: BenchOptions): Promise<void> {
  const one = makeCorpus(SMALL, 1, options.folder);
  const [kept, started] = [join(options.folder, 'unchanged/kept.duckdb'), join(options.folder, 'unchanged/started.duckdb')];
  clear(kept);
  clear(started);
  const subjects = [
    nodeSubject('unchanged pull', SELF, [join(corpus.root, 'data'), kept]),
    nodeSubject('unchanged pull of one file', SELF, [join(one.root, 'data'), started]),
  ];
  const [unchanged, startUp] = await measureAll(subjects, options.rounds);
  printTable('unchanged pull', [unchanged as Measurement, startUp as Measurement], [], { files: corpus.paths.length, bytes: corpus.bytes });
  print(`beyond start-up: ${((unchanged?.seconds ?? 0) - (startUp?.seconds ?? 0)).toFixed(2)} s`);
}

function openssl(corpus: Corpus): Subject[] {
  if (!hasCommand('openssl')) return [];
  const input = `${corpus.paths.map((path) => join(corpus.root, path)).join('\n')}\n`;
  const args = ['-d', '\\n', '-P', '2', '-n', String(Math.min(500, Math.ceil(corpus.paths.length / 8))), 'openssl', 'dgst', '-sha256'];
  return [{ name: OPENSSL, command: 'xargs', args, input }];
}

/** A Python with pydicom: the first one in the path, or Debian's own. */
function findPydicom(): string | null {
  return ['python3', '/usr/bin/python3'].find((python) => spawnSync(python, ['-c', 'import pydicom']).status === 0) ?? null;
}

function catalogPath({ folder }: BenchOptions): string {
  return join(folder, 'pulled/catalog.duckdb');
}

function clear(catalog: string): void {
  rmSync(dirname(catalog), { recursive: true, force: true });
  mkdirSync(dirname(catalog), { recursive: true });
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const [folder = '.', path = ':memory:'] = process.argv.slice(2);
  const catalog = await Catalog.open(path);
  const report = await pullImages(catalog, { source: 'images', folder, md5: false, rehash: false, jobs: 2 }, defaultEffects);
  if (report.ok !== report.files) throw new Error(JSON.stringify(report.problems.slice(0, 3)));
  catalog.close();
  print(`files=${report.files} read=${report.read} catalog_bytes=${path === ':memory:' ? 0 : statSync(path).size}`);
  reportPeak();
}
