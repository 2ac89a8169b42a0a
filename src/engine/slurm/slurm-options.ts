import { CurationError } from '../../errors.js';

/**
 * Options of sbatch that say where, how long and with what a job may run. Only by their full names: sbatch takes any beginning of a
 * name, and what decides which shards run is not the user's to change.
 */
const ALLOWED = new Set([
  'account', 'begin', 'clusters', 'comment', 'constraint', 'cpus-per-task', 'deadline', 'exclude', 'exclusive', 'gres', 'hint', 'licenses', 'mail-type', 'mail-user',
  'mem', 'mem-per-cpu', 'nice', 'nodelist', 'partition', 'prefer', 'priority', 'qos', 'reservation', 'time', 'time-min', 'tmp', 'wckey',
]); // prettier-ignore

/**
 * Looks at options of sbatch as they were written, `--partition=long`, and hands them on.
 * @throws {CurationError} USAGE for anything else
 */
export function checkSlurmOptions(options: readonly string[]): string[] {
  for (const option of options) {
    const name = /^--([a-z][a-z-]*)(?:=[\x20-\x7e]{1,200})?$/.exec(option)?.[1];
    if (name !== undefined && ALLOWED.has(name)) continue;
    throw new CurationError('USAGE', 'An option for Slurm is none that may be given.', {
      expected: `--NAME=VALUE, where NAME is one of ${[...ALLOWED].join(', ')}`,
      found: option.slice(0, 80),
    });
  }
  return [...options];
}
