/**
 * Measures `release diff` of two releases without payload against its floor: DuckDB reading the same columns of both tables of
 * images. Run through main.ts; `node diff.js diff A B` and `node diff.js floor A B` are one measured run each.
 */
import { existsSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Catalog, quoteLiteral } from '../../src/catalog/catalog.js';
import { diffReleases } from '../../src/workflow/release-diff.js';
import { writeBigRelease, type BigChange } from '../support/big-release.js';
import { measureAll, nodeSubject, print, printTable, reportPeak, type BenchOptions, type Measurement } from './measure.js';

const SELF = new URL('./diff.js', import.meta.url);
const OURS = 'release diff';
const FLOOR = 'DuckDB reads both tables of images';

/** A few changes in 100,000 and in a million images, then other bytes in every one of a million. */
export async function bench({ folder, rounds }: BenchOptions): Promise<void> {
  const few = await compare(100_000, 'some', folder, rounds);
  const many = await compare(1_000_000, 'some', folder, rounds);
  await compare(1_000_000, 'all', folder, rounds);
  print(`\ngrowth with 10 times the images: time x ${((many?.seconds ?? 0) / (few?.seconds ?? 1)).toFixed(1)}, peak memory ${few?.peak_mb} to ${many?.peak_mb} MB`);
}

async function compare(count: number, change: BigChange, folder: string, rounds: number): Promise<Measurement | undefined> {
  const [from, to] = [await make(count, 'none', folder), await make(count, change, folder)];
  const measurements = await measureAll(
    [nodeSubject(OURS, SELF, ['diff', from, to], { check: expectChanges }), nodeSubject(FLOOR, SELF, ['floor', from, to])],
    rounds,
  );
  printTable(`release diff, ${change} of ${count} images changed`, measurements, [FLOOR], { files: 2 * count, bytes: 0 });
  return measurements.find(({ name }) => name === OURS);
}

async function make(count: number, change: BigChange, folder: string): Promise<string> {
  const path = join(folder, `diff-${count}-${change}`);
  if (existsSync(path)) return path;
  rmSync(`${path}.new`, { recursive: true, force: true });
  await writeBigRelease(`${path}.new`, { count, change, version: change === 'none' ? '1.0.0' : '2.0.0' });
  renameSync(`${path}.new`, path);
  return path;
}

function expectChanges(stdout: string): void {
  if (!/^level=major total=[1-9]\d*$/m.test(stdout)) throw new Error(`expected changes, found ${stdout}`);
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const [task, from = '', to = ''] = process.argv.slice(2);
  if (task === 'diff') {
    const { level, total, reasons } = await diffReleases({ from, to, paths: null });
    for (const { rule, count } of reasons) print(`${rule} ${count}`);
    print(`level=${level} total=${total}`);
  } else {
    const catalog = await Catalog.open(':memory:', { bare: true, folders: [from, to] });
    for (const release of [from, to])
      await catalog.all(`SELECT bit_xor(hash(case_id, StudyInstanceUID, SeriesInstanceUID, SOPInstanceUID, sha256)) FROM read_parquet(${quoteLiteral(join(release, 'data/tables/instances.parquet'))})`);
    catalog.close();
  }
  reportPeak();
}
