/**
 * Images a second with the small model of the tests, with one and two workers, beside a floor that only reads and hashes:
 * `npm run bench -- tagging --bytes 200MB`. Run as `node dist/test/bench/tagging.js JOBS FOLDER` it is one subject.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { FileDigester } from '../../src/fixity/digest.js';
import { tagImages } from '../../src/tagging/tag-images.js';
import type { TagItem } from '../../src/tagging/tag-task.js';
import { PACKAGE_ROOT } from '../../src/package-root.js';
import { shareBytes } from '../support/model/brightness-network.js';
import { makeCorpusOfSize, RADIOGRAPHS, SLICES, type Corpus } from './corpus.js';
import { measureAll, nodeSubject, print, printTable, reportPeak, type BenchOptions } from './measure.js';

const MODEL = join(PACKAGE_ROOT, 'test/fixtures/models/kind.onnx');
const HERE = new URL(import.meta.url);

/** Slices of 512 by 512 and radiographs of 2048 by 2048, 16 bits, uncompressed: decoding compressed ones is measured with the codecs. */
export async function bench({ bytes, rounds, folder }: BenchOptions): Promise<void> {
  for (const kind of [SLICES, RADIOGRAPHS]) {
    const corpus = makeCorpusOfSize(kind, bytes, folder);
    const args = [corpus.root, String(corpus.paths.length)];
    const check = (stdout: string): void => {
      if (!stdout.includes(`images=${corpus.paths.length}\n`)) throw new Error('not every image was tagged');
    };
    const subjects = [nodeSubject('read and hash', HERE, ['0', ...args], { floor: true }), ...[1, 2].map((jobs) => nodeSubject(`tag, ${jobs} ${jobs === 1 ? 'worker' : 'workers'}`, HERE, [String(jobs), ...args], { check }))];
    const measurements = await measureAll(subjects, rounds);
    printTable(`tagging ${kind.name}`, measurements, ['read and hash'], { files: corpus.paths.length, bytes: corpus.bytes });
    for (const { name, stdout } of measurements) for (const [, steady] of stdout.matchAll(/^steady=(.*)$/gm)) print(`${name}: ${steady}`);
  }
}

/** One subject: digests are taken first, as a pull would, and not timed by itself. */
async function run(jobs: number, root: string, count: number): Promise<void> {
  const { paths } = JSON.parse(readFileSync(`${root}.json`, 'utf8')) as Pick<Corpus, 'paths'>;
  const digester = new FileDigester();
  const items = paths.slice(0, count).map((path): TagItem => {
    const { sha256, size_bytes } = digester.digestFile(join(root, path));
    return { source: 'images', path, size_bytes, sha256, models: ['kind'] };
  });
  if (jobs > 0) {
    const bytes = shareBytes(readFileSync(MODEL));
    const models = [{ name: 'kind', bytes, input: { width: 64, height: 64, channels: 1 as const, window: 'percentile' as const }, output: { labels: ['radiograph', 'ct'], activation: 'softmax' as const } }];
    let [tagged, first, started] = [0, 0, 0];
    await tagImages(items, {
      folders: new Map([['images', root]]),
      models,
      limits: { pixels: 2 ** 28, inflated_bytes: 2 ** 28 },
      jobs,
      onResults(results) {
        if (started === 0) [started, first] = [performance.now(), results.length];
        tagged += results.filter(({ verdicts }) => verdicts.every(({ error }) => error === null)).length;
      },
    });
    const seconds = (performance.now() - started) / 1000;
    print(`images=${tagged}`);
    if (tagged > first) print(`steady=${((tagged - first) / seconds).toFixed(1)} images/s after the first chunk`);
  }
  reportPeak();
}

const [, script, jobs, root, count] = process.argv;
if (script !== undefined && jobs !== undefined && root !== undefined && HERE.href === pathToFileURL(script).href) await run(Number(jobs), root, Number(count));
