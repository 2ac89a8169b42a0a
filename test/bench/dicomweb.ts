/**
 * Measures pulls from a real Orthanc, whole and by metadata alone, against a bare client with as many connections in the same rounds.
 * `node dicomweb.js FOLDER URL whole|headers` is one measured run.
 */
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Catalog } from '../../src/catalog/catalog.js';
import type { Config } from '../../src/model/config.js';
import { pullSources } from '../../src/workflow/pull.js';
import { workspacePaths } from '../../src/workspace/workspace.js';
import { noOrthanc, startOrthanc, type Orthanc } from '../support/orthanc.js';
import { makeCorpus, SLICES, SMALL, type Corpus } from './corpus.js';
import { measureAll, nodeSubject, print, printTable, reportPeak, type BenchOptions, type Measurement } from './measure.js';

const SELF = new URL('./dicomweb.js', import.meta.url);
const BARE = new URL('./bare-dicomweb.js', import.meta.url);
const CONNECTIONS = '8';

type Read = 'whole' | 'headers';

/** Slices, small files, and ten times as many small files; each in an Orthanc of its own. */
export async function bench(options: BenchOptions): Promise<void> {
  const reason = noOrthanc();
  if (reason !== null) return print(`dicomweb: ${reason}`);
  const rounds = Math.min(options.rounds, 3);
  await compareBoth(makeCorpus(SLICES, 200, options.folder), { ...options, rounds });
  const few = await compareBoth(makeCorpus(SMALL, 1000, options.folder), { ...options, rounds });
  const many = await compareBoth(makeCorpus(SMALL, 10_000, options.folder), { ...options, rounds: Math.min(rounds, 2) });
  for (const read of ['headers', 'whole'] as const) print(`growth of ${read} with 10 times the files: time x ${((many[read]?.seconds ?? 0) / (few[read]?.seconds ?? 1)).toFixed(1)}, peak memory ${few[read]?.peak_mb} to ${many[read]?.peak_mb} MB`);
}

async function compareBoth(corpus: Corpus, options: BenchOptions): Promise<Record<Read, Measurement | undefined>> {
  const orthanc = await startOrthanc();
  process.env.COLOPHON_BENCH_PACS = orthanc.authorization;
  try {
    await fill(orthanc, corpus);
    return { headers: await compare(orthanc, corpus, 'headers', options), whole: await compare(orthanc, corpus, 'whole', options) };
  } finally {
    await orthanc.stop();
  }
}

async function fill(orthanc: Orthanc, { root, paths }: Corpus): Promise<void> {
  for (const path of paths) {
    const status = await orthanc.store(readFileSync(join(root, path)));
    if (status !== 200) throw new Error(`Orthanc does not store ${path}: ${status}`);
  }
}

async function compare(orthanc: Orthanc, corpus: Corpus, read: Read, options: BenchOptions): Promise<Measurement | undefined> {
  const root = join(options.folder, 'pacs-workspace');
  const check = (stdout: string): void => {
    if (!stdout.includes(`files=${corpus.paths.length} `)) throw new Error(`expected ${corpus.paths.length} files, found ${stdout}`);
  };
  const floor = `bare client, ${CONNECTIONS} connections`;
  const prepare = (): void => {
    rmSync(root, { recursive: true, force: true });
    mkdirSync(root, { recursive: true });
  };
  const subjects = [nodeSubject('colophon pull', SELF, [root, orthanc.url, read], { check, prepare }), nodeSubject(floor, BARE, [orthanc.url, read, CONNECTIONS], { check })];
  const [ours, bare] = (await measureAll(subjects, options.rounds)) as [Measurement, Measurement];
  printTable(`dicomweb ${read}, ${corpus.kind.name}`, [ours, bare], [floor], { files: corpus.paths.length, bytes: corpus.bytes });
  print(`of what the bare client is given: ${(bare.seconds / ours.seconds).toFixed(2)} (asked: 0.8)`);
  return ours;
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const [root = '.', url = '', read = 'whole'] = process.argv.slice(2);
  const source = { name: 'pacs', kind: 'dicomweb' as const, url, read: read as Read, auth: { header: '${COLOPHON_BENCH_PACS}' }, connections: Number(CONNECTIONS) };
  const config: Config = { dataset: { id: 'bench', title: 'Bench', license: 'CC0-1.0' }, sources: [source] };
  const paths = workspacePaths(root);
  const catalog = await Catalog.open(paths.catalog);
  const { images } = await pullSources({ workspace: { root, config, paths }, catalog, pack: null });
  catalog.close();
  print(`files=${images[0]?.ok} requests=${images[0]?.remote?.requests}`);
  reportPeak();
}
