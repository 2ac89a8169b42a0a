/**
 * Measures `release cut`. Payload: by copy against `cp` plus hashing, by hard link against hashing alone, over image slices.
 * By reference: 1,000,000 instances in a generated catalog. Run through main.ts; `node cut.js MODE IMAGES CATALOG` is one
 * measured run.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, linkSync, mkdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Catalog } from '../../src/catalog/catalog.js';
import { defaultEffects } from '../../src/effects.js';
import { cutRelease } from '../../src/release/cut.js';
import type { PayloadMode } from '../../src/release/payload.js';
import { verifyRelease } from '../../src/verify/verify.js';
import { pullImages } from '../../src/workflow/pull-images.js';
import { cutOptions } from '../support/release-store.js';
import { makeCorpus, makeCorpusOfSize, SLICES, type Corpus } from './corpus.js';
import { measureAll, nodeSubject, print, printTable, reportPeak, type BenchOptions, type Subject } from './measure.js';

const SELF = new URL('./cut.js', import.meta.url);
const BARE = new URL('./bare-loop.js', import.meta.url);
const COPY = 'cp, then hash';
const HASH = 'hash alone';
const LINK = 'cut by hardlink';
/** What a cut costs whatever it holds: Node.js, the catalog, the tables. */
const START = 'cut by hardlink of two images';
const COUNT = 1_000_000;
/** A file system allows some 65,000 names a file. */
const NAMES = 50_000;

export async function bench(options: BenchOptions): Promise<void> {
  await comparePayload(options);
  await measureReference(options);
}

async function comparePayload(options: BenchOptions): Promise<void> {
  const corpus = makeCorpusOfSize(SLICES, options.bytes, options.folder);
  const images = join(corpus.root, 'data');
  const [catalog, small] = [await catalogOf(corpus, options), await catalogOf(makeCorpus(SLICES, 2, options.folder), options)];
  const copied = join(options.folder, 'cut-copied');
  const clear = (): void => [releaseRoot(catalog), releaseRoot(small), copied].forEach((folder) => rmSync(folder, { recursive: true, force: true }));
  const ours = (mode: PayloadMode, title = `cut by ${mode}`, of = catalog): Subject =>
    nodeSubject(title, SELF, [mode, of === small ? join(options.folder, `${SLICES.name}-2/data`) : images, of], { prepare: clear });
  const subjects: Subject[] = [
    ours('copy'),
    ours('hardlink'),
    ours('hardlink', START, small),
    { name: COPY, command: 'sh', args: ['-c', `cp -r "$1" "$2" && "$3" "$4" "$2" 2`, 'sh', images, copied, process.execPath, BARE.pathname], prepare: clear },
    nodeSubject(HASH, BARE, [images, '2'], { prepare: clear }),
  ];
  const measurements = await measureAll(subjects, options.rounds);
  clear();
  printTable('release cut', measurements, [COPY, HASH], { files: corpus.paths.length, bytes: corpus.bytes });
  const seconds = (title: string): number => measurements.find(({ name }) => name === title)?.seconds ?? 0;
  print(`by hard link, beyond start-up: ${(seconds(LINK) - seconds(START)).toFixed(2)} s, x ${((seconds(LINK) - seconds(START)) / seconds(HASH)).toFixed(2)} of hashing alone`);
}

/** The catalog of a corpus, pulled once. */
async function catalogOf(corpus: Corpus, { folder }: BenchOptions): Promise<string> {
  const path = join(folder, `cut-slices-${corpus.paths.length}.duckdb`);
  if (existsSync(path)) return path;
  const catalog = await Catalog.open(path);
  await pullImages(catalog, { source: 'images', folder: join(corpus.root, 'data'), md5: false, rehash: false }, defaultEffects);
  await catalog.run("UPDATE instance SET case_id = PatientID");
  await catalog.run("INSERT INTO case_ SELECT DISTINCT case_id, 'accepted', '' FROM instance");
  catalog.close();
  return path;
}

async function measureReference(options: BenchOptions): Promise<void> {
  const images = join(options.folder, `cut-reference-${COUNT}`);
  const catalog = `${images}.duckdb`;
  if (!existsSync(catalog)) await fillByQuery(catalog, images);
  const clear = (): void => rmSync(releaseRoot(catalog), { recursive: true, force: true });
  const [measurement] = await measureAll([nodeSubject('cut by reference', SELF, ['none', images, catalog], { prepare: clear })], Math.min(options.rounds, 1));
  clear();
  if (measurement !== undefined) printTable('release cut by reference', [measurement], [], { files: COUNT, bytes: 0 });
}

/** 50 images a series, two series a study, two studies a case; a case has a row of the clinical table. */
async function fillByQuery(path: string, images: string): Promise<void> {
  for (let first = 0; first < COUNT; first += NAMES) linkNames(images, first);
  const { size, mtimeNs } = statSync(join(images, name(0)), { bigint: true });
  const catalog = await Catalog.open(path);
  await catalog.run(`
    INSERT INTO instance (source, path, size_bytes, mtime_ns, sha256, status, case_id, StudyInstanceUID, SeriesInstanceUID, SOPInstanceUID, TransferSyntaxUID, Modality, Rows, Columns)
    SELECT 'images', (i // 1000) || '/' || i || '.dcm', ${size}, ${mtimeNs}, sha256(i::VARCHAR), 'ok', 'CASE-' || lpad((i // 200)::VARCHAR, 6, '0'),
      '2.25.1.' || (i // 100), '2.25.2.' || (i // 50), '2.25.3.' || i, '1.2.840.10008.1.2.1', 'CT', '512', '512'
    FROM range(${COUNT}) t(i)`);
  await catalog.run("INSERT INTO case_ SELECT DISTINCT case_id, 'accepted', '' FROM instance");
  await catalog.run(`CREATE TABLE clinical_case AS SELECT 'tables' AS source, (row_number() OVER (ORDER BY case_id))::BIGINT AS source_row, case_id AS submitter_id,
    if(hash(case_id) % 2 = 0, 'Female', 'Male') AS sex, (hash(case_id) % 90)::BIGINT AS age_at_index FROM case_`);
  await catalog.run("INSERT INTO clinical_table VALUES ('case', ['submitter_id', 'sex', 'age_at_index'], 'submitter_id')");
  await catalog.run("INSERT INTO row_case SELECT 'case', 'tables', source_row, submitter_id FROM clinical_case");
  await catalog.run("INSERT INTO assignment SELECT 'fold', row_number() OVER (ORDER BY case_id), case_id, case_id, if(hash(case_id) % 2 = 0, 'train', 'test'), true, NULL FROM case_");
  catalog.close();
}

function name(number: number): string {
  return `${Math.floor(number / 1000)}/${number}.dcm`;
}

/** Many names of one file: what is measured is looking at them, not their bytes. */
function linkNames(images: string, first: number): void {
  const file = join(images, name(first));
  for (let number = first; number < first + NAMES; number++) {
    if (number % 1000 === 0) mkdirSync(dirname(join(images, name(number))), { recursive: true });
    if (number === first) {
      writeFileSync(file, 'image');
      execFileSync('touch', ['-d', '2026-01-02T03:04:05Z', file]);
    } else linkSync(file, join(images, name(number)));
  }
}

/** Where a measured cut works; removed before the next. */
function releaseRoot(catalog: string): string {
  return catalog.replace(/\.duckdb$/, '-work');
}

async function cut(mode: PayloadMode, images: string, path: string): Promise<void> {
  const root = releaseRoot(path);
  const changes = {
    release: { payload: mode, ...(mode === 'none' ? { base_url: 'https://example.org/data' } : {}) },
    roots: new Map([['images', images]]),
    splits: mode === 'none' ? [{ name: 'fold', algorithm: 'bench/1', seed: '1' }] : [],
    verify: (folder: string) => verifyRelease(folder, { jobs: 2 }),
  };
  const options = cutOptions(root, changes);
  const catalog = await Catalog.open(path, { folders: [options.paths.releases, options.paths.staging] });
  const started = performance.now();
  const { plan, published } = await cutRelease(catalog, options, {
    ...defaultEffects,
    ...(process.env.BENCH_STAGES === undefined ? {} : { progress: stageClock(started) }),
  });
  catalog.close();
  if (published === null) throw new Error('nothing was published');
  print(`instances=${plan.counts.instances} digest=${published.digest}`);
}

/** Tells on stderr when each stage began. */
function stageClock(started: number): (progress: { stage: string }) => void {
  let last = '';
  return ({ stage }) => {
    if (stage !== last) process.stderr.write(`${((performance.now() - started) / 1000).toFixed(1)} s ${stage}\n`);
    last = stage;
  };
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const [mode = 'copy', images = '.', path = ''] = process.argv.slice(2);
  await cut(mode as PayloadMode, images, path);
  reportPeak();
}
