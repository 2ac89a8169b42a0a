import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PACKAGE_ROOT } from '../../src/package-root.js';

/** What a run of the real command line left. */
export interface CliResult {
  status: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
}

const LAUNCHER = join(PACKAGE_ROOT, 'bin/run.js');

/** Starts `colophon ...` as a user would, in `cwd`; for tests that kill it or run two at once. */
export function startCli(args: string[], cwd: string, env: NodeJS.ProcessEnv = {}): { child: ChildProcess; result: Promise<CliResult> } {
  // what `verify` remembers is that of one run, and of no user
  const state = mkdtempSync(join(tmpdir(), 'colophon-state-'));
  const child = spawn(process.execPath, [LAUNCHER, ...args], { cwd, env: { ...process.env, NO_COLOR: '1', XDG_STATE_HOME: state, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const result = new Promise<CliResult>((done) => child.once('close', (status, signal) => {
    rmSync(state, { recursive: true, force: true });
    done({ status, signal, stdout, stderr });
  }));
  return { child, result };
}

/** Runs `colophon ...` to its end. */
export function runCli(args: string[], cwd: string, env: NodeJS.ProcessEnv = {}): Promise<CliResult> {
  return startCli(args, cwd, env).result;
}
