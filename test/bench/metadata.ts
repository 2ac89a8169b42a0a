/**
 * Measures every stage on catalogs of rows without any file: `npm run bench -- metadata [--instances 50000000]`. Catalogs of
 * 0.1, 1 and 10 million images, up to --instances; each command is a run of the real command line, once, with the memory
 * that COLOPHON_MEMORY gives it (8GB unless set).
 */
import { spawn } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { env, execPath } from 'node:process';
import { fileURLToPath } from 'node:url';
import { print, type BenchOptions } from './measure.js';
import type { Taken } from './taken.js';

const CLI = fileURLToPath(new URL('./measured-cli.js', import.meta.url));
const MAKE = fileURLToPath(new URL('./metadata-workspace.js', import.meta.url));
const SIZES = [100_000, 1_000_000, 10_000_000, 50_000_000];
const DAY = '2026-01-15';

/** In the order in which a data manager does them; every one works on what those before left. */
const STAGES: [name: string, program: string, args: string[]][] = [
  ['make the catalog', MAKE, ['make']],
  ['split assign', CLI, ['split', 'assign', 'fold']],
  ['split freeze', CLI, ['split', 'freeze', 'fold', '--date', DAY]],
  ['check', CLI, ['check']],
  ['release cut, by reference', CLI, ['release', 'cut', '--date', DAY]],
  ['verify of the cut', CLI, ['verify', 'releases/1.0.0']],
  ['query the catalog', CLI, ['query', 'SELECT Modality, Manufacturer, count(*) AS images, count(DISTINCT case_id) AS cases, sum(size_bytes) AS bytes FROM instance GROUP BY ALL ORDER BY ALL']],
  ['query the release', CLI, ['query', '--release', '1.0.0', "SELECT part, count(*) AS images, sum(size_bytes) AS bytes FROM instances JOIN splits USING (case_id) GROUP BY part ORDER BY part"]],
  ['change one in a hundred', MAKE, ['change']],
  ['check of the change', CLI, ['check']],
  ['release cut of the change', CLI, ['release', 'cut', '--date', DAY]],
  ['release diff', CLI, ['release', 'diff', '1.0.0', '2.0.0']],
];

export async function bench({ folder, instances }: BenchOptions): Promise<void> {
  const sizes = SIZES.filter((size) => size < instances).concat(instances);
  const found = new Map<number, Map<string, Taken>>();
  for (const size of sizes) {
    const root = join(folder, `metadata-${size}`);
    rmSync(root, { recursive: true, force: true });
    found.set(size, await measureSize(root, size));
    rmSync(root, { recursive: true, force: true });
  }
  printGrowth(found);
}

async function measureSize(root: string, size: number): Promise<Map<string, Taken>> {
  const taken = new Map<string, Taken>();
  for (const [name, program, args] of STAGES) {
    const one = await run(program === MAKE ? [program, ...args, root, String(size)] : [program, ...args], program === MAKE ? undefined : root);
    taken.set(name, one);
    print(`${size} images, ${name}: ${one.seconds.toFixed(1)} s, CPU ${one.cpu_seconds.toFixed(1)} s, peak ${one.peak_mb} MB`);
  }
  return taken;
}

function run(args: string[], cwd: string | undefined): Promise<Taken> {
  return new Promise((resolve, reject) => {
    const child = spawn(execPath, args, { cwd, env: { COLOPHON_MEMORY: '8GB', ...env, NO_COLOR: '1' }, stdio: ['ignore', 'pipe', 'pipe'] });
    let [stdout, stderr] = ['', ''];
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    child.on('error', reject);
    // a diff that found differences ends with 1
    child.on('close', (status) => (status === 0 || (status === 1 && args.includes('diff')) ? resolve(JSON.parse(stderr.trimEnd().split('\n').at(-1) ?? '') as Taken) : reject(new Error(`${args.join(' ')} ended with status ${status}\n${stdout.slice(-4000)}\n${stderr.slice(-2000)}`))));
  });
}

/** Stages down, sizes across. */
function printGrowth(found: ReadonlyMap<number, ReadonlyMap<string, Taken>>): void {
  const sizes = [...found.keys()];
  print(`\n| stage | ${sizes.map((size) => `${size / 1e6} M: s | CPU s | peak MB`).join(' | ')} | growth of CPU |`);
  print(`|---|${sizes.map(() => '---:|---:|---:|').join('')}---|`);
  for (const [name] of STAGES) {
    const cells = sizes.map((size) => found.get(size)?.get(name));
    const growth = cells.slice(1).map((cell, at) => `x ${((cell?.cpu_seconds ?? 0) / (cells[at]?.cpu_seconds ?? 1)).toFixed(1)}`);
    print(`| ${name} | ${cells.map((cell) => (cell === undefined ? '- | - | -' : `${cell.seconds.toFixed(1)} | ${cell.cpu_seconds.toFixed(1)} | ${cell.peak_mb}`)).join(' | ')} | ${growth.join(', ')} |`);
  }
}
