/**
 * The whole of `split assign`, from the catalog into it: `node split-assign.js fill CASES PATH` makes a catalog of synthetic
 * cases, `node split-assign.js assign PATH` draws a split of it and prints a line of JSON.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { argv, cpuUsage, execPath, resourceUsage } from 'node:process';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { Catalog } from '../../src/catalog/catalog.js';
import { assignSplit } from '../../src/splits/run.js';
import { syntheticCases } from '../support/synthetic-cases.js';
import { median, print } from './measure.js';
import { fillCatalog } from './split-collection.js';

const SELF = fileURLToPath(import.meta.url);
const BALANCE = ['sex', 'race', 'ethnicity', 'age', 'covid19_positive', { column: 'modality', separator: ',' }, 'site_id', 'manufacturer', 'study_year'];

interface Run {
  wall_seconds: number;
  cpu_seconds: number;
  /** Largest resident set in MB (1e6 bytes). */
  peak_mb: number;
}

/** Prints what drawing a split of so many synthetic cases takes, from a catalog that is kept in `folder`. */
export function benchAssign(cases: number, folder: string, rounds: number): void {
  const path = join(folder, `split-${cases}.duckdb`);
  mkdirSync(folder, { recursive: true });
  if (!existsSync(path)) {
    runSelf('fill', String(cases), `${path}.new`);
    renameSync(`${path}.new`, path);
  }
  const runs = Array.from({ length: rounds }, () => JSON.parse(runSelf('assign', path)) as Run);
  const of = (column: keyof Run) => median(runs.map((run) => run[column]));
  print(`split assign of ${cases} cases from DuckDB: wall ${of('wall_seconds').toFixed(1)} s, CPU ${of('cpu_seconds').toFixed(1)} s, peak ${of('peak_mb')} MB`);
}

function runSelf(...args: string[]): string {
  const { status, stdout } = spawnSync(execPath, [SELF, ...args], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
  if (status !== 0) throw new Error(`${args.join(' ')} ended with status ${status}`);
  return stdout;
}

async function assign(path: string): Promise<Run> {
  const started = process.hrtime.bigint();
  const catalog = await Catalog.open(path);
  const config = { parts: { train: 0.7, validation: 0.1, test: 0.2 }, balance: BALANCE, seed: 1 };
  const source = { caseTable: 'case', patientLink: { table: 'case', column: 'patient' } };
  const quiet = { warn: () => undefined, now: () => new Date(0), progress: () => undefined };
  await assignSplit(catalog, { name: 'bench', config, recordPath: `${path}.csv`, ...source }, quiet);
  catalog.close();
  const used = cpuUsage();
  return { wall_seconds: Number(process.hrtime.bigint() - started) / 1e9, cpu_seconds: (used.user + used.system) / 1e6, peak_mb: Math.round((resourceUsage().maxRSS * 1024) / 1e6) };
}

if (argv[1] !== undefined && import.meta.url === pathToFileURL(argv[1]).href) {
  const [task, first = '', path = ''] = argv.slice(2);
  if (task === 'fill') {
    rmSync(path, { force: true });
    const catalog = await Catalog.open(path);
    await fillCatalog(catalog, syntheticCases(Number(first)));
    catalog.close();
  } else print(JSON.stringify(await assign(first)));
}
