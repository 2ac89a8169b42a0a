/**
 * A real Slurm for tests: munged, slurmctld and two slurmd on this machine, on free ports, in a temporary folder, without systemd and
 * without accounting. Debian: apt-get install slurm-wlm munge. It must be root. Nothing of it survives `stop`.
 */
import { execFile, execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { freePort } from './free-port.js';

const run = promisify(execFile);

const PROGRAMS = ['munged', 'slurmctld', 'slurmd', 'sbatch', 'squeue', 'scontrol', 'scancel'];

/** Why none can be started here; null when it can. */
export function noSlurm(): string | null {
  if (process.getuid?.() !== 0) return 'needs root, as slurmd does';
  const missing = PROGRAMS.filter((name) => {
    try {
      execFileSync('sh', ['-c', `command -v ${name}`], { stdio: 'ignore', env: { ...process.env, PATH: `${process.env.PATH ?? ''}:/usr/sbin` } });
      return false;
    } catch {
      return true;
    }
  });
  return missing.length === 0 ? null : `needs ${missing.join(', ')} (Debian: slurm-wlm munge)`;
}

export interface Slurm {
  /** What the environment of Slurm's commands has to hold. */
  env: { SLURM_CONF: string };
  /** Runs one of Slurm's commands. */
  command(program: string, ...args: string[]): Promise<string>;
  /** Kills the daemon of a node and all that runs there, as a power cut would. */
  killNode(node: 'n1' | 'n2'): void;
  stop(): Promise<void>;
}

/** Starts a cluster; takes some seconds. `maxArraySize` is Slurm's setting of that name. */
export async function startSlurm(maxArraySize = 1001): Promise<Slurm> {
  const folder = mkdtempSync(join(tmpdir(), 'colophon-slurm-'));
  chmodSync(folder, 0o755);
  const children: ChildProcess[] = [];
  const nodes = new Map<string, ChildProcess>();
  const env = { SLURM_CONF: join(folder, 'slurm.conf') };
  const start = (program: string, args: string[]): ChildProcess => {
    const child = spawn(program, args, { stdio: 'ignore', cwd: folder, env: { ...process.env, ...env, PATH: `${process.env.PATH ?? ''}:/usr/sbin` } });
    children.push(child);
    return child;
  };
  const killAll = (): void => {
    for (const node of nodes.values()) for (const pid of descendants(node.pid)) kill(pid);
    children.forEach((child) => child.kill('SIGKILL'));
  };
  // A test run that ends early must not leave daemons behind.
  process.once('exit', killAll);
  const command = async (program: string, ...args: string[]): Promise<string> => (await run(program, args, { env: { ...process.env, ...env }, timeout: 30_000 })).stdout;
  const stop = async (): Promise<void> => {
    process.removeListener('exit', killAll);
    // stepd processes have their own sessions: they are told by whom they serve
    const steps = stepProcesses(folder);
    killAll();
    for (const pid of [...steps, ...stepProcesses(folder)]) for (const each of [...descendants(pid), pid]) kill(each);
    for (const child of children) if (child.exitCode === null && child.signalCode === null) await new Promise((done) => child.once('exit', done));
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  };
  try {
    await startMunge(folder, start);
    writeFileSync(env.SLURM_CONF, await configuration(folder, maxArraySize));
    writeFileSync(join(folder, 'cgroup.conf'), 'CgroupPlugin=cgroup/v1\n');
    for (const name of ['state', 'n1/spool', 'n2/spool']) mkdirSync(join(folder, name), { recursive: true });
    start('slurmctld', ['-D', '-i', '-f', env.SLURM_CONF]);
    for (const node of ['n1', 'n2']) nodes.set(node, start('slurmd', ['-D', '-N', node, '-f', env.SLURM_CONF]));
    await until(async () => (await command('sinfo', '--noheader', '--format=%D %T')).trim() === '2 idle', () => logs(folder));
    return {
      env,
      command,
      stop,
      killNode(node) {
        const daemon = nodes.get(node);
        const steps = stepProcesses(join(folder, node)).flatMap((pid) => [...descendants(pid), pid]);
        daemon?.kill('SIGKILL');
        steps.forEach(kill);
      },
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function startMunge(folder: string, start: (program: string, args: string[]) => ChildProcess): Promise<void> {
  const munge = join(folder, 'munge');
  mkdirSync(munge, { mode: 0o755 });
  writeFileSync(join(munge, 'key'), randomBytes(128), { mode: 0o600 });
  const files = ['socket', 'key-file', 'log-file', 'pid-file', 'seed-file'].map((name) => `--${name}=${join(munge, name.replace('-file', ''))}`);
  start('munged', ['--foreground', '--force', ...files]);
  await until(() => Promise.resolve(existsSync(join(munge, 'socket'))), () => logs(folder));
}

async function configuration(folder: string, maxArraySize: number): Promise<string> {
  const [controller, first, second] = [await freePort(), await freePort(), await freePort()];
  const node = (name: string, port: number): string => `NodeName=${name} NodeHostname=${hostname()} NodeAddr=127.0.0.1 Port=${port} CPUs=2 State=UNKNOWN`;
  return [
    'ClusterName=colophon-test',
    `SlurmctldHost=${hostname()}(127.0.0.1)`,
    `SlurmctldPort=${controller}`,
    'SlurmUser=root',
    'SlurmdUser=root',
    'AuthType=auth/munge',
    `AuthInfo=socket=${join(folder, 'munge', 'socket')}`,
    'CredType=cred/munge',
    'ProctrackType=proctrack/linuxproc',
    'TaskPlugin=task/none',
    'MpiDefault=none',
    'AccountingStorageType=accounting_storage/none',
    'JobAcctGatherType=jobacct_gather/none',
    'JobCompType=jobcomp/none',
    'SelectType=select/cons_tres',
    'SelectTypeParameters=CR_CPU',
    'SlurmdParameters=config_overrides',
    'ReturnToService=2',
    'SlurmdTimeout=5',
    'SchedulerParameters=batch_sched_delay=0,sched_interval=1,sched_min_interval=0',
    `MaxArraySize=${maxArraySize}`,
    `StateSaveLocation=${join(folder, 'state')}`,
    `SlurmdSpoolDir=${folder}/%n/spool`,
    `SlurmctldPidFile=${folder}/slurmctld.pid`,
    `SlurmdPidFile=${folder}/%n/slurmd.pid`,
    `SlurmctldLogFile=${folder}/slurmctld.log`,
    `SlurmdLogFile=${folder}/%n/slurmd.log`,
    node('n1', first),
    node('n2', second),
    'PartitionName=test Nodes=n1,n2 Default=YES MaxTime=INFINITE State=UP',
    '',
  ].join('\n');
}

/** The slurmstepd processes that have a file open below a folder: they leave the process tree of their slurmd. */
function stepProcesses(folder: string): number[] {
  return processes().filter((pid) => readText(`/proc/${pid}/cmdline`).includes('slurmstepd') && opened(pid).some((path) => path.startsWith(folder)));
}

function opened(pid: number): string[] {
  try {
    return readdirSync(`/proc/${pid}/fd`).map((name) => {
      try {
        return readlinkSync(`/proc/${pid}/fd/${name}`);
      } catch {
        return '';
      }
    });
  } catch {
    return [];
  }
}

function processes(): number[] {
  return readdirSync('/proc').filter((name) => /^\d+$/.test(name)).map(Number);
}

/** All processes that a process has started, directly or not. */
function descendants(ancestor: number | undefined): number[] {
  const parents = new Map(processes().map((pid) => [pid, Number(/\) \S (\d+)/.exec(readText(`/proc/${pid}/stat`))?.[1] ?? 0)]));
  const found = new Set<number>();
  for (let before = -1; before !== found.size; ) {
    before = found.size;
    for (const [pid, parent] of parents) if (parent === ancestor || found.has(parent)) found.add(pid);
  }
  return [...found];
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return '';
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // it is gone already
  }
}

function logs(folder: string): string {
  return ['munge/log', 'slurmctld.log', 'n1/slurmd.log', 'n2/slurmd.log'].map((name) => `--- ${name}\n${readText(join(folder, name)).slice(-2000)}`).join('\n');
}

async function until(ready: () => Promise<boolean>, why: () => string): Promise<void> {
  for (let left = 150; left > 0; left--) {
    if (await ready().catch(() => false)) return;
    await sleep(100);
  }
  throw new Error(`Slurm did not come up\n${why()}`);
}
