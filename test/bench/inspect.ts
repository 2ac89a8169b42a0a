/**
 * Measures what the rules about single files add to pull, in the same rounds: `npm run bench -- inspect --bytes 4GB`. The
 * files are what the bench of pull reads. `node inspect.js FOLDER CATALOG headers|pictures` is one measured run.
 */
import { mkdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { refreshCases } from '../../src/catalog/cases.js';
import { Catalog } from '../../src/catalog/catalog.js';
import { defaultEffects } from '../../src/effects.js';
import type { Config } from '../../src/model/config.js';
import { completePolicy } from '../../src/model/policy-profiles.js';
import { caseContext, caseRules } from '../../src/workflow/case-rules.js';
import { inspectImages } from '../../src/workflow/inspect-images.js';
import { pullImages } from '../../src/workflow/pull-images.js';
import { workspacePaths } from '../../src/workspace/workspace.js';
import { makeCorpus, makeCorpusOfSize, RADIOGRAPHS, SLICES, SMALL, type Corpus } from './corpus.js';
import { measureAll, nodeSubject, print, printTable, reportPeak, type BenchOptions } from './measure.js';

const SELF = new URL('./inspect.js', import.meta.url);
const PULL = new URL('./pull.js', import.meta.url);
const ALONE = 'pull alone';

/** Half of the bytes as slices, half as radiographs, then small files, where the header is most of the work. */
export async function bench(options: BenchOptions): Promise<void> {
  await compare(makeCorpusOfSize(SLICES, options.bytes / 2, options.folder), options);
  await compare(makeCorpusOfSize(RADIOGRAPHS, options.bytes / 2, options.folder), options);
  await compare(makeCorpus(SMALL, 10_000, options.folder), options);
}

async function compare(corpus: Corpus, options: BenchOptions): Promise<void> {
  const images = join(corpus.root, 'data');
  const catalog = join(options.folder, 'inspected/catalog.duckdb');
  const prepare = (): void => {
    rmSync(dirname(catalog), { recursive: true, force: true });
    mkdirSync(dirname(catalog), { recursive: true });
  };
  const check = (stdout: string): void => {
    if (!stdout.includes(`files=${corpus.paths.length}`)) throw new Error(`expected ${corpus.paths.length} files, found ${stdout}`);
  };
  const subjects = [
    nodeSubject('pull and judge every header', SELF, [images, catalog, 'headers'], { check, prepare }),
    nodeSubject('and look at every picture', SELF, [images, catalog, 'pictures'], { check, prepare }),
    nodeSubject(ALONE, PULL, [images, catalog], { check, prepare }),
  ];
  const measurements = await measureAll(subjects, options.rounds);
  printTable(`inspection of ${corpus.kind.name}`, measurements, [ALONE], { files: corpus.paths.length, bytes: corpus.bytes });
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const [folder = '.', path = ':memory:', what = 'pictures'] = process.argv.slice(2);
  const off: Record<string, string> = what === 'headers' ? { 'DUP-003': 'measured without', 'DUP-004': 'measured without' } : {};
  const catalog = await Catalog.open(path);
  const config: Config = { dataset: { id: 'bench', title: 'Bench', license: 'CC-BY-4.0' }, sources: [{ name: 'images', kind: 'dicom-folder', path: folder }] };
  const session = { workspace: { root: folder, config, paths: workspacePaths(folder) }, catalog, pack: null };
  await pullImages(catalog, { source: 'images', folder, md5: false, rehash: false, jobs: 2 }, defaultEffects);
  await refreshCases(catalog, caseRules(config, caseContext(config, null, new Map()), []));
  await inspectImages(session, { policy: completePolicy({ off }), jobs: 2 }, defaultEffects);
  const [row] = await catalog.all<{ files: number; findings: number }>("SELECT (SELECT count(*) FROM inspected WHERE outcome = 'judged' AND stage = 'header') AS files, (SELECT count(*) FROM inspection_finding) AS findings");
  catalog.close();
  print(`files=${row?.files} findings=${row?.findings}`);
  reportPeak();
}
