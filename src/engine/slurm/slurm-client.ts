import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { CurationError, systemErrorCode } from '../../errors.js';

const run = promisify(execFile);

/** A controller that is busy answers within this time, in ms. */
const TIMEOUT_MS = 60_000;
/** What squeue says of 100,000 tasks. */
const MAX_OUTPUT = 64 << 20;
/** Slurm's own default of MaxArraySize. */
const DEFAULT_ARRAY_SIZE = 1001;

/** A task of a job array that Slurm has not done with. */
export interface QueuedTask {
  /** Name of the job. */
  name: string;
  /** Index in its array. */
  place: number;
  state: string;
  /** Why it waits. */
  reason: string;
  /** As scancel takes it. */
  id: string;
}

/** A partition of a cluster. */
export interface SlurmPartition {
  name: string;
  /** Whether it takes jobs. */
  available: boolean;
  /** Nodes in it that work. */
  nodes: number;
}

/** Slurm's commands, never through a shell. */
export class SlurmClient {
  /** @param timeout_ms how long a command may take */
  constructor(private readonly timeout_ms = TIMEOUT_MS) {}

  /** The partitions of the cluster. @throws {CurationError} ENGINE_FAILED when Slurm is not there, or its controller does not answer */
  async partitions(): Promise<SlurmPartition[]> {
    const found = new Map<string, SlurmPartition>();
    for (const line of (await this.#call('sinfo', ['--noheader', '--format=%R|%a|%D|%T'])).split('\n')) {
      const [name, available, nodes, state] = line.split('|');
      if (name === undefined || nodes === undefined || state === undefined) continue;
      const partition = found.get(name) ?? { name, available: available === 'up', nodes: 0 };
      found.set(name, { ...partition, nodes: partition.nodes + (/^(?:idle|mixed|allocated|completing)/.test(state) ? Number(nodes) : 0) });
    }
    return [...found.values()];
  }

  /** The most places that an array may have. @throws {CurationError} ENGINE_FAILED when Slurm is not there */
  async maxArraySize(): Promise<number> {
    const text = await this.#call('scontrol', ['show', 'config']);
    const size = Number(/^MaxArraySize\s*=\s*(\d+)/m.exec(text)?.[1] ?? DEFAULT_ARRAY_SIZE);
    return Math.max(1, size);
  }

  /** Submits a job; `args` are sbatch's. */
  async submit(args: readonly string[]): Promise<void> {
    await this.#call('sbatch', ['--parsable', ...args]);
  }

  /** What is pending or running of the jobs of these names; null when the controller does not answer now. */
  async queued(names: readonly string[]): Promise<QueuedTask[] | null> {
    try {
      const text = await this.#call('squeue', ['--noheader', '--array', `--name=${names.join(',')}`, '--format=%j|%K|%T|%i|%r']);
      return text.split('\n').flatMap(parseTask);
    } catch (error) {
      if (systemErrorCode((error as CurationError).cause) === 'ENOENT') throw error;
      return null;
    }
  }

  /** Ends tasks, or whole jobs by name; a controller that does not answer leaves them. */
  async cancel(what: readonly string[]): Promise<boolean> {
    return this.#call('scancel', what).then(
      () => true,
      () => false,
    );
  }

  async #call(program: string, args: readonly string[]): Promise<string> {
    try {
      return (await run(program, [...args], { timeout: this.timeout_ms, maxBuffer: MAX_OUTPUT, env: process.env })).stdout;
    } catch (error) {
      throw failure(program, error);
    }
  }
}

function parseTask(line: string): QueuedTask[] {
  const [name, place, state, id, ...reason] = line.split('|');
  if (name === undefined || place === undefined || state === undefined || id === undefined || !/^\d+$/.test(place)) return [];
  return [{ name, place: Number(place), state, id, reason: reason.join('|') }];
}

function failure(program: string, error: unknown): CurationError {
  if (systemErrorCode(error) === 'ENOENT')
    return new CurationError('ENGINE_FAILED', `Slurm is not installed here: there is no ${program}.`, { cause: error, suggestions: ['Run this on a login node of the cluster.', 'Or leave out --engine: the work is done on this machine then.'] });
  const said = error instanceof Error && 'stderr' in error ? String(error.stderr).trim().split('\n')[0] : '';
  return new CurationError('ENGINE_FAILED', `Slurm refused: ${program} said: ${said === '' || said === undefined ? String((error as Error).message).slice(0, 200) : said.slice(0, 300)}`, {
    cause: error,
    suggestions: ['Is the controller up? Ask: scontrol ping', 'Partition, account and limits are given with --slurm-option.'],
  });
}
