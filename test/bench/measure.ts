/** What the benches share: floors and subjects run as whole processes in interleaved rounds; medians and ratios are printed. */
import { spawn, spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

export interface BenchOptions {
  /** Size of a corpus in bytes. */
  bytes: number;
  rounds: number;
  /** Where corpora are kept between runs. */
  folder: string;
  /** Images of the largest catalog of rows alone. */
  instances: number;
}

/** One thing to time. Each run is a process of its own, start-up included. */
export interface Subject {
  name: string;
  command: string;
  args: string[];
  /** Text for its standard input. */
  input?: string;
  /** Its wall time is what the others are compared with. */
  floor?: boolean;
  /** Run before each round, untimed. */
  prepare?: () => void;
  /** Throws when the output is not what it should be: a fast wrong answer is no measurement. */
  check?: (stdout: string) => void;
}

export interface Measurement {
  name: string;
  /** Median over the rounds. */
  seconds: number;
  min_seconds: number;
  max_seconds: number;
  /** Largest resident set of any round, in MB (1e6 bytes), children's included where Linux tells; null where unknown. */
  peak_mb: number | null;
  /** Of the last round. */
  stdout: string;
}

interface Run {
  seconds: number;
  peak_mb: number | null;
  stdout: string;
}

export function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

/** `2GB`, `500MB`, `64KiB`, `1000`. */
export function parseSize(text: string): number {
  const units: Record<string, number> = { '': 1, B: 1, KB: 1e3, MB: 1e6, GB: 1e9, KIB: 1 << 10, MIB: 1 << 20, GIB: 1 << 30 };
  const match = /^([0-9.]+)\s*([kmg]?i?b?)$/i.exec(text.trim());
  const unit = units[match?.[2]?.toUpperCase() ?? 'none'];
  if (match === null || unit === undefined) throw new Error(`not a size: ${text}`);
  return Math.round(Number(match[1]) * unit);
}

export function median(values: number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? (sorted[middle] ?? 0) : ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2;
}

/** A subject that runs a compiled module of the benches or tests with this Node. */
export function nodeSubject(name: string, module: URL, args: string[], more: Partial<Subject> = {}): Subject {
  return { name, command: process.execPath, args: [fileURLToPath(module), ...args], ...more };
}

/** True when the command can be run here. */
export function hasCommand(command: string): boolean {
  return spawnSync('sh', ['-c', `command -v ${command}`]).status === 0;
}

/** Runs every subject once to warm up, then `rounds` times, interleaved, in an order that turns from round to round. */
export async function measureAll(subjects: Subject[], rounds: number): Promise<Measurement[]> {
  const runs = new Map<Subject, Run[]>(subjects.map((subject) => [subject, []]));
  for (let round = -1; round < rounds; round++) {
    const turn = Math.max(0, round) % subjects.length;
    for (const subject of [...subjects.slice(turn), ...subjects.slice(0, turn)]) {
      subject.prepare?.();
      const run = await runOnce(subject);
      subject.check?.(run.stdout);
      if (round >= 0) runs.get(subject)?.push(run);
    }
  }
  return subjects.map((subject) => summarise(subject.name, runs.get(subject) ?? []));
}

function summarise(name: string, runs: Run[]): Measurement {
  const seconds = runs.map((run) => run.seconds);
  const peaks = runs.flatMap((run) => run.peak_mb ?? []);
  return {
    name,
    seconds: median(seconds),
    min_seconds: Math.min(...seconds),
    max_seconds: Math.max(...seconds),
    peak_mb: peaks.length === 0 ? null : Math.max(...peaks),
    stdout: runs.at(-1)?.stdout ?? '',
  };
}

function runOnce(subject: Subject): Promise<Run> {
  return new Promise((resolve, reject) => {
    const started = process.hrtime.bigint();
    const child = spawn(subject.command, subject.args, { stdio: ['pipe', 'pipe', 'inherit'] });
    let stdout = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    child.stdin.on('error', () => undefined).end(subject.input ?? '');
    child.on('error', reject);
    child.on('close', (status) => {
      const seconds = Number(process.hrtime.bigint() - started) / 1e9;
      if (status === 0) resolve({ seconds, peak_mb: peakOf(stdout), stdout });
      else reject(new Error(`${subject.name} ended with status ${status}`));
    });
  });
}

/** A Node subject prints its own peak as its last act (`reportPeak`); from outside it could only be sampled. */
function peakOf(stdout: string): number | null {
  const match = /^peak_mb=([0-9.]+)$/m.exec(stdout);
  return match === null ? null : Number(match[1]);
}

/** Called by a Node subject when it is done: tells the largest resident set this process had. */
export function reportPeak(): void {
  print(`peak_mb=${Math.round((process.resourceUsage().maxRSS * 1024) / 1e6)}`);
}

/** Prints a table: wall time, ratio to each floor, MB/s, files/s, peak memory. */
export function printTable(title: string, measurements: Measurement[], floors: string[], work: { files: number; bytes: number }): void {
  print(`\n${title}: ${work.files} files, ${(work.bytes / 1e6).toFixed(0)} MB`);
  const header = ['', 'seconds', '[min-max]', 'MB/s', 'files/s', 'peak MB', ...floors.map((floor) => `x ${floor}`)];
  const rows = measurements.map((each) => [
    each.name,
    each.seconds.toFixed(3),
    `[${each.min_seconds.toFixed(2)}-${each.max_seconds.toFixed(2)}]`,
    (work.bytes / 1e6 / each.seconds).toFixed(0),
    (work.files / each.seconds).toFixed(0),
    each.peak_mb?.toFixed(0) ?? '-',
    ...floors.map((floor) => ratio(each, measurements.find(({ name }) => name === floor))),
  ]);
  const widths = header.map((text, column) => Math.max(text.length, ...rows.map((row) => row[column]?.length ?? 0)));
  for (const row of [header, ...rows]) print(row.map((text, column) => (column === 0 ? text.padEnd(widths[0] ?? 0) : text.padStart(widths[column] ?? 0))).join('  '));
}

function ratio(each: Measurement, floor: Measurement | undefined): string {
  return floor === undefined ? '-' : (each.seconds / floor.seconds).toFixed(2);
}
