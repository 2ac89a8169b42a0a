/**
 * Measures draws: time, memory and balance of synthetic collections, against random groups and minimisation in the same
 * run; an extension of a frozen million; a replay of batches. Every run is a process of its own. Real tables are measured
 * too when COLOPHON_BENCH_TABLES names their folder; COLOPHON_BENCH_CASES names other sizes (`1000,60000`).
 */
import { spawnSync } from 'node:child_process';
import { env, execPath } from 'node:process';
import { fileURLToPath } from 'node:url';
import { median, print, type BenchOptions } from './measure.js';
import { benchAssign } from './split-assign.js';
import { SUBJECTS, type SubjectRun } from './split-subjects.js';
import { listRealTables } from './split-tables.js';

const RUNNER = fileURLToPath(new URL('./split-subjects.js', import.meta.url));
const OURS = 'colophon';
/** Seeds of which medians are told; of collections above this many cases one is drawn. */
const SEEDS = 3;
const LARGE = 200_000;

/** The columns, in the order of the table, with the digits that tell draws apart. */
const COLUMNS: Record<string, (run: SubjectRun) => string> = {
  'CPU s': (run) => run.cpu_seconds.toFixed(1),
  wall: (run) => run.wall_seconds.toFixed(1),
  MB: (run) => String(run.peak_mb),
  size: (run) => short(run.size),
  max: (run) => short(run.max),
  margTV: (run) => short(run.marginal_tv),
  pairTV: (run) => short(run.pair_tv),
  JSD: (run) => short(run.jsd),
  '<1': (run) => run.within_one.toFixed(3),
  torn: (run) => String(run.torn),
};

export async function bench(options: BenchOptions): Promise<void> {
  const sizes = (env.COLOPHON_BENCH_CASES ?? '1000,60000,1000000').split(',').map(Number);
  const seeds = Math.min(options.rounds, SEEDS);
  const ours = sizes.map((cases) => compare(`${cases} synthetic cases`, String(cases), cases > LARGE ? 1 : seeds));
  printGrowth(sizes, ours);
  for (const cases of sizes) benchAssign(cases, options.folder, cases > LARGE ? 1 : seeds);
  const folder = env.COLOPHON_BENCH_TABLES;
  for (const name of folder === undefined ? [] : listRealTables(folder)) compare(name, `${folder}:${name}`, seeds);
  const largest = Math.max(...sizes);
  const added = Math.round(largest / 20);
  printTable(`${largest} frozen cases extended by ${added}`, { extension: medianRun('extension', `${largest}+${added}`, 1) });
  printTable('3700 cases in 26 batches, each frozen before the next', { replay: medianRun('replay', '3700/26', seeds) });
  return Promise.resolve();
}

function compare(title: string, source: string, seeds: number): SubjectRun {
  const runs = Object.fromEntries(Object.keys(SUBJECTS).map((subject) => [subject, medianRun(subject, source, seeds)]));
  printTable(title, runs);
  const ours = runs[OURS]!;
  for (const [peer, run] of Object.entries(runs))
    if (!peer.startsWith(OURS)) print(`${peer} / ${OURS}: max x ${ratio(run.max, ours.max)}, margTV x ${ratio(run.marginal_tv, ours.marginal_tv)}, pairTV x ${ratio(run.pair_tv, ours.pair_tv)}, JSD x ${ratio(run.jsd, ours.jsd)}, CPU x ${ratio(run.cpu_seconds, ours.cpu_seconds)}`);
  return ours;
}

/** Medians of every column over the seeds. */
function medianRun(subject: string, source: string, seeds: number): SubjectRun {
  const runs = Array.from({ length: seeds }, (_, seed) => runOnce(subject, source, String(seed + 1)));
  const columns = Object.keys(runs[0]!) as (keyof SubjectRun)[];
  const run = Object.fromEntries(columns.map((column) => [column, median(runs.map((each) => each[column]))])) as unknown as SubjectRun;
  const defects = runs.filter(({ torn, moved }) => torn > 0 || moved > 0);
  if (defects.length > 0) throw new Error(`${subject} tore groups or moved cases: ${JSON.stringify(defects)}`);
  return run;
}

function runOnce(subject: string, source: string, seed: string): SubjectRun {
  const { status, stdout } = spawnSync(execPath, ['--max-old-space-size=6144', RUNNER, subject, source, seed], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
  if (status !== 0) throw new Error(`${subject} on ${source} ended with status ${status}`);
  return JSON.parse(stdout) as SubjectRun;
}

function printTable(title: string, runs: Record<string, SubjectRun>): void {
  print(`\n${title}`);
  const rows = [['', ...Object.keys(COLUMNS)], ...Object.entries(runs).map(([name, run]) => [name, ...Object.values(COLUMNS).map((format) => format(run))])];
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  for (const row of rows) print(row.map((text, column) => (column === 0 ? text.padEnd(widths[0]!) : text.padStart(widths[column]!))).join('  '));
}

function printGrowth(sizes: readonly number[], runs: readonly SubjectRun[]): void {
  for (let at = 1; at < sizes.length; at++) {
    const [before, after] = [runs[at - 1]!, runs[at]!];
    print(`growth from ${sizes[at - 1]} to ${sizes[at]} cases (x ${ratio(sizes[at]!, sizes[at - 1]!)}): CPU x ${ratio(after.cpu_seconds, before.cpu_seconds)}, memory x ${ratio(after.peak_mb, before.peak_mb)}`);
  }
}

function short(value: number): string {
  return value === 0 ? '0' : value < 0.001 ? value.toExponential(1) : value.toFixed(4);
}

function ratio(one: number, other: number): string {
  return other === 0 ? '-' : (one / other).toFixed(1);
}
